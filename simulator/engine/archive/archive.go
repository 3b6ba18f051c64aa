// Package archive makes the archive that `flux push artifact` uploads, byte for byte: the same selection, the same tar headers, and
// the compression of Go's own gzip, which no other implementation repeats.
package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/fluxcd/pkg/sourceignore"

	"sluice.dev/engine/api"
)

// Run names the entries that are kept, or with their contents makes the archive (`Tar` in fluxcd/pkg tar/tar.go, called by `build` in
// fluxcd/pkg oci/build.go).
func Run(request *api.ArchiveRequest) *api.ArchiveResult {
	if request.Contents == nil {
		return &api.ArchiveResult{Kept: kept(request)}
	}
	packed, digest, err := pack(request)
	if err != nil {
		return &api.ArchiveResult{Failure: err.Error()}
	}
	return &api.ArchiveResult{Archive: packed, DiffID: "sha256:" + digest}
}

// kept are the numbers of the entries that no pattern leaves out. Each is matched by itself: what is below an excluded folder comes
// back with `!`.
func kept(request *api.ArchiveRequest) []int {
	patterns := sourceignore.ReadPatterns(strings.NewReader(strings.Join(request.Ignore, "\n")), nil)
	matcher := sourceignore.NewMatcher(patterns)
	numbers := []int{}
	for at, entry := range request.Entries {
		if entry.Path == "." || !matcher.Match(strings.Split(entry.Path, "/"), entry.Folder) {
			numbers = append(numbers, at)
		}
	}
	return numbers
}

func pack(request *api.ArchiveRequest) ([]byte, string, error) {
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	digest := sha256.New()
	written := tar.NewWriter(io.MultiWriter(compressed, digest))
	for at, entry := range request.Entries {
		content := request.Contents[at]
		if err := add(written, entry, content); err != nil {
			return nil, "", fmt.Errorf("%s: %w", entry.Path, err)
		}
	}
	if err := written.Close(); err != nil {
		return nil, "", err
	}
	if err := compressed.Close(); err != nil {
		return nil, "", err
	}
	return packed.Bytes(), hex.EncodeToString(digest.Sum(nil)), nil
}

func add(written *tar.Writer, entry api.ArchiveEntry, content []byte) error {
	// What `tar.FileInfoHeader` makes of such a file, without owner and times.
	header := &tar.Header{Name: entry.Path, Mode: entry.Mode & int64(fs.ModePerm|0o7000), ModTime: time.Time{}}
	if entry.Folder {
		header.Typeflag = tar.TypeDir
	} else {
		header.Typeflag = tar.TypeReg
		header.Size = int64(len(content))
	}
	if err := written.WriteHeader(header); err != nil {
		return err
	}
	_, err := written.Write(content)
	return err
}
