package helm

import (
	"context"
	"fmt"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/chartutil"
	"github.com/go-logr/logr"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

// composeMarked runs the composition with a mark in place of each leaf. Each reference gets an object of its own,
// since several may name the same one.
func (r *renderer) composeMarked() (map[string]any, error) {
	references, placeholders := r.resolveAssumed()
	at := 0
	for i, original := range r.release.Spec.ValuesFrom {
		if at == len(references) || references[at] != original {
			continue
		}
		r.markReference(&references[at], i, placeholders)
		at++
	}
	inline, _ := markLeaves(r.release.values(), api.FromInlineVal).(map[string]any)
	return chartutil.ChartValuesFromReferences(
		context.Background(), logr.Discard(), r.cluster, r.release.Metadata.Namespace, inline, references...)
}

func (r *renderer) markReference(reference *meta.ValuesReference, index int, placeholders map[string]api.DataObject) {
	namespace := r.release.Metadata.Namespace
	key := objectKey(reference.Kind, namespace, reference.Name)
	object, known := r.cluster.known[key]
	if !known {
		object, known = placeholders[key]
	}
	value, found := object.Data[reference.GetValuesKey()]
	if !known || !found {
		return
	}
	text := valuesFromMark(index)
	if reference.TargetPath == "" {
		var values map[string]any
		if yaml.Unmarshal([]byte(value), &values) != nil {
			return
		}
		marked, err := yaml.Marshal(markLeaves(values, text))
		if err != nil {
			return
		}
		text = string(marked)
	}
	reference.Name = fmt.Sprintf("%s %d", reference.Name, index)
	reference.Literal = true
	r.cluster.known[objectKey(reference.Kind, namespace, reference.Name)] = api.DataObject{
		Kind: reference.Kind, Data: map[string]string{reference.GetValuesKey(): text},
	}
}
