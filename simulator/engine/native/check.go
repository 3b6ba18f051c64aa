package native

// What the API server's server-side apply refuses: an object that does not fit the kind's schema.
// Rules and words are those of structured-merge-diff (typed/validate.go, typed/helpers.go) and of
// apimachinery's managedfields. Upstream walks maps in random order; here it is by name.

import (
	"fmt"
	"slices"
	"strings"
)

type finding struct{ path, message string }

// checkApply is nil when the object would be accepted. The failure is why the typed round trip gave
// up: the server trips over the same thing, after the schema.
func checkApply(object map[string]any, s *shape, failure error) error {
	if failure == nil && fits(object, s) {
		return nil
	}
	findings := check(object, s, "", nil)
	metadata, _ := object["metadata"].(map[string]any)
	group, version := splitAPIVersion(text(object["apiVersion"]))
	kind, name, namespace := text(object["kind"]), text(metadata["name"]), text(metadata["namespace"])
	gvk := fmt.Sprintf("%s/%s, Kind=%s", group, version, kind)
	label := kind + "/" + name
	if namespace != "" {
		label = kind + "/" + namespace + "/" + name
	}
	if len(findings) == 0 {
		return &ApplyError{label, fmt.Sprintf(
			"failed to convert new object (%s/%s; %s) to proper version: unable to convert unstructured object to %s: %v",
			namespace, name, gvk, gvk, failure)}
	}
	return &ApplyError{label, fmt.Sprintf(
		"failed to create typed patch object (%s/%s; %s): %s", namespace, name, gvk, join(findings))}
}

func join(findings []finding) string {
	lines := make([]string, len(findings))
	for i, f := range findings {
		lines[i] = f.message
		if f.path != "" {
			lines[i] = f.path + ": " + f.message
		}
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return "errors:\n  " + strings.Join(lines, "\n  ")
}

func check(value any, s *shape, path string, found []finding) []finding {
	if value == nil {
		return found
	}
	switch s.form {
	case formPointer:
		return check(value, s.element, path, found)
	case formString, formBytes:
		if _, ok := value.(string); !ok {
			found = append(found, finding{path, fmt.Sprintf("expected string, got &value.valueUnstructured{Value:%#v}", value)})
		}
	case formBool:
		if _, ok := value.(bool); !ok {
			found = append(found, finding{path, fmt.Sprintf("expected boolean, got &{%v}", value)})
		}
	case formInt32, formInt64:
		if !isNumber(value) {
			found = append(found, finding{path, fmt.Sprintf("expected numeric (int or float), got %T", value)})
		}
	case formQuantity, formIntOrText, formTime, formMicroTime:
		if !isScalar(value) {
			found = append(found, finding{path, fmt.Sprintf("expected any scalar, got &{%v}", value)})
		}
	case formRaw:
		// Anything goes.
	case formFieldsV1:
		if _, ok := value.(map[string]any); !ok {
			found = append(found, finding{path, fmt.Sprintf("expected map, got &{%v}", value)})
		}
	case formList:
		return checkList(value, s, path, found)
	case formMap, formStruct:
		return checkMap(value, s, path, found)
	}
	return found
}

// checkMap reports an unknown field last: upstream stops at the first that it meets.
func checkMap(value any, s *shape, path string, found []finding) []finding {
	entries, ok := value.(map[string]any)
	if !ok {
		return append(found, finding{path, fmt.Sprintf("expected map, got &{%v}", value)})
	}
	unknown := ""
	for _, name := range sortedKeys(entries) {
		element := s.element
		if s.form == formStruct {
			element = s.fields.read().byName[name]
		}
		if element != nil {
			found = check(entries[name], element, path+"."+name, found)
		} else if unknown == "" {
			unknown = path + "." + name
		}
	}
	if unknown != "" {
		found = append(found, finding{unknown, "field not declared in schema"})
	}
	return found
}

func checkList(value any, s *shape, path string, found []finding) []finding {
	items, ok := value.([]any)
	if !ok {
		return append(found, finding{path, fmt.Sprintf("expected list, got &{%v}", value)})
	}
	seen := map[string]bool{}
	for i, item := range items {
		place := fmt.Sprintf("[%d]", i)
		if s.keyed {
			key, problem := elementKey(item, s)
			if problem != "" {
				return append(found, finding{path, fmt.Sprintf("element %d: %s", i, problem)})
			}
			if seen[key] {
				found = append(found, finding{path, "duplicate entries for key " + key})
			}
			seen[key] = true
			place = key
		}
		found = check(item, s.element, path+place, found)
	}
	return found
}

// elementKey names an element of a list that is merged by key, or says why it cannot be.
func elementKey(item any, s *shape) (key, problem string) {
	if len(s.keys) == 0 {
		switch item.(type) {
		case map[string]any:
			return "", "associative list without keys has an element that's a map type"
		case []any:
			return "", "not supported: associative list with lists as elements"
		case nil:
			return "", "associative list without keys has an element that's an explicit null"
		}
		return "[=" + keyText(item) + "]", ""
	}
	if item == nil {
		return "", "associative list with keys may not have a null element"
	}
	entries, ok := item.(map[string]any)
	if !ok {
		return "", "associative list with keys may not have non-map elements"
	}
	var parts, names []string
	for _, listKey := range s.keys {
		names = append(names, listKey.name)
		if value, ok := entries[listKey.name]; ok {
			parts = append(parts, listKey.name+"="+keyText(value))
		} else if listKey.hasDefault {
			parts = append(parts, listKey.name+"="+keyText(listKey.fallback))
		}
	}
	if len(parts) == 0 {
		return "", fmt.Sprintf("associative list with keys has an element that omits all key fields %q"+
			" (and doesn't have default values for any key fields)", names)
	}
	slices.Sort(parts)
	return "[" + strings.Join(parts, ",") + "]", ""
}

func keyText(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%q", value)
	case []any:
		parts := make([]string, len(value))
		for i, item := range value {
			parts[i] = keyText(item)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		var joined strings.Builder
		for _, name := range sortedKeys(value) {
			joined.WriteString(name + "=" + keyText(value[name]))
		}
		return joined.String()
	default:
		return fmt.Sprintf("%v", value)
	}
}

func isNumber(value any) bool {
	switch value.(type) {
	case int64, int, float64:
		return true
	}
	return false
}

func isScalar(value any) bool {
	switch value.(type) {
	case string, bool:
		return true
	}
	return isNumber(value)
}

func sortedKeys(entries map[string]any) []string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
