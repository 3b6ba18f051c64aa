package helm

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	release "helm.sh/helm/v4/pkg/release/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
	"sluice.dev/engine/native"
)

const (
	// maxObjects and maxOutput keep one hostile chart from filling the memory of the host.
	maxObjects = 50_000
	maxOutput  = 256 << 20

	managedByLabel      = "app.kubernetes.io/managed-by"
	nameAnnotation      = "meta.helm.sh/release-name"
	namespaceAnnotation = "meta.helm.sh/release-namespace"
	policyAnnotation    = "helm.sh/resource-policy"
)

// assemble puts everything that is sent into the order of sending: CRDs, the namespace, hooks, manifests, hooks, tests.
func (r *renderer) assemble(crds []api.Object, hooks []hookManifest, manifests []manifest) ([]api.Object, error) {
	body, err := r.manifestObjects(manifests)
	if err != nil {
		return nil, r.actionFailed(api.StageApply, err)
	}
	out := crds
	if namespace, ok := r.namespaceObject(); ok {
		out = append(out, namespace)
	}
	before, after, tests := release.HookPreInstall, release.HookPostInstall, release.HookTest
	if r.request.IsUpgrade {
		before, after = release.HookPreUpgrade, release.HookPostUpgrade
	}
	sent := map[*release.Hook]bool{}
	for i, event := range []release.HookEvent{before, "", after, tests} {
		if i == 1 {
			out = append(out, body...)
			continue
		}
		added, err := r.hookObjects(hooks, event, sent)
		if err != nil {
			return nil, r.actionFailed(api.StageApply, err)
		}
		out = append(out, added...)
	}
	return out, r.checkSize(out)
}

func (r *renderer) checkSize(objects []api.Object) error {
	size := 0
	for _, object := range objects {
		size += len(object.JSON)
	}
	if len(objects) > maxObjects || size > maxOutput {
		return r.actionFailed(api.StageApply, fmt.Errorf(
			"the chart gives more than %d objects or %d MiB: %w", maxObjects, maxOutput>>20, errTooMuch))
	}
	return nil
}

// manifestObjects are the templates, with what Helm adds when it applies them (setMetadataVisitor in `pkg/action/validate.go`).
func (r *renderer) manifestObjects(manifests []manifest) ([]api.Object, error) {
	var out []api.Object
	for _, manifest := range manifests {
		objects, err := manifest.read()
		if err != nil {
			return nil, fmt.Errorf("unable to build kubernetes objects from release manifest: %w", err)
		}
		for _, object := range objects {
			r.setNamespace(object)
			addLabels(object, map[string]string{managedByLabel: "Helm"})
			addAnnotations(object, map[string]string{
				nameAnnotation: shortenName(r.release.name()), namespaceAnnotation: r.release.namespace(),
			})
			entry, err := r.describeObject(object)
			if err != nil {
				return nil, err
			}
			entry.Helm = &api.HelmPart{
				Part:     api.PartTemplate,
				Template: templateOf(manifest.file),
				Keep:     strings.EqualFold(strings.TrimSpace(object.GetAnnotations()[policyAnnotation]), "keep"),
			}
			out = append(out, entry)
		}
	}
	return out, nil
}

func templateOf(file string) string {
	if strings.HasPrefix(file, generatedPrefix) {
		return ""
	}
	return file
}

// hookObjects are the hooks of one event in the order in which Helm runs them (`pkg/action/hooks.go`).
func (r *renderer) hookObjects(hooks []hookManifest, event release.HookEvent, sent map[*release.Hook]bool) ([]api.Object, error) {
	isTest := event == release.HookTest
	if r.release.action(r.request.IsUpgrade).DisableHooks && !isTest || isTest && !r.release.Spec.Test.Enable {
		return nil, nil
	}
	running := slices.DeleteFunc(slices.Clone(hooks), func(hook hookManifest) bool {
		return sent[hook.Hook] || !slices.Contains(hook.Events, event) || isTest && !r.testSelected(hook.Name)
	})
	slices.SortStableFunc(running, func(a, b hookManifest) int {
		if a.Weight != b.Weight {
			return a.Weight - b.Weight
		}
		return strings.Compare(a.Name, b.Name)
	})
	var out []api.Object
	for _, hook := range running {
		sent[hook.Hook] = true
		objects, err := hook.read()
		if err != nil {
			return nil, fmt.Errorf("failed %s: unable to build kubernetes object for %s hook %s: %w", event, event, hook.Path, err)
		}
		for _, object := range objects {
			r.setNamespace(object)
			entry, err := r.describeObject(object)
			if err != nil {
				return nil, err
			}
			entry.Helm = hookPart(hook.Hook)
			out = append(out, entry)
		}
	}
	return out, nil
}

// testSelected follows `spec.test.filters` (Helm's `pkg/action/release_testing.go`): exclusions first, then what is named.
func (r *renderer) testSelected(name string) bool {
	named, only := false, false
	for _, filter := range r.release.Spec.Test.Filters {
		if filter.Exclude && filter.Name == name {
			return false
		}
		if !filter.Exclude {
			only = true
			named = named || filter.Name == name
		}
	}
	return named || !only
}

func hookPart(hook *release.Hook) *api.HelmPart {
	part := &api.HelmPart{
		Part:     api.PartHook,
		Template: templateOf(hook.Path),
		Hook:     &api.HelmHook{Events: []string{}, Weight: hook.Weight, DeletePolicies: []string{}},
	}
	for _, event := range hook.Events {
		part.Hook.Events = append(part.Hook.Events, event.String())
	}
	for _, policy := range hook.DeletePolicies {
		part.Hook.DeletePolicies = append(part.Hook.DeletePolicies, policy.String())
	}
	if len(hook.DeletePolicies) == 0 {
		part.Hook.DeletePolicies = append(part.Hook.DeletePolicies, release.HookBeforeHookCreation.String())
	}
	return part
}

// namespaceObject is the one of `install.createNamespace`, which counts only with a target namespace. Nobody owns it.
func (r *renderer) namespaceObject() (api.Object, bool) {
	name := r.release.Spec.TargetNamespace
	if r.request.IsUpgrade || name == "" || !r.release.Spec.Install.CreateNamespace {
		return api.Object{}, false
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "Namespace",
		"metadata":   map[string]any{"name": name, "labels": map[string]any{"name": name}},
		"spec":       map[string]any{},
		"status":     map[string]any{},
	}}
	entry, err := r.describeObject(object)
	entry.Helm = &api.HelmPart{Part: api.PartNamespace}
	return entry, err == nil
}

// readObjects reads the objects of a text as Helm's client builds them: lists are flattened.
func readObjects(text string) ([]*unstructured.Unstructured, error) {
	decoder := yamlutil.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	var objects []*unstructured.Unstructured
	for {
		raw := runtime.RawExtension{}
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("error parsing : %w", err)
		}
		content := strings.TrimSpace(string(raw.Raw))
		if content == "" || content == "null" {
			continue
		}
		object, _, err := unstructured.UnstructuredJSONScheme.Decode(raw.Raw, nil, nil)
		if err != nil {
			return nil, fmt.Errorf("unable to decode \"\": %w", err)
		}
		switch object := object.(type) {
		case *unstructured.Unstructured:
			objects = append(objects, object)
		case *unstructured.UnstructuredList:
			for i := range object.Items {
				objects = append(objects, &object.Items[i])
			}
		}
	}
}

// setNamespace gives namespaced objects the namespace of the release. What is neither built in nor known to the host
// counts as namespaced, as most custom kinds are.
func (r *renderer) setNamespace(object *unstructured.Unstructured) {
	if object.GetNamespace() == "" && r.isNamespaced(object) {
		object.SetNamespace(r.release.namespace())
	}
}

func (r *renderer) isNamespaced(object *unstructured.Unstructured) bool {
	gvk := object.GroupVersionKind()
	if namespaced, known := native.Scope(gvk.Group, gvk.Version, gvk.Kind); known {
		return namespaced
	}
	kind := gvk.Group + "/" + gvk.Kind
	return !slices.Contains(r.request.ClusterScoped, kind) && !slices.Contains(r.ownClusterScoped, kind)
}

func addLabels(object *unstructured.Unstructured, added map[string]string) {
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	for key, value := range added {
		labels[key] = value
	}
	object.SetLabels(labels)
}

func addAnnotations(object *unstructured.Unstructured, added map[string]string) {
	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	for key, value := range added {
		annotations[key] = value
	}
	object.SetAnnotations(annotations)
}

func (r *renderer) describeObject(object *unstructured.Unstructured) (api.Object, error) {
	text, err := build.Canonical(object.Object)
	if err != nil {
		return api.Object{}, err
	}
	gvk := object.GroupVersionKind()
	entry := api.Object{
		APIVersion: object.GetAPIVersion(), Kind: object.GetKind(),
		Namespace: object.GetNamespace(), Name: object.GetName(), JSON: text,
	}
	if namespaced, known := native.Scope(gvk.Group, gvk.Version, gvk.Kind); known {
		entry.Scope = "Cluster"
		if namespaced {
			entry.Scope = "Namespaced"
		}
	}
	return entry, nil
}
