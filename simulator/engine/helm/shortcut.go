package helm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"sluice.dev/engine/build"
	"sluice.dev/engine/memfs"
)

// Helm and kustomize read and write the whole output of a chart four times in order to put labels on it, which is most of the
// time of a render. Documents in which there is nothing that the way could change or refuse don't need to go there.

// withoutShortcut is set by tests, which hold one way against the other.
var withoutShortcut bool

// document is one document of the output, or what the long way made of it.
type document struct {
	file   string
	object map[string]any
}

// shortcut does what postRender does for output that needs nothing but labels. It is false for everything else, and for
// everything that may fail, so that errors are those of the long way.
func (r *renderer) shortcut(files map[string]string, strategy string) ([]hookManifest, []manifest, bool) {
	build.ResetSchema()
	if withoutShortcut || slices.ContainsFunc(r.release.Spec.PostRenderers, func(p postRenderer) bool { return p.Kustomize != nil }) {
		return nil, nil, false
	}
	documents, ok := readDocuments(files)
	if !ok || strategy != strategyCombined && slices.ContainsFunc(documents, document.isHook) {
		return nil, nil, false
	}
	if strategy != strategyCombined && strategy != strategySeparate && strategy != strategyNoHooks {
		return nil, nil, false
	}
	for _, document := range documents {
		for _, step := range r.labelSteps() {
			document.label(step)
		}
	}
	return sortDocuments(documents)
}

func readDocuments(files map[string]string) ([]document, bool) {
	var documents []document
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if isPartial(name) || strings.TrimSpace(files[name]) == "" {
			continue
		}
		split := releaseutil.SplitManifests(files[name])
		order := releaseutil.BySplitManifestsOrder(slices.Collect(maps.Keys(split)))
		sort.Sort(order)
		for _, key := range order {
			reader := kio.ByteReader{Reader: strings.NewReader(split[key]), OmitReaderAnnotations: true}
			nodes, err := reader.Read()
			if err != nil {
				return nil, false
			}
			for _, node := range nodes {
				value, plain := build.PlainValue(node.YNode())
				if !plain {
					// A read of one document is what a read of the stream is.
					text, err := node.String()
					if err != nil || memfs.ExpandsTooFar([]byte(text)) {
						return nil, false
					}
					value, plain = longWay(text)
				}
				next := document{file: name}
				next.object, _ = value.(map[string]any)
				if !plain || !next.isPlain() || seen[next.identity()] {
					return nil, false
				}
				seen[next.identity()] = true
				documents = append(documents, next)
			}
		}
	}
	return documents, true
}

// longWay takes one document through text and back as often as the whole stream goes there, but without labels, which
// make no difference to the rest of it.
func longWay(text string) (any, bool) {
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	resources, err := factory.NewResMapFromBytes([]byte(text))
	if err != nil || resources.Size() != 1 {
		return nil, false
	}
	rendered, err := resources.AsYaml()
	if err != nil {
		return nil, false
	}
	nodes, err := kio.ParseAll(string(rendered))
	if err != nil || len(nodes) != 1 {
		return nil, false
	}
	written, err := kio.StringAll(nodes)
	if err != nil {
		return nil, false
	}
	if split := releaseutil.SplitManifests(written); len(split) != 1 {
		return nil, false
	}
	objects, err := readObjects(written)
	if err != nil || len(objects) != 1 {
		return nil, false
	}
	return objects[0].Object, true
}

// identity is coarser than kustomize's, so that what kustomize takes for the same has the same.
func (d document) identity() string {
	group, _, found := strings.Cut(fmt.Sprint(d.object["apiVersion"]), "/")
	if !found {
		group = ""
	}
	metadata, _ := d.object["metadata"].(map[string]any)
	return fmt.Sprint(group, " ", d.object["kind"], " ", metadata["name"])
}

// isPlain is true for objects that kustomize takes as they are.
func (d document) isPlain() bool {
	kind, _ := d.object["kind"].(string)
	version, _ := d.object["apiVersion"].(string)
	metadata, _ := d.object["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	if kind == "" || version == "" || name == "" || strings.HasSuffix(kind, "List") {
		return false
	}
	if namespace, ok := metadata["namespace"]; ok {
		if text, isText := namespace.(string); !isText || text == "" {
			return false
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		entries, found := metadata[field]
		texts, isMap := entries.(map[string]any)
		// Helm's own annotations take the place of null; labels don't.
		if found && !isMap && (entries != nil || field == "labels") {
			return false
		}
		for key, value := range texts {
			if _, isText := value.(string); !isText || isInternal(key) {
				return false
			}
		}
	}
	return true
}

// isInternal finds the annotations by which kustomize and Helm remember things themselves.
func isInternal(key string) bool {
	return strings.Contains(key, "config.kubernetes.io/") || strings.Contains(key, "config.k8s.io/") || key == fileAnnotation
}

func (d document) isHook() bool {
	metadata, _ := d.object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	_, found := annotations[release.HookAnnotation]
	return found
}

func (d document) label(step labelStep) {
	metadata := d.object["metadata"].(map[string]any)
	for field, added := range map[string]map[string]string{"labels": step.labels, "annotations": step.annotations} {
		if len(added) == 0 {
			continue
		}
		entries, ok := metadata[field].(map[string]any)
		if !ok {
			entries = map[string]any{}
			metadata[field] = entries
		}
		for key, value := range added {
			entries[key] = value
		}
	}
}

// sortDocuments lets Helm sort the heads of the documents, each with its number in a comment.
func sortDocuments(documents []document) ([]hookManifest, []manifest, bool) {
	heads := map[string][]string{}
	for i, document := range documents {
		metadata := document.object["metadata"].(map[string]any)
		head, err := json.Marshal(map[string]any{
			"apiVersion": document.object["apiVersion"],
			"kind":       document.object["kind"],
			"metadata":   map[string]any{"name": metadata["name"], "annotations": metadata["annotations"]},
		})
		if err != nil {
			return nil, nil, false
		}
		heads[document.file] = append(heads[document.file], string(head)+" #"+strconv.Itoa(i))
	}
	files := make(map[string]string, len(heads))
	for name, lines := range heads {
		files[name] = strings.Join(lines, "\n---\n")
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, nil, false
	}
	read := func(head string) func() ([]*unstructured.Unstructured, error) {
		at, err := strconv.Atoi(strings.TrimSpace(head[strings.LastIndex(head, "#")+1:]))
		return func() ([]*unstructured.Unstructured, error) {
			if err != nil {
				return nil, err
			}
			return []*unstructured.Unstructured{{Object: documents[at].object}}, nil
		}
	}
	sortedHooks := make([]hookManifest, 0, len(hooks))
	for _, hook := range hooks {
		sortedHooks = append(sortedHooks, hookManifest{hook, read(hook.Manifest)})
	}
	sortedManifests := make([]manifest, 0, len(manifests))
	for _, document := range manifests {
		sortedManifests = append(sortedManifests, manifest{document.Name, read(document.Content)})
	}
	return sortedHooks, sortedManifests, true
}
