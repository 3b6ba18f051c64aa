// Package native turns objects of built-in Kubernetes kinds into what kustomize-controller sends:
// the controller passes each through its Go struct, which drops unknown fields, writes zero values
// of fields without omitempty and makes quantities canonical. The structs themselves would be many
// megabytes of WebAssembly; a generated table of their fields takes their place.
package native

import (
	"fmt"
	"maps"
)

// Normalise gives an object as kustomize-controller applies it, after fluxcd/pkg
// ssa/normalize.UnstructuredList. It says whether the kind is built in; other kinds only lose their
// status and get an empty creation timestamp, as upstream. The error is an *ApplyError: what the
// API server answers to an object that its schema refuses. The object is returned even then, and
// the argument is never changed.
func Normalise(object map[string]any) (out map[string]any, known bool, err error) {
	group, version := splitAPIVersion(text(object["apiVersion"]))
	kind := text(object["kind"])
	entry, known := builtin().kinds[groupVersionKind{group, version, kind}]
	if !known {
		return strip(object, group, kind), false, nil
	}
	// Upstream skips these because the round trip would reset their rules
	// (fluxcd/kustomize-controller#1041), so they are sent as they are.
	if group == "rbac.authorization.k8s.io" && version == "v1" && (kind == "Role" || kind == "ClusterRole") {
		_, failure := convert(object, entry.shape)
		return object, true, checkApply(object, entry.shape, failure)
	}
	converted, failure := convert(object, entry.shape)
	if failure != nil {
		out = strip(object, group, kind)
		// Without its status the object may be fine again: the server decides on what it gets.
		_, failure = convert(out, entry.shape)
		return out, true, checkApply(out, entry.shape, failure)
	}
	out = converted.(map[string]any)
	applyDefaults(out, group, version, kind)
	out = strip(out, group, kind)
	return out, true, checkApply(out, entry.shape, nil)
}

// Scope says whether objects of a built-in kind live in a namespace. The second answer is false for
// kinds that are not built in, and for the few that are only ever parts of requests.
func Scope(group, version, kind string) (namespaced, known bool) {
	if scope, ok := servedBesides[[2]string{group, kind}]; ok {
		return scope == 'N', true
	}
	entry, ok := builtin().kinds[groupVersionKind{group, version, kind}]
	if !ok || entry.scope == '-' {
		return false, false
	}
	return entry.scope == 'N', true
}

// servedBesides lists kinds that every API server has although client-go's scheme or its clients
// lack them.
var servedBesides = map[[2]string]byte{
	{"apiextensions.k8s.io", "CustomResourceDefinition"}: 'C',
	{"apiregistration.k8s.io", "APIService"}:             'C',
	{"", "Binding"}:                                      'N',
}

// strip is the end of ssa/normalize.UnstructuredWithScheme, done for every kind: an empty creation
// timestamp and, except for CustomResourceDefinitions, no status.
func strip(object map[string]any, group, kind string) map[string]any {
	out := maps.Clone(object)
	metadata, isMap := object["metadata"].(map[string]any)
	if _, exists := object["metadata"]; isMap || !exists {
		metadata = maps.Clone(metadata)
		if metadata == nil {
			metadata = map[string]any{}
		}
		metadata["creationTimestamp"] = nil
		out["metadata"] = metadata
	}
	if !(group == "apiextensions.k8s.io" && kind == "CustomResourceDefinition") {
		delete(out, "status")
	}
	return out
}

// ApplyError is the API server's refusal of an object, in the words that pkg/ssa reports.
type ApplyError struct {
	// Object is kind/namespace/name.
	Object  string
	Message string
}

func (e *ApplyError) Error() string {
	return fmt.Sprintf("%s dry-run failed: %s", e.Object, e.Message)
}

func text(value any) string {
	result, _ := value.(string)
	return result
}
