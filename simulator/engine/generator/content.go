package generator

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/ignore"
)

// maxUntar is `DefaultMaxUntarSize` of fluxcd/pkg/tar.
const maxUntar = 100 << 20

// maxUnzipped bounds an archive with its headers, which count for nothing there.
const maxUnzipped = maxUntar + maxUntar/2

// assemble runs the operations of an artifact and leaves out what every archive leaves out.
func (r *run) assemble(output outputArtifact) (*stage, error) {
	staged := newStage(&r.limits)
	// The controller's working folder of an artifact lies beside those of the sources. One with the name of a source's alias is
	// that source's folder, and so holds all of its files.
	if same := r.sources[output.Name]; same != nil {
		whole := &operation{from: same, stage: staged}
		if err := whole.copyFolder(".", ".", "."); err != nil {
			return nil, err
		}
	}
	for _, given := range output.Copy {
		if err := r.apply(given, staged); err != nil {
			return nil, fmt.Errorf("failed to apply copy operations: failed to apply copy operation from '%s' to '%s': %w", given.From, given.To, err)
		}
	}
	request := &api.IgnoreRequest{}
	for name := range staged.files {
		request.Paths = append(request.Paths, name)
	}
	for _, name := range ignore.Excluded(request) {
		delete(staged.files, name)
	}
	return staged, nil
}

// revision is the source's own where one is asked for. Otherwise the controller takes the digest of its archive, and this is
// a digest of the same content, but not the same digest.
func (r *run) revision(output outputArtifact, staged *stage) string {
	if from := r.sources[strings.TrimPrefix(output.Revision, "@")]; output.Revision != "" && from != nil {
		return from.revision
	}
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(staged.files)) {
		content, err := staged.files[name].read()
		if err != nil {
			content = []byte(err.Error())
		}
		fmt.Fprintf(hash, "%q %d\n", name, len(content))
		hash.Write(content)
	}
	return "latest@sha256:" + hex.EncodeToString(hash.Sum(nil))
}

// merge follows `mergeFileWithRoots`: maps deeply, lists replaced, all documents of a file as one.
func (o *operation) merge(name, into string) error {
	overlay, err := loadYAML(stagedFile{from: o.from, name: name})
	if err != nil {
		return err
	}
	base, err := loadYAML(o.stage.files[into])
	if err != nil {
		return err
	}
	merged, err := yaml.Marshal(mergeMaps(base, overlay))
	if err != nil {
		return fmt.Errorf("failed to merged YAML: %w", err)
	}
	return o.stage.put(into, stagedFile{content: merged})
}

func loadYAML(file stagedFile) (map[string]any, error) {
	data, err := file.read()
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		raw, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("error reading YAML document: %w", err)
		}
		document := map[string]any{}
		if err := yaml.Unmarshal(raw, &document); err != nil {
			return nil, fmt.Errorf("cannot unmarshal YAML document: %w", err)
		}
		out = mergeMaps(out, document)
	}
}

func mergeMaps(base, overlay map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range overlay {
		over, isMap := value.(map[string]any)
		under, wasMap := merged[key].(map[string]any)
		if isMap && wasMap {
			value = mergeMaps(under, over)
		}
		merged[key] = value
	}
	return merged
}

func isTarball(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// extract unpacks an archive as `Untar` of fluxcd/pkg/tar does.
func (o *operation) extract(name string) error {
	data, err := o.from.fs.ReadFile(at(name))
	if err != nil {
		return fmt.Errorf("failed to open tarball %q: %w", name, err)
	}
	// The controller joins the paths here, where elsewhere a root refuses an absolute one.
	o.to = strings.TrimLeft(o.to, "/")
	if err := o.stage.makeFolder(o.to); err != nil {
		return fmt.Errorf("failed to create destination directory %q: %w", o.to, err)
	}
	if err := o.untar(data); err != nil {
		return fmt.Errorf("failed to extract tarball %q to %q: %w", name, o.to, err)
	}
	return nil
}

func (o *operation) untar(data []byte) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("requires gzip-compressed body: %w", err)
	}
	// What is passed over unread has to be bounded as well.
	archive := tar.NewReader(&boundedReader{from: unzipped, left: maxUnzipped})
	size := int64(0)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("tar error: %w", err)
		}
		if size += header.Size; size > maxUntar {
			return fmt.Errorf("tar %q is bigger than max archive size of %d bytes", header.Name, maxUntar)
		}
		if !validName(header.Name) {
			return fmt.Errorf("tar contained invalid name error %q", header.Name)
		}
		if err := o.unpack(header, archive); err != nil {
			return err
		}
	}
}

// boundedReader fails where io.LimitReader would end, which at the border of two entries looks like a whole archive.
type boundedReader struct {
	from io.Reader
	left int64
}

func (r *boundedReader) Read(into []byte) (int, error) {
	if r.left <= 0 {
		return 0, &limitError{fmt.Sprintf("unpacking gives more than %d MiB", maxUnzipped>>20)}
	}
	count, err := r.from.Read(into[:min(int64(len(into)), r.left)])
	r.left -= int64(count)
	return count, err
}

func (o *operation) unpack(header *tar.Header, archive io.Reader) error {
	into := path.Join(o.to, header.Name)
	switch mode := header.FileInfo().Mode(); {
	case mode.IsRegular():
		content, err := io.ReadAll(archive)
		if err != nil {
			return fmt.Errorf("error copying buffer: %w", err)
		}
		return o.stage.put(into, stagedFile{content: content})
	case mode.IsDir():
		return o.stage.makeFolder(into)
	case mode&os.ModeSymlink != 0:
		return fmt.Errorf("tar file entry %s is a symlink, which is not allowed in this context", header.Name)
	default:
		return fmt.Errorf("tar file entry %s contained unsupported file type %v", header.Name, mode)
	}
}

func validName(name string) bool {
	return name != "" && !strings.Contains(name, `\`) && !strings.HasPrefix(name, "/") && !strings.Contains(name, "../")
}
