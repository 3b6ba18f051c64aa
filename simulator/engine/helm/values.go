package helm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/chartutil"
	"github.com/go-logr/logr"
	"helm.sh/helm/v4/pkg/chart/common"

	"sluice.dev/engine/api"
)

// placeholderPrefix begins the visible text that stands for a value nobody knows.
const placeholderPrefix = "SLUICE_UNKNOWN_"

// composeValues runs Flux's own composition. References to objects whose content is unknown are left out,
// or give a placeholder where a single value goes to a path.
func (r *renderer) composeValues() (common.Values, error) {
	references, data := r.resolveAssumed()
	defer r.cluster.withData(data)()
	return chartutil.ChartValuesFromReferences(
		context.Background(), logr.Discard(), r.cluster, r.release.Metadata.Namespace, r.release.values(), references...)
}

func (r *renderer) resolveAssumed() ([]meta.ValuesReference, map[string]api.DataObject) {
	references := slices.Clone(r.release.Spec.ValuesFrom)
	data := map[string]api.DataObject{}
	references = slices.DeleteFunc(references, func(reference meta.ValuesReference) bool {
		key := objectKey(reference.Kind, r.release.Metadata.Namespace, reference.Name)
		if _, known := r.cluster.known[key]; known || !r.cluster.assumed[key] {
			return false
		}
		if reference.TargetPath == "" {
			r.warn(api.WarningValuesUnknown, fmt.Sprintf(
				"the values in %s are not known here and are left out", describeReference(reference)))
			return true
		}
		placeholder := placeholderPrefix + strings.ReplaceAll(reference.Name+"_"+reference.GetValuesKey(), ".", "_")
		r.warn(api.WarningValuesUnknown, fmt.Sprintf(
			"the value for %q in %s is not known here; %s stands for it", reference.TargetPath, describeReference(reference), placeholder))
		object, ok := data[key]
		if !ok {
			object = api.DataObject{Kind: reference.Kind, Data: map[string]string{}}
		}
		object.Data[reference.GetValuesKey()] = placeholder
		data[key] = object
		return false
	})
	if r.shadow != nil {
		for key, object := range r.cluster.known {
			if object.Kind == "Secret" {
				data[key] = r.shadow.object(object, r.release)
			}
		}
	}
	return references, data
}

func describeReference(reference meta.ValuesReference) string {
	return fmt.Sprintf("%s %q with key %q", reference.Kind, reference.Name, reference.GetValuesKey())
}

// withData puts objects in the place of others until the function it returns is called.
func (c *cluster) withData(data map[string]api.DataObject) func() {
	before := map[string]api.DataObject{}
	for key, object := range data {
		if known, ok := c.known[key]; ok {
			before[key] = known
		}
		c.known[key] = object
	}
	return func() {
		for key := range data {
			delete(c.known, key)
			if known, ok := before[key]; ok {
				c.known[key] = known
			}
		}
	}
}
