package build

import (
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// plainValue is a value other than text that stays what it is on its way through YAML and JSON.
var plainValue = regexp.MustCompile(`^(-?[0-9]{1,15}|true|false|null)$`)

// isUntouched says that substitution would give the resource back as it is: there is no `$` in it, and nothing that the way
// through YAML text would change or refuse. Upstream takes every resource that way, which is a third of the time of a build.
// The answer may be false for resources that are untouched all the same.
func isUntouched(res *resource.Resource) bool { return isUntouchedNode(res.YNode()) }

func isUntouchedNode(node *yaml.Node) bool {
	if node == nil {
		return false
	}
	switch node.Kind {
	case yaml.ScalarNode:
		if node.Tag == yaml.NodeTagString {
			return !strings.Contains(node.Value, "$")
		}
		return plainValue.MatchString(node.Value)
	case yaml.MappingNode:
		for i, child := range node.Content {
			isKey := i%2 == 0
			if isKey && (child.Kind != yaml.ScalarNode || child.Tag != yaml.NodeTagString) || !isUntouchedNode(child) {
				return false
			}
		}
		return true
	case yaml.SequenceNode:
		for _, child := range node.Content {
			if !isUntouchedNode(child) {
				return false
			}
		}
		return true
	}
	return false
}
