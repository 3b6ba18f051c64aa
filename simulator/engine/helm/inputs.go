package helm

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"sluice.dev/engine/api"
	"sluice.dev/engine/helm/schemas"
	"sluice.dev/engine/memfs"
)

const (
	// httpFile is the one file of an artifact that holds a remote file, chartFile that of one with a chart.
	httpFile  = "content"
	chartFile = "chart.tgz"
)

var (
	errNotFetched = errors.New("not fetched yet")
	// errTooMuch is the cause of failures that a limit of the simulation brought about.
	errTooMuch    = errors.New("more than the render engine allows")
	statusPattern = regexp.MustCompile(`\bstatus(?: code)?:? (\d{3})\b`)
)

// inputs gives a run what the host has fetched, and notes what was read and what is missing.
type inputs struct {
	store   *memfs.Store
	remotes map[string]api.RemoteInput
	reads   *memfs.Recorder
	missing map[string]api.Need
}

func newInputs(store *memfs.Store, remotes []api.RemoteInput) *inputs {
	in := &inputs{store: store, remotes: map[string]api.RemoteInput{}, reads: memfs.NewRecorder(), missing: map[string]api.Need{}}
	for _, input := range remotes {
		in.remotes[input.Key] = input
	}
	return in
}

func (in *inputs) list() []api.Need { return sortedNeeds(in.missing) }

func sortedNeeds(missing map[string]api.Need) []api.Need {
	needs := make([]api.Need, 0, len(missing))
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		needs = append(needs, missing[key])
	}
	return needs
}

// file gives the one file of the artifact that answers a need.
func (in *inputs) file(need api.Need, name string) ([]byte, error) {
	input, ok := in.remotes[need.Key]
	if !ok {
		in.missing[need.Key] = need
		return nil, errNotFetched
	}
	if input.Unavailable != "" {
		return nil, errors.New(input.Unavailable)
	}
	tree := in.store.Tree(input.Artifact)
	if tree == nil {
		return nil, fmt.Errorf("the engine does not hold artifact %q", input.Artifact)
	}
	return memfs.ReadRecorded(tree, input.Artifact, name, in.reads)
}

func httpNeed(address string) api.Need {
	return api.Need{Kind: "http", Key: "http:" + address, URL: address}
}

// HTTP implements remote.Session for the schemas that a schema refers to.
func (in *inputs) HTTP(address string) ([]byte, int, error) {
	content, err := in.file(httpNeed(address), httpFile)
	if err == nil {
		return content, 200, nil
	}
	if found := statusPattern.FindStringSubmatch(err.Error()); found != nil {
		status, _ := strconv.Atoi(found[1])
		return nil, status, nil
	}
	return nil, 0, fmt.Errorf("%w: %s", errUnavailable, err)
}

var errUnavailable = errors.New(schemas.Unavailable)

// Git implements remote.Session; charts have no use for it.
func (in *inputs) Git(string, string, bool) (string, error) { return "", errNotFetched }

// identify lets compiled schemas be used again while what they refer to is the same.
func (in *inputs) identify() {
	schemas.Identify = func(address string) string {
		content, err := in.file(httpNeed(address), httpFile)
		if err != nil {
			return ""
		}
		return string(content)
	}
}
