package build

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Upstream takes every resource through YAML text and back, once for the substitution and once for reading the build, which
// is half of the time of a build. Resources in which there is nothing that the way could change or refuse don't need it.

// isUntouched says that substitution would give the resource back as it is: it is plain and there is no `$` in it.
// The answer may be false for resources that are untouched all the same.
func isUntouched(res *resource.Resource) bool {
	_, ok := plainValue(res.YNode(), func(text string) bool { return !strings.Contains(text, "$") })
	return ok
}

// PlainValue is what a document that plainObject understands says.
func PlainValue(node *yaml.Node) (any, bool) {
	return plainValue(node, func(string) bool { return true })
}

// plainObject is what a resource is after the way through YAML and JSON, or nil when it has to go there.
func plainObject(res *resource.Resource) *unstructured.Unstructured {
	value, ok := plainValue(res.YNode(), func(string) bool { return true })
	if !ok {
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok || object["kind"] == "" {
		return nil
	}
	return &unstructured.Unstructured{Object: object}
}

// plainValue reads text that accept admits, integers as everybody writes them, true, false, null, and lists and maps of these.
func plainValue(node *yaml.Node, accept func(text string) bool) (any, bool) {
	if node == nil || node.Anchor != "" {
		return nil, false
	}
	switch node.Kind {
	case yaml.ScalarNode:
		if node.ShortTag() == yaml.NodeTagString {
			return node.Value, isStable(node) && accept(node.Value)
		}
		return plainScalar(node)
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			isText := key.Kind == yaml.ScalarNode && key.ShortTag() == yaml.NodeTagString && key.Anchor == ""
			if _, twice := object[key.Value]; !isText || twice || !isStable(key) || !accept(key.Value) {
				return nil, false
			}
			value, ok := plainValue(node.Content[i+1], accept)
			if !ok {
				return nil, false
			}
			object[key.Value] = value
		}
		return object, true
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, child := range node.Content {
			value, ok := plainValue(child, accept)
			if !ok {
				return nil, false
			}
			list = append(list, value)
		}
		return list, true
	}
	return nil, false
}

// isStable says that a text reads back as it is. Folded lines don't: kustomize's encoder adds empty ones.
func isStable(node *yaml.Node) bool {
	return isOrdinary(node.Value) && (node.Style&yaml.FoldedStyle == 0 || !strings.Contains(node.Value, "\n"))
}

// isOrdinary leaves out what YAML folds, escapes or takes for the end of a line.
func isOrdinary(text string) bool {
	for _, char := range text {
		isPrintable := char >= ' ' && char <= '~' || char > '\u00a0' && char < '\u2000' || char > '\u206f' && char <= '\ud7ff'
		if !isPrintable && char != '\n' {
			return false
		}
	}
	return true
}

// longestInteger is a number of digits at which floating point still holds every integer.
const longestInteger = 15

func plainScalar(node *yaml.Node) (any, bool) {
	switch tag, text := node.ShortTag(), node.Value; {
	case tag == yaml.NodeTagBool && (text == "true" || text == "false"):
		return text == "true", true
	case tag == yaml.NodeTagNull && text == "null":
		return nil, true
	case tag == yaml.NodeTagInt && len(text) <= longestInteger:
		number, err := strconv.ParseInt(text, 10, 64)
		return number, err == nil && strconv.FormatInt(number, 10) == text
	}
	return nil, false
}
