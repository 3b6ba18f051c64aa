package memfs

import (
	"slices"
	"strings"
)

// Recorder collects what a build looked at, as `<artifact>/<path>`.
type Recorder struct {
	files    map[string]struct{}
	listings map[string]struct{}
	absent   map[string]struct{}
	folders  map[string]struct{}
	last     string
}

// NewRecorder returns an empty recorder.
func NewRecorder() *Recorder {
	return &Recorder{
		files:    map[string]struct{}{},
		listings: map[string]struct{}{},
		absent:   map[string]struct{}{},
		folders:  map[string]struct{}{},
	}
}

func (r *Recorder) file(key string) {
	r.files[key] = struct{}{}
	r.last = key
}

func (r *Recorder) listing(key string) { r.listings[key+"/"] = struct{}{} }
func (r *Recorder) missing(key string) { r.absent[key] = struct{}{} }

// folder notes that a folder was seen to exist. It only matters when nothing below it was read.
func (r *Recorder) folder(key string) { r.folders[key+"/"] = struct{}{} }

// Last is the file that was read last.
func (r *Recorder) Last() string { return r.last }

// Files lists the files that were read or seen, sorted.
func (r *Recorder) Files() []string { return sortedKeys(r.files) }

// Absent lists the paths that were looked for and are not there, sorted.
func (r *Recorder) Absent() []string { return sortedKeys(r.absent) }

// Listings lists the folders whose names were read, sorted, each with a trailing slash.
// A folder that was only seen to exist is added when no file or listing below it holds it in place.
func (r *Recorder) Listings() []string {
	files, listings := r.Files(), sortedKeys(r.listings)
	for _, folder := range sortedKeys(r.folders) {
		if !anyBelow(files, folder) && !anyBelow(listings, folder) {
			r.listings[folder] = struct{}{}
		}
	}
	return sortedKeys(r.listings)
}

// Merge takes over what another recorder has seen.
func (r *Recorder) Merge(other *Recorder) {
	for _, pair := range [][2]map[string]struct{}{
		{r.files, other.files}, {r.listings, other.listings}, {r.absent, other.absent}, {r.folders, other.folders},
	} {
		for key := range pair[1] {
			pair[0][key] = struct{}{}
		}
	}
}

func anyBelow(sorted []string, prefix string) bool {
	at, _ := slices.BinarySearch(sorted, prefix)
	return at < len(sorted) && strings.HasPrefix(sorted[at], prefix)
}

func sortedKeys(set map[string]struct{}) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
