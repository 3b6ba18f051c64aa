package helm

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// fileAnnotation carries the name of a file through the post-renderers.
const fileAnnotation = "postrenderer.helm.sh/postrender-filename"

// mergeFiles makes one stream of all files, each document marked with its file (annotateAndMerge in Helm's `pkg/action/action.go`).
func mergeFiles(files map[string]string) (string, error) {
	var documents []*yaml.RNode
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if isPartial(name) || strings.TrimSpace(files[name]) == "" {
			continue
		}
		split := releaseutil.SplitManifests(files[name])
		order := releaseutil.BySplitManifestsOrder(slices.Collect(maps.Keys(split)))
		sort.Sort(order)
		for _, key := range order {
			nodes, err := kio.ParseAll(split[key])
			if err != nil {
				return "", fmt.Errorf("parsing %s: %w", name, err)
			}
			for _, node := range nodes {
				if err := node.PipeE(yaml.SetAnnotation(fileAnnotation, name)); err != nil {
					return "", fmt.Errorf("annotating %s: %w", name, err)
				}
			}
			documents = append(documents, nodes...)
		}
	}
	merged, err := kio.StringAll(documents)
	if err != nil {
		return "", fmt.Errorf("writing merged docs: %w", err)
	}
	return merged, nil
}

// splitFiles undoes mergeFiles (splitAndDeannotate). What a post-renderer made of nothing gets a name with the prefix.
func splitFiles(stream, prefix string) (map[string]string, error) {
	documents, err := kio.ParseAll(stream)
	if err != nil {
		return nil, fmt.Errorf("error parsing YAML: %w", err)
	}
	if prefix != "" {
		prefix += "-"
	}
	grouped := map[string][]*yaml.RNode{}
	for i, document := range documents {
		meta, err := document.GetMeta()
		if err != nil {
			return nil, fmt.Errorf("getting metadata: %w", err)
		}
		name := meta.Annotations[fileAnnotation]
		if name == "" {
			name = fmt.Sprintf("%s%s%d.yaml", generatedPrefix, prefix, i)
		}
		if err := document.PipeE(yaml.ClearAnnotation(fileAnnotation)); err != nil {
			return nil, fmt.Errorf("clearing filename annotation: %w", err)
		}
		grouped[name] = append(grouped[name], document)
	}
	files := make(map[string]string, len(grouped))
	for name, group := range grouped {
		if files[name], err = kio.StringAll(group); err != nil {
			return nil, fmt.Errorf("re-writing %s: %w", name, err)
		}
	}
	return files, nil
}

// generatedPrefix begins the name of a file that has none.
const generatedPrefix = "generated-by-postrender-"
