// Package storage keeps artifacts as files: `<kind>/<namespace>/<name>/<file>` below one folder.
package storage

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	godigest "github.com/opencontainers/go-digest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fluxcd/pkg/artifact/config"
	"github.com/fluxcd/pkg/artifact/digest"
)

// Storage is a folder of artifacts and the host under which they are served.
type Storage struct {
	BasePath string
	Hostname string
	records  int
	locks    sync.Map
}

// New opens the folder that the options name.
func New(options *config.Options) (*Storage, error) {
	info, err := os.Stat(options.StoragePath)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("storage path %q is not a directory", options.StoragePath)
	}
	host := options.StorageAdvAddress
	if host == "" {
		host = options.StorageAddress
	}
	return &Storage{BasePath: options.StoragePath, Hostname: host, records: options.ArtifactRetentionRecords}, nil
}

// NewArtifactFor names the artifact of an object; nothing is written yet.
func (s *Storage) NewArtifactFor(kind string, object metav1.Object, revision, file string) meta.Artifact {
	artifact := meta.Artifact{
		Path:     strings.Join([]string{strings.ToLower(kind), object.GetNamespace(), object.GetName(), file}, "/"),
		Revision: revision,
	}
	s.SetArtifactURL(&artifact)
	return artifact
}

// SetArtifactURL sets the URL that goes with the path.
func (s *Storage) SetArtifactURL(artifact *meta.Artifact) {
	if artifact.Path != "" {
		artifact.URL = s.urlOf(artifact.Path)
	}
}

func (s *Storage) urlOf(path string) string {
	return "http://" + s.Hostname + "/" + strings.TrimLeft(filepath.ToSlash(path), "/")
}

// SetHostname replaces the host of a URL by that of the storage.
func (s *Storage) SetHostname(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	parsed.Host = s.Hostname
	return parsed.String()
}

// LocalPath is where the artifact lies. The path of an artifact can't lead out of the folder.
func (s *Storage) LocalPath(artifact meta.Artifact) string {
	if artifact.Path == "" {
		return ""
	}
	return filepath.Join(s.BasePath, filepath.Clean("/"+artifact.Path))
}

// MkdirAll makes the folder of the artifact.
func (s *Storage) MkdirAll(artifact meta.Artifact) error {
	return os.MkdirAll(filepath.Dir(s.LocalPath(artifact)), 0o700)
}

// Remove deletes one artifact.
func (s *Storage) Remove(artifact meta.Artifact) error { return os.Remove(s.LocalPath(artifact)) }

// RemoveAll deletes all artifacts of the same object, and answers their folder if there was one.
func (s *Storage) RemoveAll(artifact meta.Artifact) (string, error) {
	folder := filepath.Dir(s.LocalPath(artifact))
	if _, err := os.Stat(folder); err != nil {
		return "", nil
	}
	return folder, os.RemoveAll(folder)
}

// GarbageCollect deletes what is older than the artifact, but for as many records as are to be kept.
func (s *Storage) GarbageCollect(_ context.Context, artifact meta.Artifact, _ time.Duration) ([]string, error) {
	current := s.LocalPath(artifact)
	entries, err := os.ReadDir(filepath.Dir(current))
	if err != nil {
		return nil, err
	}
	type file struct {
		path  string
		since time.Time
	}
	var others []file
	for _, entry := range entries {
		path := filepath.Join(filepath.Dir(current), entry.Name())
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && path != current {
			others = append(others, file{path, info.ModTime()})
		}
	}
	slices.SortFunc(others, func(a, b file) int { return b.since.Compare(a.since) })
	var removed []string
	for index, other := range others {
		if index+1 >= s.records && os.Remove(other.path) == nil {
			removed = append(removed, other.path)
		}
	}
	return removed, nil
}

// ArtifactExist says whether the artifact's file is there.
func (s *Storage) ArtifactExist(artifact meta.Artifact) bool {
	info, err := os.Lstat(s.LocalPath(artifact))
	return err == nil && info.Mode().IsRegular()
}

// VerifyArtifact compares the file with the digest of the artifact.
func (s *Storage) VerifyArtifact(artifact meta.Artifact) error {
	expected, err := godigest.Parse(artifact.Digest)
	if err != nil {
		return err
	}
	file, err := os.Open(s.LocalPath(artifact))
	if err != nil {
		return err
	}
	defer file.Close()
	verifier := expected.Verifier()
	if _, err := io.Copy(verifier, file); err != nil {
		return err
	}
	if !verifier.Verified() {
		return fmt.Errorf("computed digest doesn't match %q", expected)
	}
	return nil
}

// Symlink makes a link of that name beside the artifact, and answers its URL.
func (s *Storage) Symlink(artifact meta.Artifact, name string) (string, error) {
	path := s.LocalPath(artifact)
	link := filepath.Join(filepath.Dir(path), name)
	_ = os.Remove(link)
	if err := os.Symlink(path, link); err != nil {
		return "", err
	}
	return s.urlOf(filepath.Join(filepath.Dir(artifact.Path), name)), nil
}

// Lock keeps others from the artifact until the answered function is called.
func (s *Storage) Lock(artifact meta.Artifact) (func(), error) {
	value, _ := s.locks.LoadOrStore(s.LocalPath(artifact), &sync.Mutex{})
	mutex := value.(*sync.Mutex)
	mutex.Lock()
	return mutex.Unlock, nil
}

// write fills the file under a temporary name, renames it, and completes the artifact's digest, time and size.
func (s *Storage) write(artifact *meta.Artifact, fill func(io.Writer) error) error {
	path := s.LocalPath(*artifact)
	file, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	digester := digest.Canonical.Digester()
	err = fill(io.MultiWriter(file, digester.Hash()))
	info, statErr := file.Stat()
	for _, failure := range []error{err, statErr, file.Close()} {
		if failure != nil {
			return failure
		}
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	size := info.Size()
	artifact.Digest, artifact.LastUpdateTime, artifact.Size = digester.Digest().String(), metav1.Now(), &size
	return nil
}
