package build

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sluice.dev/engine/api"
)

var (
	linePattern = regexp.MustCompile(`\bline (\d+):`)
	// filePattern finds what may be a file in an error of kustomize.
	filePattern = regexp.MustCompile(`[^\s'"` + "`" + `:,()=]+\.(?:ya?ml|json|env|ini|properties|txt)\b`)
)

// describe turns an error of the pipeline into what the host shows: the controller's message and, where it can be told, the place.
func (b *builder) describe(failure *stageError) *api.Failure {
	message := failure.err.Error()
	for _, place := range b.remotes.places {
		message = strings.ReplaceAll(message, place[0]+"/", place[1]+"/")
		message = strings.ReplaceAll(message, place[0], place[1])
	}
	out := &api.Failure{Stage: failure.stage, Reason: failure.reason, Message: b.secrets.Scrub(relative(message)), Object: failure.object, Cause: failure.cause}
	if res := failure.resource; res != nil {
		out.Object = objectKey(res.GetKind(), res.GetNamespace(), res.GetName())
	}
	if failure.index >= 0 {
		if origins := b.origins(); failure.index < len(origins) && origins[failure.index] != nil && origins[failure.index].Remote == "" {
			out.Path = origins[failure.index].Path
		}
		return out
	}
	out.Path = b.fileIn(out.Message)
	if found := linePattern.FindStringSubmatch(message); found != nil && b.isOneDocument(out.Path) {
		out.Line, _ = strconv.Atoi(found[1])
	}
	if len(b.remotes.needs) > 0 {
		b.scanRemotes()
	}
	return out
}

// isOneDocument is true for files in which kustomize counts lines from the top: it parses each document by itself.
func (b *builder) isOneDocument(rel string) bool {
	if rel == "" || !b.fs.Has(rel) {
		return false
	}
	data, err := b.fs.ReadFile(path.Join(artifactRoot, rel))
	return err == nil && !bytes.Contains(data, []byte("\n---"))
}

// fileIn finds the file of the artifact that a message means: the last one named that was read.
func (b *builder) fileIn(message string) string {
	read := b.fs.Reads.Files()
	best := ""
	for _, name := range filePattern.FindAllString(message, -1) {
		if b.fs.Has(path.Clean(name)) {
			best = path.Clean(name)
			continue
		}
		tail := "/" + strings.TrimLeft(path.Clean(name), "./")
		if match := onlyWithSuffix(read, tail, b.request.Artifact+"/"); match != "" {
			best = match
		}
	}
	if best != "" {
		return best
	}
	return b.folderFile()
}

func onlyWithSuffix(names []string, suffix, artifact string) string {
	match := ""
	for _, name := range names {
		if !strings.HasSuffix(name, suffix) || !strings.HasPrefix(name, artifact) {
			continue
		}
		if match != "" {
			return ""
		}
		match = strings.TrimPrefix(name, artifact)
	}
	return match
}

// folderFile falls back to the kustomization file of the folder that is built.
func (b *builder) folderFile() string {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if rel, ok := b.fs.Rel(path.Join(b.folder, name)); ok && b.fs.Has(rel) {
			return rel
		}
	}
	return ""
}
