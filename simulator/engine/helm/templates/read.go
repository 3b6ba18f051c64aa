package templates

import (
	"text/template"

	"sigs.k8s.io/yaml"
)

var knownMaps remembered[map[string]any]

// read are Helm's functions that read YAML (`pkg/engine/funcs.go`), with texts that were read before remembered.
func read() template.FuncMap {
	return template.FuncMap{"fromYaml": fromYAML}
}

// fromYAML answers with a map that is the caller's own: templates write into it.
func fromYAML(text string) map[string]any {
	if known, ok := knownMaps.get(text); ok {
		return copied(known).(map[string]any)
	}
	made := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &made); err != nil {
		made["Error"] = err.Error()
		return made
	}
	// `null` sets the map to nil, which is not the same as an empty one.
	if made != nil {
		knownMaps.put(text, copied(made).(map[string]any), len(text))
	}
	return made
}

// copied copies a tree of what JSON can hold.
func copied(value any) any {
	switch value := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(value))
		for key, inner := range value {
			made[key] = copied(inner)
		}
		return made
	case []any:
		made := make([]any, len(value))
		for i, inner := range value {
			made[i] = copied(inner)
		}
		return made
	}
	return value
}
