package memfs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var files = map[string]string{"a.yaml": "a", "b/c.yaml": "c", "b/d/e.yaml": "e"}

// onDisk has the same files in a folder, seen by kyaml's own file system.
func onDisk(t *testing.T) (string, filesys.FileSystem) {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root, filesys.MakeFsOnDisk()
}

func inMemory(root string) *FS {
	tree := NewTree()
	for name, text := range files {
		tree.Put(name, []byte(text))
	}
	return NewFS(root, "repo", tree)
}

// The errors go into messages that must equal the controller's.
func TestAnswersLikeADisk(t *testing.T) {
	root, disk := onDisk(t)
	memory := inMemory(root)
	for _, name := range []string{"", "a.yaml", "b", "b/", "b/c.yaml", "b/d", "gone", "gone/deeper", "a.yaml/x", "a.yaml/x/y", "b/../a.yaml", "b/./c.yaml"} {
		path := root + "/" + name
		if disk.Exists(path) != memory.Exists(path) || disk.IsDir(path) != memory.IsDir(path) {
			t.Errorf("%q: exists or folder differ", name)
		}
		wantFolder, wantFile, wantErr := disk.CleanedAbs(path)
		folder, file, err := memory.CleanedAbs(path)
		if folder != wantFolder || file != wantFile || text(err) != text(wantErr) {
			t.Errorf("CleanedAbs(%q)\ndisk   %q %q %v\nmemory %q %q %v", name, wantFolder, wantFile, wantErr, folder, file, err)
		}
		wantData, wantErr := disk.ReadFile(strings.TrimSuffix(path, "/"))
		data, err := memory.ReadFile(strings.TrimSuffix(path, "/"))
		if string(data) != string(wantData) || normal(err) != normal(wantErr) {
			t.Errorf("ReadFile(%q)\ndisk   %q %v\nmemory %q %v", name, wantData, wantErr, data, err)
		}
		if errors.Is(err, fs.ErrNotExist) != errors.Is(wantErr, fs.ErrNotExist) {
			t.Errorf("ReadFile(%q): %v is and is not ErrNotExist", name, err)
		}
	}
	if want, got := walked(t, disk, root), walked(t, memory, root); !slices.Equal(want, got) {
		t.Errorf("walk\ndisk   %v\nmemory %v", want, got)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// normal leaves out how far a path was cleaned, which no caller shows.
func normal(err error) string {
	return strings.ReplaceAll(strings.ReplaceAll(text(err), "/b/../", "/"), "/./", "/")
}

func walked(t *testing.T, system filesys.FileSystem, root string) []string {
	t.Helper()
	var seen []string
	err := system.Walk(root, func(path string, info os.FileInfo, err error) error {
		seen = append(seen, path)
		if info.IsDir() && info.Name() == "d" {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestDeletingLeavesNoEmptyFolders(t *testing.T) {
	tree := NewTree()
	tree.Put("a/b/c", nil)
	tree.Put("a/d", nil)
	tree.Delete("a/b/c")
	if tree.isFolder("a/b") || !tree.isFolder("a") {
		t.Error("the folder a/b is still there, or a is gone")
	}
	tree.Delete("a/d")
	tree.Delete("a/d")
	tree.Put("a", nil)
	if tree.isFolder("a") || len(tree.folders["."]) != 1 {
		t.Error("a is no plain file")
	}
}
