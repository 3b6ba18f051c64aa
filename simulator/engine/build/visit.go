package build

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// kustomizationFile is a kustomization file as the decryptor reads it: without any check.
type kustomizationFile struct {
	kustypes.Kustomization
}

func (f *kustomizationFile) patchPaths() []string {
	var paths []string
	for _, patch := range f.Patches {
		if patch.Path != "" {
			paths = append(paths, patch.Path)
		}
	}
	return paths
}

// deadEnd marks an entry that leads nowhere, which the walk passes over.
type deadEnd struct{ error }

// visitKustomizations walks the kustomization files that can be reached inside the artifact,
// in the order and with the errors of `recurseKustomizationFiles` of kustomize-controller's decryptor.
func (b *builder) visitKustomizations(folder string, visit func(folder string, file *kustomizationFile) error) error {
	return b.visitFrom(folder, visit, map[string]bool{})
}

func (b *builder) visitFrom(folder string, visit func(string, *kustomizationFile) error, visited map[string]bool) error {
	at := insideRoot(folder)
	if visited[at] {
		return nil
	}
	visited[at] = true
	found, err := b.fs.Stat(at)
	if err != nil {
		return deadEnd{pathError("lstat", at, err)}
	}
	if !found.IsDir() {
		return deadEnd{errors.New("not a directory")}
	}
	file, err := b.loadKustomization(at)
	if err != nil {
		return err
	}
	if err := visit(folder, file); err != nil {
		return err
	}
	for _, entry := range append(file.Resources, file.Components...) {
		if !path.IsAbs(entry) {
			entry = path.Join(folder, entry)
		}
		err := b.visitFrom(entry, visit, visited)
		if _, passed := err.(deadEnd); err != nil && !passed {
			return err
		}
	}
	return nil
}

// loadKustomization reads the one kustomization file of a folder.
func (b *builder) loadKustomization(folder string) (*kustomizationFile, error) {
	found := ""
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		at := path.Join(folder, name)
		stat, err := b.fs.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, fmt.Errorf("failed to lstat %s: %w", name, pathError("lstat", at, err))
		case stat.IsDir():
			return nil, fmt.Errorf("expected %s to be a regular file", name)
		case found != "":
			return nil, errors.New("found multiple kustomization files")
		}
		found = at
	}
	if found == "" {
		return nil, errors.New("no kustomization file found")
	}
	data, err := b.fs.ReadFile(found)
	if err != nil {
		return nil, fmt.Errorf("failed to read kustomization file: %w", err)
	}
	file := &kustomizationFile{}
	if err := yaml.Unmarshal(data, &file.Kustomization); err != nil {
		return nil, fmt.Errorf("failed to unmarshal kustomization file from '%s': %w", found, err)
	}
	return file, nil
}

// insideRoot joins a path to the artifact so that it cannot leave it, as securejoin does where there are no symlinks.
func insideRoot(name string) string {
	if rest, ok := strings.CutPrefix(path.Clean("/"+name), artifactRoot); ok && (rest == "" || rest[0] == '/') {
		name = rest
	}
	return path.Join(artifactRoot, path.Clean("/"+name))
}

// pathError words an error like the system call op; paths start at the artifact.
func pathError(op, name string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return &fs.PathError{Op: op, Path: relative(name), Err: err}
}
