package generator

import (
	"io"
	"io/fs"
	"path"
	"slices"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const sourceRoot = "/source"

// source is one source's artifact, which records what is looked at. It is an fs.FS for the glob functions.
type source struct {
	id       string
	revision string
	fs       *memfs.FS
}

var (
	_ fs.StatFS    = &source{}
	_ fs.ReadDirFS = &source{}
)

func openSources(store *memfs.Store, given []api.GeneratorSource) map[string]*source {
	sources := map[string]*source{}
	for _, one := range given {
		tree := store.Tree(one.Artifact)
		if tree == nil {
			tree = memfs.NewTree()
		}
		sources[one.Alias] = &source{id: one.Artifact, revision: one.Revision, fs: memfs.NewFS(sourceRoot, one.Artifact, tree)}
	}
	return sources
}

func readsOf(sources map[string]*source) api.ReadSet {
	reads := memfs.NewRecorder()
	for _, one := range sources {
		reads.Merge(one.fs.Reads)
	}
	return api.ReadSet{Files: reads.Files(), Listings: reads.Listings(), Absent: reads.Absent()}
}

func at(name string) string { return path.Join(sourceRoot, name) }

// check refuses what the file system of an os.Root refuses.
func check(op, name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return nil
}

// Stat implements fs.StatFS.
func (s *source) Stat(name string) (fs.FileInfo, error) {
	if err := check("stat", name); err != nil {
		return nil, err
	}
	return s.fs.Stat(at(name))
}

// ReadDir implements fs.ReadDirFS.
func (s *source) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := check("open", name); err != nil {
		return nil, err
	}
	names, err := s.fs.ReadDir(at(name))
	if err != nil {
		return nil, err
	}
	entries := make([]fs.DirEntry, 0, len(names))
	for _, child := range slices.Sorted(slices.Values(names)) {
		info, err := s.fs.Stat(at(path.Join(name, child)))
		if err != nil {
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(info))
	}
	return entries, nil
}

// Open implements fs.FS.
func (s *source) Open(name string) (fs.File, error) {
	info, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		entries, err := s.ReadDir(name)
		return &folder{info, entries}, err
	}
	return s.fs.Open(at(name))
}

// folder is an open folder.
type folder struct {
	info fs.FileInfo
	rest []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.info.Name(), Err: fs.ErrInvalid}
}

// ReadDir implements fs.ReadDirFile.
func (f *folder) ReadDir(count int) ([]fs.DirEntry, error) {
	if count <= 0 {
		entries := f.rest
		f.rest = nil
		return entries, nil
	}
	if len(f.rest) == 0 {
		return nil, io.EOF
	}
	count = min(count, len(f.rest))
	entries := f.rest[:count]
	f.rest = f.rest[count:]
	return entries, nil
}
