package main

import (
	"fmt"
	"reflect"
	"sort"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// lifecycle says in which minors of Kubernetes an API is served; texts are like "1.36", empty when it is not known.
type lifecycle struct {
	Group       string `json:"group"`
	Version     string `json:"version"`
	Kind        string `json:"kind"`
	Introduced  string `json:"introduced,omitempty"`
	Deprecated  string `json:"deprecated,omitempty"`
	Removed     string `json:"removed,omitempty"`
	Replacement string `json:"replacement,omitempty"`
}

// lifecycles asks the types of k8s.io/api: their methods come from prerelease-lifecycle-gen, which the API server goes by.
func lifecycles() []lifecycle {
	var found []lifecycle
	for name, goType := range scheme.Scheme.AllKnownTypes() {
		if name.Version == "__internal" {
			continue
		}
		value := reflect.New(goType).Interface()
		row := lifecycle{Group: name.Group, Version: name.Version, Kind: name.Kind}
		if one, ok := value.(interface{ APILifecycleIntroduced() (int, int) }); ok {
			row.Introduced = minor(one.APILifecycleIntroduced())
		}
		if one, ok := value.(interface{ APILifecycleDeprecated() (int, int) }); ok {
			row.Deprecated = minor(one.APILifecycleDeprecated())
		}
		if one, ok := value.(interface{ APILifecycleRemoved() (int, int) }); ok {
			row.Removed = minor(one.APILifecycleRemoved())
		}
		if one, ok := value.(interface {
			APILifecycleReplacement() schema.GroupVersionKind
		}); ok {
			row.Replacement = one.APILifecycleReplacement().GroupVersion().String()
		}
		if row.Introduced != "" || row.Removed != "" {
			found = append(found, row)
		}
	}
	sort.Slice(found, func(i, j int) bool {
		return fmt.Sprint(found[i]) < fmt.Sprint(found[j])
	})
	return found
}

func minor(major, minor int) string {
	return fmt.Sprintf("%d.%d", major, minor)
}
