package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
	"sluice.dev/engine/native"
)

const (
	fluxGroup = "kustomize.toolkit.fluxcd.io"
	// maxObjects and maxOutput keep one hostile Kustomization from filling the memory of the host.
	maxObjects = 50_000
	maxOutput  = 256 << 20
)

// rendered is an object on its way to the API server; resource is its position in kustomize's build.
type rendered struct {
	*unstructured.Unstructured
	resource int
}

// apply makes the objects ready as the controller does before it sends them (`apply` and `pkg/ssa`).
func (b *builder) apply(resources resmap.ResMap) ([]api.Object, *stageError) {
	objects, failure := b.readObjects(resources)
	if failure != nil {
		return nil, failure
	}
	for _, object := range objects {
		setLabels(object, map[string]string{
			fluxGroup + "/name":      b.object.GetName(),
			fluxGroup + "/namespace": b.object.GetNamespace(),
		})
	}
	problems := b.normalise(objects)
	b.addCommonMetadata(objects)
	failure = b.refuse(objects, problems)
	out := make([]api.Object, 0, len(objects))
	size := 0
	for _, object := range objects {
		entry, err := describeObject(object)
		if err != nil {
			return nil, failed(api.StageBuild, err)
		}
		if size += len(entry.JSON); size > maxOutput {
			return nil, limit(fmt.Sprintf("the build gives more than %d MiB of objects", maxOutput>>20))
		}
		out = append(out, entry)
		b.positions = append(b.positions, object.resource)
	}
	return out, failure
}

func limit(text string) *stageError {
	failure := failed(api.StageEngine, errors.New(text))
	failure.cause = api.CauseLimit
	return failure
}

// readObjects turns the build into objects by way of its YAML text (`ssautil.ReadObjects`):
// lists are flattened, documents that are no objects are dropped.
func (b *builder) readObjects(resources resmap.ResMap) ([]rendered, *stageError) {
	if resources.Size() > maxObjects {
		return nil, limit(fmt.Sprintf("the build gives more than %d objects", maxObjects))
	}
	var objects []rendered
	for index, res := range resources.Resources() {
		read, err := readResource(resources, res)
		if err == nil {
			objects, err = appendObjects(objects, read, index)
		}
		if err != nil {
			failure := failed(api.StageBuild, err)
			failure.index = index
			return nil, failure
		}
	}
	return objects, nil
}

// readResource gives one object, or several when a text of the resource looks like the start of another document.
func readResource(resources resmap.ResMap, res *resource.Resource) ([]*unstructured.Unstructured, error) {
	if object := plainObject(res); object != nil {
		return []*unstructured.Unstructured{object}, nil
	}
	text, err := res.AsYAML()
	if err != nil {
		// The controller prints everything at once, and kustomize says more then.
		if _, all := resources.AsYaml(); all != nil {
			err = all
		}
		return nil, fmt.Errorf("kustomize build failed: %w", err)
	}
	decoder := yamlutil.NewYAMLOrJSONDecoder(bytes.NewReader(text), 2048)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); err != nil {
			if err == io.EOF {
				return objects, nil
			}
			return nil, err
		}
		objects = append(objects, object)
	}
}

func appendObjects(objects []rendered, read []*unstructured.Unstructured, index int) ([]rendered, error) {
	for _, object := range read {
		switch {
		case object.IsList():
			err := object.EachListItem(func(item runtime.Object) error {
				objects = append(objects, rendered{item.(*unstructured.Unstructured), index})
				return nil
			})
			if err != nil {
				return nil, err
			}
		case isObject(object) && !isKustomizeConfig(object):
			objects = append(objects, rendered{object, index})
		}
	}
	return objects, nil
}

func isObject(object *unstructured.Unstructured) bool {
	return object.GetName() != "" && object.GetKind() != "" && object.GetAPIVersion() != ""
}

func isKustomizeConfig(object *unstructured.Unstructured) bool {
	return strings.EqualFold(object.GetKind(), "kustomization") && strings.HasPrefix(object.GetAPIVersion(), "kustomize.config.k8s.io/")
}

func setLabels(object rendered, added map[string]string) {
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	for key, value := range added {
		labels[key] = value
	}
	object.SetLabels(labels)
}

// addCommonMetadata follows `ssautil.SetCommonMetadata`: it comes after the owner labels and may overwrite them.
func (b *builder) addCommonMetadata(objects []rendered) {
	common := b.spec.CommonMetadata
	if common == nil {
		return
	}
	for _, object := range objects {
		if labels := merged(object.GetLabels(), common.Labels); len(labels) > 0 {
			object.SetLabels(labels)
		}
		if annotations := merged(object.GetAnnotations(), common.Annotations); len(annotations) > 0 {
			object.SetAnnotations(annotations)
		}
	}
}

func merged(into, from map[string]string) map[string]string {
	if into == nil {
		into = map[string]string{}
	}
	for key, value := range from {
		into[key] = value
	}
	return into
}

// normalise gives built-in kinds their typed form. The answer has the error of the API server by position,
// for objects that their type does not admit; those are sent as they are.
func (b *builder) normalise(objects []rendered) map[int]error {
	problems := map[int]error{}
	for i, object := range objects {
		out, _, err := native.Normalise(object.Object)
		if err != nil {
			problems[i] = err
		}
		if out != nil {
			object.Object = out
		}
	}
	return problems
}

// refuse finds the first object that stops the apply: an encrypted Secret before anything is sent,
// then what the API server answers to the dry run, in the order of the stages.
func (b *builder) refuse(objects []rendered, problems map[int]error) *stageError {
	for _, object := range objects {
		_, encrypted := object.Object["sops"]
		isSecret := object.GetKind() == "Secret" && object.GetAPIVersion() == "v1"
		if encrypted && isSecret && !strings.EqualFold(object.GetAnnotations()[decryptKey], disabled) {
			text := " is SOPS encrypted, configuring decryption is required for this secret to be reconciled"
			return refused(object, errors.New(formatObject(object.Unstructured)+text))
		}
	}
	for stage := range 3 {
		for i, object := range objects {
			err := problems[i]
			if err == nil || applyStage(object.Unstructured) != stage || skipped(object.Unstructured) != "" || b.guessed(object) {
				continue
			}
			return refused(object, fmt.Errorf("%w\n", err))
		}
	}
	return nil
}

// guessed is true for objects that hold a stand-in: its type says nothing about the real value's.
func (b *builder) guessed(object rendered) bool {
	if !b.masking && len(b.cluster.placeholders) == 0 && len(b.warnings) == 0 {
		return false
	}
	text, err := json.Marshal(object.Object)
	return err != nil || bytes.Contains(text, []byte(placeholderPrefix)) || bytes.Contains(text, []byte(masking.Prefix))
}

func refused(object rendered, err error) *stageError {
	return &stageError{
		stage: api.StageApply, reason: api.ReasonReconciliationFailed, err: err,
		object: objectKey(object.GetKind(), object.GetNamespace(), object.GetName()), index: object.resource,
	}
}

// applyStage is the stage of `ApplyAllStaged` in pkg/ssa that an object belongs to.
func applyStage(object *unstructured.Unstructured) int {
	kind, version := strings.ToLower(object.GetKind()), object.GetAPIVersion()
	switch {
	case kind == "customresourcedefinition" && strings.HasPrefix(version, "apiextensions.k8s.io/"),
		kind == "namespace" && version == "v1",
		kind == "clusterrole" && strings.HasPrefix(version, "rbac.authorization.k8s.io/"):
		return 0
	case strings.HasSuffix(object.GetKind(), "Class"):
		return 1
	}
	return 2
}

// formatObject names an object as `ssautil.FmtUnstructured` does.
func formatObject(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetKind() + "/" + object.GetName()
	}
	return objectKey(object.GetKind(), object.GetNamespace(), object.GetName())
}

// inMetadata follows `ssautil.AnyInMetadata`: labels and annotations count, without regard to case.
func inMetadata(object *unstructured.Unstructured, key, value string) bool {
	return strings.EqualFold(object.GetLabels()[fluxGroup+key], value) || strings.EqualFold(object.GetAnnotations()[fluxGroup+key], value)
}

func skipped(object *unstructured.Unstructured) string {
	switch {
	case inMetadata(object, "/reconcile", disabled):
		return "reconcile-disabled"
	case inMetadata(object, "/ssa", "ignore"):
		return "ssa-ignore"
	case inMetadata(object, "/ssa", "ifnotpresent"):
		return "ssa-ifnotpresent"
	}
	return ""
}

func describeObject(object rendered) (api.Object, error) {
	text, err := Canonical(object.Object)
	if err != nil {
		return api.Object{}, err
	}
	gvk := object.GroupVersionKind()
	entry := api.Object{
		APIVersion:  object.GetAPIVersion(),
		Kind:        object.GetKind(),
		Namespace:   object.GetNamespace(),
		Name:        object.GetName(),
		JSON:        text,
		Skipped:     skipped(object.Unstructured),
		KeepOnPrune: inMetadata(object.Unstructured, "/prune", disabled),
	}
	if namespaced, known := native.Scope(gvk.Group, gvk.Version, gvk.Kind); known {
		entry.Scope = "Cluster"
		if namespaced {
			entry.Scope = "Namespaced"
		}
	}
	return entry, nil
}

// Canonical is JSON with sorted keys and plain text.
func Canonical(value any) (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}
