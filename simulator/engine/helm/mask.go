package helm

import (
	"fmt"
	"reflect"
	"slices"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
	"sluice.dev/engine/masking"
)

// mask turns an exact answer into one for people. The chart is rendered again with stand-ins in place of the secret values,
// and what differs then hangs on one of them: it is shown as a digest. A chart that looks at its values may refuse the first
// kind of stand-in; when it refuses the second as well, nothing but the names of the objects is shown.
func (r *renderer) mask(result *api.HelmResult) {
	var shadow *api.HelmResult
	if r.usesSecrets() {
		shadow = r.runShadow(result)
		if shadow == nil {
			shadow = &api.HelmResult{}
		}
		result.Notes = shadow.Notes
		result.Values = maskText(r.secrets, result.Values, shadow.Values)
		if result.Failure != nil && shadow.Failure != nil && shadow.Failure.Stage == result.Failure.Stage {
			result.Failure.Message = shadow.Failure.Message
		}
	}
	if result.Failure != nil {
		result.Failure.Message = quoted(r.secrets, result.Failure.Message)
	}
	for i := range result.Objects {
		object := &result.Objects[i]
		tree := masking.MaskSecret(masking.Decode(object.JSON))
		if shadow != nil {
			tree = r.maskObject(tree, shadowOf(shadow.Objects, object))
		}
		if text, err := build.Canonical(tree); err == nil {
			object.JSON = text
		}
	}
}

// usesSecrets says whether the value of a Secret could be in the answer.
func (r *renderer) usesSecrets() bool { return len(r.secrets) > 0 }

// runShadow gives the answer with stand-ins, or nil when there is none that compares.
func (r *renderer) runShadow(exact *api.HelmResult) *api.HelmResult {
	for _, stand := range []standIn{digests, lookalikes} {
		shadow := newRenderer(r.store, r.request, r.release, stand)
		answer := shadow.run()
		if (answer.Failure == nil) != (exact.Failure == nil) {
			continue
		}
		shadow.addValues(answer)
		return answer
	}
	return nil
}

// shadowOf finds the same object in the shadow run; nil when its very name hangs on a secret value.
func shadowOf(objects []api.Object, exact *api.Object) any {
	at := slices.IndexFunc(objects, func(object api.Object) bool {
		return object.APIVersion == exact.APIVersion && object.Kind == exact.Kind && object.Namespace == exact.Namespace &&
			object.Name == exact.Name && reflect.DeepEqual(object.Helm, exact.Helm)
	})
	if at < 0 {
		return nil
	}
	return masking.MaskSecret(masking.Decode(objects[at].JSON))
}

// maskObject masks everything but what names the object.
func (r *renderer) maskObject(exact, shadow any) any {
	object, ok := exact.(map[string]any)
	if !ok {
		return exact
	}
	metadata, _ := object["metadata"].(map[string]any)
	apiVersion, kind, name, namespace := object["apiVersion"], object["kind"], metadata["name"], metadata["namespace"]
	masked, _ := overlay(r.secrets, object, shadow).(map[string]any)
	masked["apiVersion"], masked["kind"] = apiVersion, kind
	if inner, ok := masked["metadata"].(map[string]any); ok {
		inner["name"] = name
		if namespace != nil {
			inner["namespace"] = namespace
		}
	}
	return masked
}

// maskText masks one JSON text against that of the shadow run.
func maskText(secrets masking.Secrets, exact, shadow string) string {
	if exact == "" {
		return ""
	}
	text, err := build.Canonical(overlay(secrets, masking.Decode(exact), masking.Decode(shadow)))
	if err != nil {
		return ""
	}
	return text
}

// overlay keeps what is the same in both and puts digests in the place of everything else.
func overlay(secrets masking.Secrets, exact, shadow any) any {
	switch value := exact.(type) {
	case map[string]any:
		other, _ := shadow.(map[string]any)
		out := make(map[string]any, len(value))
		for key, inner := range value {
			at, found := other[key]
			if !found {
				// The key itself may hang on a secret value.
				key = secrets.Text(key)
			}
			out[key] = overlay(secrets, inner, at)
		}
		return out
	case []any:
		other, _ := shadow.([]any)
		for i, inner := range value {
			var at any
			if len(other) == len(value) {
				at = other[i]
			}
			value[i] = overlay(secrets, inner, at)
		}
		return value
	case nil:
		return nil
	}
	text := fmt.Sprint(exact)
	if reflect.DeepEqual(exact, shadow) || masking.IsDigest(text) {
		return exact
	}
	if other, isText := shadow.(string); isText && masking.DigestPattern.MatchString(other) {
		return other
	}
	return masking.Digest(text)
}
