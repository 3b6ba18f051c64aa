// Package memfs holds artifacts in memory and shows them to kustomize as a file system.
// Nothing here touches a disk; every look is recorded, so that an answer can say what it depends on.
package memfs

import (
	"path"
)

// Store holds the artifacts of one engine by id.
type Store struct {
	trees map[string]*Tree
}

// NewStore returns a store without artifacts.
func NewStore() *Store { return &Store{trees: map[string]*Tree{}} }

// Tree returns the artifact with this id, or nil.
func (s *Store) Tree(id string) *Tree { return s.trees[id] }

// Ensure returns the artifact with this id and makes an empty one where there is none.
func (s *Store) Ensure(id string) *Tree {
	tree, ok := s.trees[id]
	if !ok {
		tree = NewTree()
		s.trees[id] = tree
	}
	return tree
}

// Drop forgets an artifact.
func (s *Store) Drop(id string) { delete(s.trees, id) }

// Size counts the artifacts and files held.
func (s *Store) Size() (artifacts, files int) {
	for _, tree := range s.trees {
		files += len(tree.files)
	}
	return len(s.trees), files
}

// entry is one file. The bytes are shared with readers and never written to.
type entry struct {
	data []byte
	// withheld is set for a file that is there but whose content the host did not give (too large).
	withheld bool
	aliases  aliasVerdict
}

// Tree is one artifact: regular files by clean relative path, and the folders that follow from them.
type Tree struct {
	files map[string]*entry
	// folders maps a folder to its children; the value says whether the child is a folder.
	folders map[string]map[string]bool
}

// NewTree returns an empty artifact. Its root folder "." always exists.
func NewTree() *Tree {
	return &Tree{files: map[string]*entry{}, folders: map[string]map[string]bool{".": {}}}
}

// Put stores a file; name is relative. The tree keeps data.
func (t *Tree) Put(name string, data []byte) { t.put(name, &entry{data: data}) }

// PutWithheld stores a file that exists but cannot be read.
func (t *Tree) PutWithheld(name string) { t.put(name, &entry{withheld: true}) }

func (t *Tree) put(name string, file *entry) {
	name = path.Clean(name)
	if _, ok := t.files[name]; !ok {
		t.link(name)
	}
	t.files[name] = file
}

func (t *Tree) link(name string) {
	isFolder := false
	for name != "." {
		parent := path.Dir(name)
		children, ok := t.folders[parent]
		if !ok {
			children = map[string]bool{}
			t.folders[parent] = children
		}
		children[path.Base(name)] = isFolder
		if ok && parent != "." {
			return
		}
		name, isFolder = parent, true
	}
}

// Delete removes a file and the folders that it leaves empty.
func (t *Tree) Delete(name string) {
	name = path.Clean(name)
	if _, ok := t.files[name]; !ok {
		return
	}
	delete(t.files, name)
	for name != "." {
		parent := path.Dir(name)
		delete(t.folders[parent], path.Base(name))
		if len(t.folders[parent]) > 0 || parent == "." {
			return
		}
		delete(t.folders, parent)
		name = parent
	}
}

func (t *Tree) isFolder(name string) bool {
	_, ok := t.folders[name]
	return ok
}

// ReadRecorded reads a file of an artifact that no build has mounted.
func ReadRecorded(tree *Tree, id, name string, reads *Recorder) ([]byte, error) {
	key := id + "/" + name
	file, ok := tree.files[name]
	if !ok {
		reads.missing(key)
		return nil, errAbsent
	}
	reads.file(key)
	return file.data, file.checkAliases(name)
}

// Count is the number of files.
func (t *Tree) Count() int { return len(t.files) }

// Has says whether there is a file with this clean relative path.
func (t *Tree) Has(name string) bool {
	_, ok := t.files[name]
	return ok
}
