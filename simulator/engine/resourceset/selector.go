package resourceset

import (
	"fmt"
	"slices"
)

// selector is a Kubernetes label selector. The real one of apimachinery hangs on parts that the engine does not link.
type selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []struct {
		Key      string   `json:"key"`
		Operator string   `json:"operator"`
		Values   []string `json:"values"`
	} `json:"matchExpressions"`
}

// matches follows `metav1.LabelSelectorAsSelector`: NotIn and DoesNotExist hold for objects without the label.
func (s *selector) matches(labels map[string]string) (bool, error) {
	matches := true
	for key, value := range s.MatchLabels {
		if got, ok := labels[key]; !ok || got != value {
			matches = false
		}
	}
	for _, expression := range s.MatchExpressions {
		value, has := labels[expression.Key]
		listed := slices.Contains(expression.Values, value)
		var holds bool
		switch expression.Operator {
		case "In":
			holds = has && listed
		case "NotIn":
			holds = !has || !listed
		case "Exists":
			holds = has
		case "DoesNotExist":
			holds = !has
		default:
			return false, fmt.Errorf("%q is not a valid label selector operator", expression.Operator)
		}
		matches = matches && holds
	}
	return matches, nil
}
