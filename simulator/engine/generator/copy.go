package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

const (
	strategyMerge   = "Merge"
	strategyExtract = "Extract"
)

// operation is a copy operation with its parsed ends.
type operation struct {
	copyOperation
	from *source
	// pattern is the path in the source, to the one in the artifact.
	pattern, to string
	stage       *stage
}

// apply follows `applyCopyOperation`, which copies as `cp -r` does.
func (r *run) apply(given copyOperation, into *stage) error {
	alias, pattern, found := strings.Cut(strings.TrimPrefix(given.From, "@"), "/")
	switch {
	case !strings.HasPrefix(given.From, "@"):
		return fmt.Errorf("invalid copy source '%s': source must start with '@'", given.From)
	case !found:
		return fmt.Errorf("invalid copy source '%s': source format must be '@alias/pattern'", given.From)
	}
	to, found := strings.CutPrefix(given.To, "@artifact/")
	if !found {
		return fmt.Errorf("invalid copy destination '%s': destination must start with '@artifact/'", given.To)
	}
	from := r.sources[alias]
	if from == nil {
		return fmt.Errorf("source alias '%s' not found", alias)
	}
	for _, exclude := range given.Exclude {
		if _, err := doublestar.Match(exclude, "."); err != nil {
			return fmt.Errorf("invalid exclude pattern '%s'", exclude)
		}
	}
	o := &operation{copyOperation: given, from: from, pattern: pattern, to: to, stage: into}
	if !isGlob(pattern) {
		return o.copyOne()
	}
	return o.copyMatches(alias)
}

func isGlob(text string) bool { return strings.ContainsAny(text, "*?[]") }

// copyOne copies a file or a folder that is named outright.
func (o *operation) copyOne() error {
	name, err := local(o.pattern)
	if err != nil {
		return fmt.Errorf("failed to stat source '%s': %w", o.pattern, err)
	}
	found, err := o.from.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("source '%s' does not exist", name)
	case err != nil:
		return fmt.Errorf("failed to stat source '%s': %w", name, err)
	case found.IsDir() && o.Strategy == strategyExtract:
		return fmt.Errorf("extract strategy is not supported for directories, got '%s'", name)
	case found.IsDir():
		return o.copyFolder(name, path.Join(o.to, path.Base(name)), name)
	case o.excluded(name, "."):
		return nil
	case o.Strategy == strategyExtract && !isTarball(name):
		return fmt.Errorf("extract strategy requires tarball file (.tar.gz or .tgz), got '%s'", name)
	case o.Strategy == strategyExtract:
		return o.extract(name)
	}
	into := o.to
	if strings.HasSuffix(o.To, "/") || o.stage.folders[path.Clean(o.to)] {
		into = path.Join(o.to, path.Base(name))
	}
	return o.copyFile(name, into)
}

// copyMatches copies what a glob finds. Only Extract knows `**`; elsewhere it is a `*`.
func (o *operation) copyMatches(alias string) error {
	matches, err := o.glob()
	if err != nil {
		return fmt.Errorf("invalid glob pattern '%s': %w", o.pattern, err)
	}
	if len(matches) == 0 {
		return fmt.Errorf("no files match pattern '%s' in source '%s'", o.pattern, alias)
	}
	base, kept := selectionRoot(o.pattern), 0
	for _, match := range matches {
		if match == "." || match == ".." || o.excluded(match, base) {
			continue
		}
		kept++
		if err := o.copyMatch(match, base); err != nil {
			return err
		}
	}
	if kept == 0 {
		return fmt.Errorf("all files matching pattern '%s' in source '%s' were excluded", o.pattern, alias)
	}
	return nil
}

func (o *operation) glob() ([]string, error) {
	if o.Strategy == strategyExtract {
		return doublestar.Glob(o.from, o.pattern)
	}
	return fs.Glob(o.from, o.pattern)
}

func (o *operation) copyMatch(match, base string) error {
	if o.Strategy == strategyExtract {
		if !isTarball(match) {
			return nil
		}
		if err := o.extract(match); err != nil {
			return fmt.Errorf("failed to extract tarball '%s' to '%s': %w", match, o.to, err)
		}
		return nil
	}
	into := path.Join(o.to, match)
	// `dir/**` is the content of the folder, without the folder.
	if folder, ok := strings.CutSuffix(o.pattern, "/**"); ok {
		if below, ok := strings.CutPrefix(match, folder+"/"); ok {
			into = path.Join(o.to, below)
		}
	}
	if err := o.copyAny(match, into, base); err != nil {
		return fmt.Errorf("failed to copy file '%s' to '%s': %w", match, into, err)
	}
	return nil
}

// selectionRoot is the part of a pattern before its first segment with a wildcard.
func selectionRoot(pattern string) string {
	var plain []string
	for _, segment := range strings.Split(path.Clean(pattern), "/") {
		if isGlob(segment) {
			break
		}
		plain = append(plain, segment)
	}
	if len(plain) == 0 {
		return "."
	}
	return path.Join(plain...)
}

func (o *operation) copyAny(name, into, base string) error {
	found, err := o.from.Stat(name)
	if err != nil {
		return err
	}
	if found.IsDir() {
		return o.copyFolder(name, into, base)
	}
	return o.copyFile(name, into)
}

func (o *operation) copyFile(name, into string) error {
	if o.Strategy == strategyMerge && o.stage.has(into) {
		return o.merge(name, path.Clean(into))
	}
	return o.stage.put(into, stagedFile{from: o.from, name: name})
}

// copyFolder copies a folder; files in it are never merged.
func (o *operation) copyFolder(name, into, base string) error {
	return o.from.fs.Walk(at(name), func(found string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		inner := strings.TrimPrefix(strings.TrimPrefix(found, sourceRoot), "/")
		below := strings.TrimPrefix(strings.TrimPrefix(found, at(name)), "/")
		if below == "" {
			return o.stage.makeFolder(into)
		}
		if o.excluded(inner, base) {
			if info.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if info.IsDir() {
			return o.stage.makeFolder(path.Join(into, below))
		}
		return o.stage.put(path.Join(into, below), stagedFile{from: o.from, name: inner})
	})
}

// excluded matches against the path in the source and the path below the root of the selection.
func (o *operation) excluded(name, base string) bool {
	if o.excludes(name) {
		return true
	}
	if base == "." {
		return false
	}
	below, ok := strings.CutPrefix(name, base+"/")
	return ok && o.excludes(below)
}

func (o *operation) excludes(name string) bool {
	for _, pattern := range o.Exclude {
		// A pattern without a slash matches the name of the file in any folder.
		if doublestar.MatchUnvalidated(pattern, name) ||
			!strings.Contains(pattern, "/") && doublestar.MatchUnvalidated(pattern, path.Base(name)) {
			return true
		}
	}
	return false
}
