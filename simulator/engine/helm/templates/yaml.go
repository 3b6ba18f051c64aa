package templates

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"text/template"

	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// written are Helm's functions that write YAML (`pkg/engine/funcs.go`). Upstream goes through JSON and lets a YAML parser read
// that; a JSON parser is quicker and reads the same, but for a few things that are left to the original.
func written() template.FuncMap {
	return template.FuncMap{
		"toYaml": func(value any) string {
			text, err := marshalYAML(value)
			if err != nil {
				return ""
			}
			return strings.TrimSuffix(string(text), "\n")
		},
		"mustToYaml": func(value any) string {
			text, err := marshalYAML(value)
			if err != nil {
				panic(err)
			}
			return strings.TrimSuffix(string(text), "\n")
		},
	}
}

var knownTexts remembered[[]byte]

// marshalYAML answers with bytes that nobody may write into. The JSON decides what they are.
func marshalYAML(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		// The original finds the words for it.
		return yaml.Marshal(value)
	}
	key := string(text)
	if known, ok := knownTexts.get(key); ok {
		return known, nil
	}
	made, err := yamlOf(text)
	if err == nil {
		// What the encoder gives has room for as much again.
		made = bytes.Clone(made)
		knownTexts.put(key, made, len(made))
	}
	return made, err
}

func yamlOf(text []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return yaml.JSONToYAML(text)
	}
	readable, ok := asYAML(tree)
	if !ok {
		return yaml.JSONToYAML(text)
	}
	return yamlv2.Marshal(readable)
}

// longestInteger is a number of digits that an int always holds.
const longestInteger = 9

// asYAML gives numbers the types that YAML reads into. It is false for what a YAML parser may read in another way.
func asYAML(value any) (any, bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			readable, ok := asYAML(inner)
			if !ok || key == "<<" || !isOrdinary(key) {
				return nil, false
			}
			value[key] = readable
		}
	case []any:
		for i, inner := range value {
			readable, ok := asYAML(inner)
			if !ok {
				return nil, false
			}
			value[i] = readable
		}
	case string:
		return value, isOrdinary(value)
	case json.Number:
		text := value.String()
		number, err := strconv.Atoi(text)
		return number, err == nil && len(text) <= longestInteger && strconv.Itoa(number) == text
	}
	return value, true
}

// isOrdinary leaves out what YAML's escapes may do something else with than those of JSON.
func isOrdinary(text string) bool {
	for _, char := range text {
		if char < ' ' && char != '\n' && char != '\t' || char == 0x7f || char > 0xd7ff || char == 0x85 || char == 0xa0 || char == 0x2028 || char == 0x2029 {
			return false
		}
	}
	return true
}
