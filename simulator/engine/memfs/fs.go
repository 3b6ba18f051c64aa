package memfs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// mount shows one artifact under an absolute folder.
type mount struct {
	at   string
	id   string
	tree *Tree
}

// FS is what one build sees: its artifact, the remotes that were fetched for it, and what it wrote itself.
// It answers as `fluxcd/pkg/kustomize/filesys` (the secure file system on disk) does, texts of errors included.
type FS struct {
	mounts  []mount
	written map[string]*entry
	Reads   *Recorder
}

var _ filesys.FileSystem = &FS{}

// NewFS shows tree at the absolute folder root; looks outside root are refused.
func NewFS(root, id string, tree *Tree) *FS {
	return &FS{
		mounts:  []mount{{at: root, id: id, tree: tree}},
		written: map[string]*entry{},
		Reads:   NewRecorder(),
	}
}

// Mount shows a further artifact, which reads are allowed to reach.
func (f *FS) Mount(at, id string, tree *Tree) {
	f.mounts = append(f.mounts, mount{at: at, id: id, tree: tree})
}

// Root is the folder of the first artifact.
func (f *FS) Root() string { return f.mounts[0].at }

// Rel gives the path of an absolute name inside the first artifact.
func (f *FS) Rel(name string) (string, bool) {
	found, rel, ok := f.find(absolute(name))
	return rel, ok && found.at == f.Root()
}

// Has says whether the first artifact holds a file, without recording the look.
func (f *FS) Has(rel string) bool {
	_, ok := f.mounts[0].tree.files[rel]
	return ok
}

func absolute(name string) string { return path.Clean("/" + name) }

func (f *FS) find(name string) (mount, string, bool) {
	for _, candidate := range f.mounts {
		if name == candidate.at {
			return candidate, ".", true
		}
		if rest, ok := strings.CutPrefix(name, candidate.at+"/"); ok {
			return candidate, rest, true
		}
	}
	return mount{}, "", false
}

func key(m mount, rel string) string {
	if rel == "." {
		return m.id
	}
	return m.id + "/" + rel
}

// outside is the error of the secure file system for a path beyond the root.
func (f *FS) outside(op, name string) error {
	return fmt.Errorf("fs-security-constraint %s %s: path '%s' is not in or below '%s'", op, name, name, f.Root())
}

// lookup finds a file and records the look.
func (f *FS) lookup(name string) (*entry, bool) {
	if file, ok := f.written[name]; ok {
		return file, true
	}
	m, rel, ok := f.find(name)
	if !ok {
		return nil, false
	}
	file, ok := m.tree.files[rel]
	switch {
	case ok:
		f.Reads.file(key(m, rel))
	case m.tree.isFolder(rel):
		f.Reads.folder(key(m, rel))
	default:
		f.Reads.missing(key(m, rel))
	}
	return file, ok
}

func (f *FS) isFolder(name string) bool {
	m, rel, ok := f.find(name)
	if !ok {
		return f.holdsMount(name)
	}
	if !m.tree.isFolder(rel) {
		return false
	}
	// The root of an artifact is always there.
	if rel != "." {
		f.Reads.folder(key(m, rel))
	}
	return true
}

// holdsMount is true for the folders above the mounts.
func (f *FS) holdsMount(name string) bool {
	return slices.ContainsFunc(f.mounts, func(m mount) bool {
		return name == "/" || strings.HasPrefix(m.at, name+"/")
	})
}

func (f *FS) inside(name string) bool {
	_, _, ok := f.find(name)
	return ok
}

// IsDir says whether name is a folder inside the root.
func (f *FS) IsDir(name string) bool {
	name = absolute(name)
	if !f.inside(name) || f.isFolder(name) {
		return f.inside(name)
	}
	f.lookup(name)
	return false
}

// Exists says whether name is a file or folder inside the root.
func (f *FS) Exists(name string) bool {
	name = absolute(name)
	if !f.inside(name) {
		return false
	}
	if f.isFolder(name) {
		return true
	}
	_, ok := f.lookup(name)
	return ok
}

// ReadFile returns the content of a file. Readers must not change it.
func (f *FS) ReadFile(name string) ([]byte, error) {
	given, name := name, absolute(name)
	if !f.inside(name) {
		return nil, f.outside("read", given)
	}
	file, ok := f.lookup(name)
	switch {
	case ok && file.withheld:
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("the file is larger than the limit of the simulation")}
	case ok:
		if err := file.checkAliases(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return file.data, nil
	case f.isFolder(name):
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIsFolder}
	default:
		return nil, f.absentError("open", name)
	}
}

// absentError is ENOENT, or ENOTDIR below a file.
func (f *FS) absentError(op, name string) error {
	m, rel, ok := f.find(name)
	for parent := path.Dir(rel); ok && parent != "."; parent = path.Dir(parent) {
		if _, isFile := m.tree.files[parent]; isFile {
			f.Reads.file(key(m, parent))
			return &fs.PathError{Op: op, Path: name, Err: errNotFolder}
		}
	}
	return &fs.PathError{Op: op, Path: name, Err: errAbsent}
}

// firstMissing walks name component by component, as filepath.EvalSymlinks does.
func (f *FS) firstMissing(name string) (string, error) {
	at := ""
	parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
	for i, part := range parts {
		at += "/" + part
		if f.isFolder(at) {
			continue
		}
		if _, ok := f.lookup(at); !ok {
			return at, errAbsent
		}
		if i < len(parts)-1 {
			return at, errNotFolder
		}
	}
	return "", nil
}

// CleanedAbs splits name into its folder and its file, as kyaml's file system on disk does.
func (f *FS) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	given, name := name, absolute(name)
	missing, err := f.firstMissing(name)
	if errors.Is(err, errAbsent) {
		err = &fs.PathError{Op: "lstat", Path: missing, Err: errAbsent}
	}
	if err != nil {
		return "", "", fmt.Errorf("evalsymlink failure on '%s' : %w", given, err)
	}
	if !f.inside(name) {
		return "", "", f.outside("abs", given)
	}
	if f.isFolder(name) {
		return filesys.ConfirmedDir(name), "", nil
	}
	return filesys.ConfirmedDir(path.Dir(name)), path.Base(name), nil
}

// Stat describes a file or folder.
func (f *FS) Stat(name string) (os.FileInfo, error) {
	name = absolute(name)
	if f.isFolder(name) {
		return info{name: path.Base(name), folder: true}, nil
	}
	if file, ok := f.lookup(name); ok {
		return info{name: path.Base(name), size: int64(len(file.data))}, nil
	}
	return nil, f.absentError("stat", name)
}

// Open returns a reader of a file.
func (f *FS) Open(name string) (filesys.File, error) {
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return openFile{bytes.NewReader(data), info{name: path.Base(name), size: int64(len(data))}}, nil
}

// ReadDir lists the names in a folder.
func (f *FS) ReadDir(name string) ([]string, error) {
	given, name := name, absolute(name)
	m, rel, ok := f.find(name)
	if !ok {
		return nil, f.outside("open", given)
	}
	children, ok := m.tree.folders[rel]
	if !ok {
		f.lookup(name)
		return nil, f.absentError("open", name)
	}
	f.Reads.listing(key(m, rel))
	names := make([]string, 0, len(children))
	for child := range children {
		names = append(names, child)
	}
	slices.Sort(names)
	return names, nil
}

// Glob is part of the interface; nothing that the engine links calls it.
func (f *FS) Glob(string) ([]string, error) { return nil, errReadOnly }

// Walk visits a folder in lexical order, as filepath.Walk does.
func (f *FS) Walk(name string, visit filepath.WalkFunc) error {
	name = absolute(name)
	found, err := f.Stat(name)
	if err != nil {
		err = visit(name, nil, err)
	} else {
		err = f.walk(name, found, visit)
	}
	if errors.Is(err, filepath.SkipDir) || errors.Is(err, filepath.SkipAll) {
		return nil
	}
	return err
}

func (f *FS) walk(name string, found os.FileInfo, visit filepath.WalkFunc) error {
	if !f.inside(name) {
		return f.outside("walk", name)
	}
	if err := visit(name, found, nil); err != nil || !found.IsDir() {
		return err
	}
	names, err := f.ReadDir(name)
	if err != nil {
		return err
	}
	for _, child := range names {
		below := path.Join(name, child)
		childInfo, err := f.childInfo(below)
		if err != nil {
			return err
		}
		err = f.walk(below, childInfo, visit)
		if err != nil && (!childInfo.IsDir() || !errors.Is(err, filepath.SkipDir)) {
			return err
		}
	}
	return nil
}

// childInfo describes a child that a listing has just shown; the listing is the record of it.
func (f *FS) childInfo(name string) (os.FileInfo, error) {
	m, rel, _ := f.find(name)
	if m.tree.isFolder(rel) {
		return info{name: path.Base(name), folder: true}, nil
	}
	file := m.tree.files[rel]
	return info{name: path.Base(name), size: int64(len(file.data))}, nil
}

// WriteFile keeps what the pipeline writes; the artifact itself never changes.
func (f *FS) WriteFile(name string, data []byte) error {
	given, name := name, absolute(name)
	if !f.inside(name) {
		return f.outside("write", given)
	}
	if parent := path.Dir(name); !f.isFolder(parent) {
		return f.absentError("open", name)
	}
	if f.isFolder(name) {
		return &fs.PathError{Op: "open", Path: name, Err: errIsFolder}
	}
	f.written[name] = &entry{data: data}
	return nil
}

// Writes that only happen around a clone of Git, which the host has done already.

func (f *FS) Create(string) (filesys.File, error) { return nil, errReadOnly }
func (f *FS) Mkdir(string) error                  { return nil }
func (f *FS) MkdirAll(string) error               { return nil }
func (f *FS) RemoveAll(string) error              { return nil }

// Written returns what the pipeline wrote under name.
func (f *FS) Written(name string) ([]byte, bool) {
	file, ok := f.written[absolute(name)]
	if !ok {
		return nil, false
	}
	return file.data, true
}
