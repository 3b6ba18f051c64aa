package build

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

// remoteRoot is where clones appear; kustomize names its temporary folders like this.
const remoteRoot = "/tmp/kustomize-"

// httpFile is the one file of an artifact that holds a remote file.
const httpFile = "content"

var (
	errNotFetched = errors.New("not fetched yet")
	statusPattern = regexp.MustCompile(`\bstatus(?: code)?:? (\d{3})\b`)
)

// remotes answers kustomize's loader from what the host has fetched and notes what is missing.
type remotes struct {
	store  *memfs.Store
	fs     *memfs.FS
	inputs map[string]api.RemoteInput
	needs  map[string]api.Need
	// mounts maps the key of a clone to its folder, and places the folder to what a message should say.
	mounts map[string]string
	places [][2]string
	reads  *memfs.Recorder
	// awaitsHTTP is set while the answer for an address that may be a file or a repository is outstanding.
	awaitsHTTP bool
}

func newRemotes(store *memfs.Store, request *api.KustomizeRequest, fs *memfs.FS) *remotes {
	r := &remotes{
		store:  store,
		fs:     fs,
		inputs: map[string]api.RemoteInput{},
		needs:  map[string]api.Need{},
		mounts: map[string]string{},
		reads:  fs.Reads,
	}
	for _, input := range request.Remotes {
		r.inputs[input.Key] = input
	}
	return r
}

func gitNeed(url, ref string, submodules bool) api.Need {
	key := "git:" + url + "@" + ref
	if !submodules {
		key += "?submodules=false"
	}
	return api.Need{Kind: "git", Key: key, URL: url, Ref: ref, Submodules: submodules}
}

func httpNeed(url string) api.Need { return api.Need{Kind: "http", Key: "http:" + url, URL: url} }

// Git implements remote.Session.
func (r *remotes) Git(url, ref string, submodules bool) (string, error) {
	need := gitNeed(url, ref, submodules)
	if r.awaitsHTTP {
		r.awaitsHTTP = false
		return "", errNotFetched
	}
	if folder, ok := r.mounts[need.Key]; ok {
		return folder, nil
	}
	tree, id, err := r.answer(need)
	if err != nil {
		return "", fmt.Errorf("failed to fetch %s: %w", url, err)
	}
	folder := remoteRoot + strconv.Itoa(len(r.mounts)+1)
	r.fs.Mount(folder, id, tree)
	r.mounts[need.Key] = folder
	r.places = append(r.places, [2]string{folder, url})
	return folder, nil
}

// HTTP implements remote.Session.
func (r *remotes) HTTP(url string) ([]byte, int, error) {
	if isPlainlyGit(url) {
		// A Git host answers such an address with a page that is no manifest; kustomize then clones.
		return nil, 404, nil
	}
	need := httpNeed(url)
	tree, id, err := r.answer(need)
	if errors.Is(err, errNotFetched) {
		_, _, _, r.awaitsHTTP = krusty.GitRemote(url)
		return nil, 0, err
	}
	if err != nil {
		if found := statusPattern.FindStringSubmatch(err.Error()); found != nil {
			status, _ := strconv.Atoi(found[1])
			return nil, status, nil
		}
		return nil, 0, err
	}
	content, err := memfs.ReadRecorded(tree, id, httpFile, r.reads)
	return content, 200, err
}

// answer looks up what the host has said about a need.
func (r *remotes) answer(need api.Need) (*memfs.Tree, string, error) {
	input, ok := r.inputs[need.Key]
	if !ok {
		r.needs[need.Key] = need
		return nil, "", errNotFetched
	}
	if input.Unavailable != "" {
		return nil, "", errors.New(input.Unavailable)
	}
	tree := r.store.Tree(input.Artifact)
	if tree == nil {
		return nil, "", fmt.Errorf("the engine does not hold artifact %q", input.Artifact)
	}
	return tree, input.Artifact, nil
}

// isPlainlyGit says whether an address bears one of the marks by which kustomize tells a repository from a file.
func isPlainlyGit(address string) bool {
	_, ref, _, ok := krusty.GitRemote(address)
	if !ok {
		return false
	}
	_, rest, _ := strings.Cut(address, "://")
	place, _, _ := strings.Cut(rest, "?")
	return ref != "" || strings.Contains(place, "//") || strings.Contains(place, "_git/") ||
		strings.HasSuffix(place, ".git") || strings.Contains(place, ".git/")
}

// scan finds the other remotes of the build, so that the host can fetch all of them before it calls again.
// kustomize itself stops at the first one.
func (b *builder) scanRemotes() {
	_ = b.visitKustomizations(b.folder, func(folder string, file *kustomizationFile) error {
		for _, entry := range slices.Concat(file.Resources, file.Bases, file.Components, file.patchPaths()) {
			b.remotes.expect(entry)
		}
		return nil
	})
}

func (r *remotes) expect(entry string) {
	isHTTP := strings.HasPrefix(entry, "http://") || strings.HasPrefix(entry, "https://")
	var need api.Need
	if url, ref, submodules, ok := krusty.GitRemote(entry); ok && (!isHTTP || isPlainlyGit(entry)) {
		need = gitNeed(url, ref, submodules)
	} else if isHTTP {
		need = httpNeed(entry)
	} else {
		return
	}
	if _, answered := r.inputs[need.Key]; !answered {
		r.needs[need.Key] = need
	}
}

// needs lists what the host should fetch before it calls again.
func (b *builder) needs() []api.Need {
	needs := make([]api.Need, 0, len(b.remotes.needs)+len(b.cluster.missing))
	for _, need := range b.remotes.needs {
		needs = append(needs, need)
	}
	for key, kind := range b.cluster.missing {
		needs = append(needs, api.Need{Kind: kind, Key: key})
	}
	slices.SortFunc(needs, func(a, c api.Need) int { return strings.Compare(a.Key, c.Key) })
	return needs
}
