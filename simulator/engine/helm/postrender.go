package helm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/apis/kustomize"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"sluice.dev/engine/memfs"
)

// How hooks go through the post-renderers (Helm's `pkg/action/action.go`).
const (
	strategyCombined = "combined"
	strategySeparate = "separate"
	strategyNoHooks  = "nohooks"
)

// postRender brings files to hooks and manifests in Helm's order, through the post-renderers (renderResources).
func (r *renderer) postRender(files map[string]string) ([]hookManifest, []manifest, error) {
	strategy := r.release.strategy(r.request.Flux, r.request.UseHelm3Default)
	if err := checkCount(files); err != nil {
		return nil, nil, err
	}
	if hooks, manifests, ok := r.shortcut(files, strategy); ok {
		return hooks, manifests, nil
	}
	var err error
	switch strategy {
	case strategyCombined:
		files, err = r.renderStream(files, "manifests", "files", "output", "")
	case strategySeparate, strategyNoHooks:
		files, err = r.renderApart(files, strategy)
	default:
		err = fmt.Errorf("unknown post-render strategy: '%s'", strategy)
	}
	if err != nil {
		return nil, nil, err
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	return readHooks(hooks), readManifests(manifests), err
}

// checkCount stops at the number of documents before any of them is read.
func checkCount(files map[string]string) error {
	count := 0
	for _, text := range files {
		count += strings.Count(text, "\n---")
	}
	if count > maxObjects {
		return fmt.Errorf("the chart gives more than %d documents: %w", maxObjects, errTooMuch)
	}
	return nil
}

// manifest is a document of a template that is no hook, on its way to the API server.
type manifest struct {
	file string
	read func() ([]*unstructured.Unstructured, error)
}

// hookManifest is a document that is one.
type hookManifest struct {
	*release.Hook
	read func() ([]*unstructured.Unstructured, error)
}

func readHooks(hooks []*release.Hook) []hookManifest {
	out := make([]hookManifest, 0, len(hooks))
	for _, hook := range hooks {
		out = append(out, hookManifest{hook, func() ([]*unstructured.Unstructured, error) { return readObjects(hook.Manifest) }})
	}
	return out
}

func readManifests(manifests []releaseutil.Manifest) []manifest {
	out := make([]manifest, 0, len(manifests))
	for _, document := range manifests {
		out = append(out, manifest{document.Name, func() ([]*unstructured.Unstructured, error) { return readObjects(document.Content) }})
	}
	return out
}

// renderStream takes files through the post-renderers as one stream of documents.
// The texts are the words of the error messages, which differ by strategy.
func (r *renderer) renderStream(files map[string]string, merging, running, parsing, prefix string) (map[string]string, error) {
	merged, err := mergeFiles(files)
	if err != nil {
		return nil, fmt.Errorf("error merging %s: %w", merging, err)
	}
	rendered, err := r.runRenderers(merged)
	if err != nil {
		return nil, fmt.Errorf("error while running post render on %s: %w", running, err)
	}
	out, err := splitFiles(rendered, prefix)
	if err != nil {
		return nil, fmt.Errorf("error while parsing post rendered %s: %w", parsing, err)
	}
	return out, nil
}

// renderApart sends hooks and the rest on their own ways; with `nohooks`, hooks stay as they are.
func (r *renderer) renderApart(files map[string]string, strategy string) (map[string]string, error) {
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	hookFiles, manifestFiles := map[string]string{}, map[string]string{}
	for _, hook := range hooks {
		appendDocument(hookFiles, hook.Path, hook.Manifest)
	}
	for _, manifest := range manifests {
		appendDocument(manifestFiles, manifest.Name, manifest.Content)
	}
	if len(hookFiles) > 0 && strategy == strategySeparate {
		if hookFiles, err = r.renderStream(hookFiles, "hooks", "hooks", "output for hooks", "hooks"); err != nil {
			return nil, err
		}
	}
	if len(manifestFiles) > 0 {
		if manifestFiles, err = r.renderStream(manifestFiles, "manifests", "manifests", "output for manifests", "manifests"); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(manifestFiles)) {
		appendDocument(hookFiles, name, manifestFiles[name])
	}
	return hookFiles, nil
}

func appendDocument(files map[string]string, name, text string) {
	if before, ok := files[name]; ok {
		text = before + "\n---\n" + text
	}
	files[name] = text
}

// runRenderers is the chain of BuildPostRenderers (`internal/postrender/build.go`).
func (r *renderer) runRenderers(stream string) (string, error) {
	if memfs.ExpandsTooFar([]byte(stream)) {
		return "", fmt.Errorf("the chart's YAML aliases grow too large: %w", errTooMuch)
	}
	if slices.ContainsFunc(r.release.Spec.PostRenderers, postRenderer.expandsTooFar) {
		return "", fmt.Errorf("the YAML aliases of a patch grow too large: %w", errTooMuch)
	}
	text := []byte(stream)
	for _, renderer := range r.release.Spec.PostRenderers {
		if renderer.Kustomize == nil {
			continue
		}
		built, err := kustomizeBuild(text, renderer.Kustomize.Patches, renderer.Kustomize.Images)
		if err != nil {
			return "", err
		}
		text = built
	}
	for _, step := range r.labelSteps() {
		labelled, err := step.run(text)
		if err != nil {
			return "", err
		}
		text = labelled
	}
	return string(text), nil
}

func (p postRenderer) expandsTooFar() bool {
	return p.Kustomize != nil && slices.ContainsFunc(p.Kustomize.Patches, func(patch kustomize.Patch) bool {
		return memfs.ExpandsTooFar([]byte(patch.Patch))
	})
}

// labelSteps are the post-renderers of common metadata and of the owner labels, which win.
func (r *renderer) labelSteps() []labelStep {
	owner := labelStep{labels: r.ownerLabels()}
	if common := r.release.Spec.CommonMetadata; common != nil {
		return []labelStep{{labels: common.Labels, annotations: common.Annotations}, owner}
	}
	return []labelStep{owner}
}

func (r *renderer) ownerLabels() map[string]string {
	return map[string]string{
		helmGroup + "/name":      r.release.Metadata.Name,
		helmGroup + "/namespace": r.release.Metadata.Namespace,
	}
}

func isPartial(name string) bool {
	return strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], "_")
}
