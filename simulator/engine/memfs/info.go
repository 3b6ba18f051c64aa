package memfs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"time"
)

// The texts of Linux, whatever the engine is compiled for: wasip1 words them differently.
type errno struct {
	text string
	is   error
}

func (e errno) Error() string { return e.text }
func (e errno) Unwrap() error { return e.is }

var (
	errAbsent    error = errno{"no such file or directory", fs.ErrNotExist}
	errNotFolder error = errno{"not a directory", fs.ErrInvalid}
	errIsFolder  error = errno{"is a directory", fs.ErrInvalid}
	errReadOnly        = errors.New("the artifact is read-only")
)

type info struct {
	name   string
	size   int64
	folder bool
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.folder }
func (i info) Sys() any           { return nil }
func (i info) Mode() os.FileMode {
	if i.folder {
		return os.ModeDir | 0o755
	}
	return 0o644
}

type openFile struct {
	*bytes.Reader
	info info
}

func (o openFile) Close() error               { return nil }
func (o openFile) Write([]byte) (int, error)  { return 0, errReadOnly }
func (o openFile) Stat() (os.FileInfo, error) { return o.info, nil }
