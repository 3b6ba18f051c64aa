package storage

import (
	archivetar "archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"github.com/fluxcd/pkg/tar"
)

// ArchiveFileFilter says which files are left out of an archive.
type ArchiveFileFilter func(path string, info os.FileInfo) bool

// SourceIgnoreFilter follows the patterns of the user, or the defaults where there are none.
func SourceIgnoreFilter(patterns []gitignore.Pattern, domain []string) ArchiveFileFilter {
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(domain), patterns...))
	}
	return func(path string, info os.FileInfo) bool {
		return matcher.Match(strings.Split(path, string(filepath.Separator)), info.IsDir())
	}
}

// Archive packs the regular files of a folder.
func (s *Storage) Archive(artifact *meta.Artifact, folder string, filter ArchiveFileFilter) error {
	return s.write(artifact, func(writer io.Writer) error {
		compressed := gzip.NewWriter(writer)
		archive := archivetar.NewWriter(compressed)
		err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
			if err != nil || !info.Mode().IsRegular() || (filter != nil && filter(path, info)) {
				return err
			}
			return add(archive, folder, path, info)
		})
		for _, closer := range []io.Closer{archive, compressed} {
			if failure := closer.Close(); err == nil {
				err = failure
			}
		}
		return err
	})
}

func add(archive *archivetar.Writer, folder, path string, info os.FileInfo) error {
	name, err := filepath.Rel(folder, path)
	if err != nil {
		return err
	}
	mode := int64(0o600)
	if info.Mode()&0o100 != 0 {
		mode = 0o700
	}
	header := archivetar.Header{
		Name: filepath.ToSlash(name), Mode: mode, Size: info.Size(), Typeflag: archivetar.TypeReg,
	}
	if err := archive.WriteHeader(&header); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(archive, file)
	return err
}

// Copy stores what the reader gives.
func (s *Storage) Copy(artifact *meta.Artifact, reader io.Reader) error {
	return s.write(artifact, func(writer io.Writer) error {
		_, err := io.Copy(writer, reader)
		return err
	})
}

// AtomicWriteFile stores what the reader gives; every write is atomic here.
func (s *Storage) AtomicWriteFile(artifact *meta.Artifact, reader io.Reader, _ os.FileMode) error {
	return s.Copy(artifact, reader)
}

// CopyFromPath stores a file.
func (s *Storage) CopyFromPath(artifact *meta.Artifact, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return s.Copy(artifact, file)
}

// CopyToPath unpacks a folder of the artifact into another folder.
func (s *Storage) CopyToPath(artifact *meta.Artifact, from, to string) error {
	work, err := os.MkdirTemp("", "artifact-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	file, err := os.Open(s.LocalPath(*artifact))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := tar.Untar(file, work, tar.WithMaxUntarSize(-1)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(filepath.Join(work, filepath.Clean("/"+from))))
}
