package images

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const (
	root = "/artifact"
	// marker is the key in a comment that names a policy and, after another colon, the part of its image.
	marker = "$imagepolicy"
	// maxChanged bounds the text of the files that one update writes.
	maxChanged = 64 << 20
)

// update is one run over an artifact.
type update struct {
	fs      *memfs.FS
	setters map[string]string
	result  *api.ImageUpdateResult
	written int
}

// Update answers with what the automation would write, after `internal/update` and `internal/policy/applier.go` of
// image-automation-controller. The artifact has to be the whole tree of the repository: the controller clones by itself,
// so what a source ignores is not ignored here.
func Update(store *memfs.Store, request *api.ImageUpdateRequest) *api.ImageUpdateResult {
	tree := store.Tree(request.Artifact)
	if tree == nil {
		tree = memfs.NewTree()
	}
	run := &update{fs: memfs.NewFS(root, request.Artifact, tree), setters: settersOf(request.Policies), result: &api.ImageUpdateResult{}}
	err := run.fs.Walk(path.Join(root, path.Clean("/"+request.Path)), run.visit)
	if err != nil {
		run.result.Files, run.result.Changes = nil, nil
		run.result.Failure = &api.Failure{
			Stage: api.StageBuild, Reason: "UpdateFailed", Message: strings.ReplaceAll(err.Error(), root+"/", ""),
		}
		if errors.Is(err, errTooMuch) {
			run.result.Failure.Stage, run.result.Failure.Cause = api.StageEngine, api.CauseLimit
		}
	}
	run.result.Reads = api.ReadSet{Files: run.fs.Reads.Files(), Listings: run.fs.Reads.Listings(), Absent: run.fs.Reads.Absent()}
	return run.result
}

var errTooMuch = fmt.Errorf("the update changes more than %d MiB of files", maxChanged>>20)

// settersOf gives the text that each marker asks for.
func settersOf(policies []api.PolicyImage) map[string]string {
	setters := map[string]string{}
	for _, policy := range policies {
		whole := policy.Image + ":" + policy.Tag
		if policy.Digest != "" {
			whole += "@" + policy.Digest
		}
		name := policy.Namespace + ":" + policy.Name
		setters[name], setters[name+":name"] = whole, policy.Image
		setters[name+":tag"], setters[name+":digest"] = policy.Tag, policy.Digest
	}
	return setters
}

// visit screens a file as `ScreeningLocalReader` does: by its name and by the text of the marker. Files with a marker that
// are no YAML are left alone.
func (u *update) visit(name string, found os.FileInfo, err error) error {
	if err != nil {
		return fmt.Errorf("walking path for files: %w", err)
	}
	if extension := path.Ext(name); found.IsDir() || extension != ".yaml" && extension != ".yml" && path.Base(name) != "Kustomization" {
		return nil
	}
	data, err := u.fs.ReadFile(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("reading YAML file: %w", err)
	}
	if !bytes.Contains(data, []byte(`"`+marker+`"`)) {
		return nil
	}
	relative := strings.TrimPrefix(name, root+"/")
	nodes, err := (&kio.ByteReader{
		Reader:            bytes.NewReader(data),
		SetAnnotations:    map[string]string{kioutil.PathAnnotation: relative},
		PreserveSeqIndent: true,
	}).Read()
	if err != nil {
		return nil
	}
	return u.rewrite(relative, nodes)
}

// rewrite sets the marked fields and prints the file when one of them changed (`setAll`, `kio.LocalPackageWriter`).
func (u *update) rewrite(relative string, nodes []*yaml.RNode) error {
	changed := false
	for _, node := range nodes {
		object := describe(node)
		u.set(node.YNode(), func(setter, before, after string) {
			if before != after {
				changed = true
				u.result.Changes = append(u.result.Changes, api.ImageChange{
					Path: relative, Object: object, Setter: setter, Before: before, After: after,
				})
			}
		})
	}
	if !changed {
		return nil
	}
	var text bytes.Buffer
	writer := kio.ByteWriter{Writer: &text, ClearAnnotations: []string{kioutil.PathAnnotation, kioutil.LegacyPathAnnotation}}
	if err := writer.Write(nodes); err != nil {
		return err
	}
	if u.written += text.Len(); u.written > maxChanged {
		return errTooMuch
	}
	u.result.Files = append(u.result.Files, api.UpdatedFile{Path: relative, Text: text.String()})
	return nil
}

func describe(node *yaml.RNode) string {
	meta, err := node.GetMeta()
	if err != nil {
		return ""
	}
	return meta.Kind + "/" + meta.Namespace + "/" + meta.Name
}

// set walks to the values of a tree. Aliases are not followed, as upstream.
func (u *update) set(node *yaml.Node, changed func(setter, before, after string)) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 1; i < len(node.Content); i += 2 {
			u.set(node.Content[i], changed)
		}
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, inner := range node.Content {
			u.set(inner, changed)
		}
	case yaml.ScalarNode:
		setter := setterOf(node)
		if value, known := u.setters[setter]; setter != "" && known {
			changed(setter, node.Value, value)
			node.Value = value
			// A text that YAML 1.1 would read as something else is quoted.
			yaml.FormatNonStringStyle(node, *spec.StringProperty())
		}
	}
}

// setterOf reads the marker of a field from its comments (`fieldmeta.FieldMeta.Read`): only the first comment counts.
func setterOf(node *yaml.Node) string {
	for _, comment := range []string{node.LineComment, node.HeadComment} {
		if comment == "" {
			continue
		}
		var given map[string]string
		if json.Unmarshal([]byte(strings.TrimLeft(comment, "#")), &given) != nil {
			return ""
		}
		return given[marker]
	}
	return ""
}
