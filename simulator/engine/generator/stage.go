package generator

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"sluice.dev/engine/api"
)

// stagedFile is a copy of a source's file, or content of its own.
type stagedFile struct {
	from *source
	// name is the path in the source.
	name    string
	content []byte
}

func (f stagedFile) read() ([]byte, error) {
	if f.from != nil {
		return f.from.fs.ReadFile(at(f.name))
	}
	return f.content, nil
}

// stage is the folder in which the controller puts an artifact together.
type stage struct {
	files   map[string]stagedFile
	folders map[string]bool
	limits  *limits
}

func newStage(limits *limits) *stage {
	return &stage{files: map[string]stagedFile{}, folders: map[string]bool{".": true}, limits: limits}
}

// put writes a file and makes its folders.
func (s *stage) put(name string, file stagedFile) error {
	name, err := local(name)
	if err != nil {
		return err
	}
	if s.folders[name] {
		return fmt.Errorf("open %s: is a directory", name)
	}
	if err := s.makeFolder(path.Dir(name)); err != nil {
		return err
	}
	s.files[name] = file
	return s.limits.add(1, len(file.content))
}

func (s *stage) makeFolder(name string) error {
	name, err := local(name)
	if err != nil {
		return err
	}
	for ; !s.folders[name]; name = path.Dir(name) {
		if _, isFile := s.files[name]; isFile {
			return fmt.Errorf("mkdir %s: not a directory", name)
		}
		s.folders[name] = true
	}
	return nil
}

func (s *stage) has(name string) bool {
	_, isFile := s.files[path.Clean(name)]
	return isFile
}

// list gives the files by path.
func (s *stage) list() []api.GeneratedFile {
	files := make([]api.GeneratedFile, 0, len(s.files))
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		staged := s.files[name]
		if staged.from != nil {
			files = append(files, api.GeneratedFile{Path: name, From: staged.from.id + "/" + staged.name})
			continue
		}
		content := staged.content
		if content == nil {
			content = []byte{}
		}
		files = append(files, api.GeneratedFile{Path: name, Content: &content})
	}
	return files
}
