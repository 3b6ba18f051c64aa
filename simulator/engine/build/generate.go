package build

import (
	"fmt"
	"path"

	generator "github.com/fluxcd/pkg/kustomize"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// mergesImages is the first Flux minor whose generator merges `spec.images` into an existing entry field by field
// (kustomize-controller 1.9.4); before, the whole entry was replaced.
const mergesImages = "2.9"

func wrap(text string, err error) error { return fmt.Errorf("%s: %w", text, err) }

// generate writes the kustomization file that the controller writes before it builds.
func (b *builder) generate() error {
	manifest, file, _, err := generator.NewGenerator(artifactRoot, b.object).WithFS(b.fs).GenerateManifest(b.folder)
	if err != nil {
		return err
	}
	if b.request.Flux < mergesImages && len(b.spec.Images) > 0 {
		if manifest, err = b.replaceImages(manifest); err != nil {
			return err
		}
	}
	if err := b.fs.WriteFile(file, manifest); err != nil {
		// The controller also reports that it could not remove what it could not write.
		reason := "not a directory"
		if b.fs.IsDir(file) {
			reason = "directory not empty"
		}
		return fmt.Errorf("%w remove %s: %s", err, path.Clean(file), reason)
	}
	// kustomize takes a file that it cannot read for one that is not there; the reason is better.
	_, err = b.fs.ReadFile(file)
	return err
}

func (b *builder) replaceImages(manifest []byte) ([]byte, error) {
	var file kustypes.Kustomization
	if err := yaml.Unmarshal(manifest, &file); err != nil {
		return nil, err
	}
	for _, image := range b.spec.Images {
		entry := kustypes.Image{Name: image.Name, NewName: image.NewName, NewTag: image.NewTag, Digest: image.Digest}
		at := -1
		for i, existing := range file.Images {
			if existing.Name == image.Name {
				at = i
				break
			}
		}
		if at < 0 {
			file.Images = append(file.Images, entry)
		} else {
			file.Images[at] = entry
		}
	}
	return yaml.Marshal(file)
}
