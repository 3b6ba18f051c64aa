package helm

import (
	"fmt"
	"strings"

	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"sluice.dev/engine/api"
)

const (
	crdGroup   = "apiextensions.k8s.io"
	policySkip = "Skip"
)

// crds are the objects of `crds/` that the policy sends (`internal/action/crds.go`). `Create`, which is also the default, and
// `CreateReplace` send the same: a server-side apply with force.
func (r *renderer) crds() ([]api.Object, error) {
	policy := r.release.action(r.request.IsUpgrade).CRDs
	switch policy {
	case "", "Create", "CreateReplace", policySkip:
	default:
		return nil, fmt.Errorf("invalid CRD upgrade policy '%s', valid values are 'Skip', 'Create' or 'CreateReplace'", policy)
	}
	if len(r.chart.CRDObjects()) == 0 || policy == policySkip {
		return nil, nil
	}
	objects, err := r.readCRDs()
	if err != nil {
		return nil, fmt.Errorf("failed to apply CustomResourceDefinitions: %w", err)
	}
	return objects, nil
}

func (r *renderer) readCRDs() ([]api.Object, error) {
	if err := chartutil.ProcessDependencies(r.chart, r.composed.AsMap()); err != nil {
		return nil, fmt.Errorf("failed to process chart dependencies: %w", err)
	}
	var out []api.Object
	var others []string
	for _, file := range r.chart.CRDObjects() {
		objects, err := readObjects(string(file.File.Data))
		if err != nil {
			return nil, fmt.Errorf("failed to parse CustomResourceDefinitions from %s: %w", file.Name, err)
		}
		for _, object := range objects {
			isCRD := isDefinition(object)
			if isCRD {
				addLabels(object, r.ownerLabels())
				r.learnKind(object.Object)
			} else {
				others = append(others, describeOther(object))
			}
			entry, err := r.describeCRD(object, file.Filename)
			if err != nil {
				return nil, err
			}
			if !isCRD {
				entry.Skipped = api.SkippedNoDefinition
			}
			out = append(out, entry)
		}
	}
	if len(others) > 0 {
		r.warn(api.WarningUpstream, fmt.Sprintf(
			"the chart's crds/ has objects that are no CustomResourceDefinitions, which helm-controller ignores: %s", strings.Join(others, ", ")))
	}
	return out, nil
}

// countedCRDs are what the policy leaves out: the inventory names all of `crds/` nevertheless (AddCRDs in `internal/inventory`).
// What can't be read is missing from it, which only an event says.
func (r *renderer) countedCRDs() []api.Object {
	if r.release.action(r.request.IsUpgrade).CRDs != policySkip {
		return nil
	}
	var out []api.Object
	for _, file := range r.chart.CRDObjects() {
		objects, err := readObjects(string(file.File.Data))
		if err != nil {
			return nil
		}
		for _, object := range objects {
			if entry, err := r.describeCRD(object, file.Filename); err == nil {
				entry.Skipped = api.SkippedByPolicy
				out = append(out, entry)
			}
		}
	}
	return out
}

func isDefinition(object *unstructured.Unstructured) bool {
	return object.GroupVersionKind().Group == crdGroup && object.GetKind() == "CustomResourceDefinition"
}

func (r *renderer) describeCRD(object *unstructured.Unstructured, file string) (api.Object, error) {
	entry, err := r.describeObject(object)
	entry.Helm = &api.HelmPart{Part: api.PartCRD, Template: file}
	return entry, err
}

// learnKind makes the cluster know a kind of the chart's own: the controller sends CRDs before it asks for capabilities.
func (r *renderer) learnKind(crd map[string]any) {
	group, _, _ := unstructured.NestedString(crd, "spec", "group")
	kind, _, _ := unstructured.NestedString(crd, "spec", "names", "kind")
	if scope, _, _ := unstructured.NestedString(crd, "spec", "scope"); scope == "Cluster" {
		r.ownClusterScoped = append(r.ownClusterScoped, group+"/"+kind)
	}
	versions, _, _ := unstructured.NestedSlice(crd, "spec", "versions")
	for _, item := range versions {
		version, _ := item.(map[string]any)
		if served, _ := version["served"].(bool); !served {
			continue
		}
		groupVersion := fmt.Sprintf("%s/%v", group, version["name"])
		r.ownVersions = append(r.ownVersions, groupVersion, groupVersion+"/"+kind)
		if _, found, _ := unstructured.NestedMap(version, "subresources", "scale"); found {
			r.ownVersions = append(r.ownVersions, groupVersion+"/Scale")
		}
	}
}

func describeOther(object *unstructured.Unstructured) string {
	parts := []string{object.GroupVersionKind().Group, object.GetKind()}
	if object.GetNamespace() != "" {
		parts = append(parts, object.GetNamespace())
	}
	return strings.Join(append(parts, object.GetName()), "/")
}
