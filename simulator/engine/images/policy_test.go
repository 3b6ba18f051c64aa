package images

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

func TestChoose(t *testing.T) {
	builds := []string{"main-1a2b-1700000002", "main-9f9f-1700000010", "feature-ffff-1800000000", "latest"}
	cases := []struct {
		name, spec   string
		tags         []string
		want, reason string
	}{
		{"semver", "policy: {semver: {range: '>=1.0.0 <2.0.0'}}", []string{"1.0.0", "v1.9.1", "1.10.0", "2.0.0", "1.11.0-rc.1"}, "1.10.0", ""},
		{"semver with nothing in range", "policy: {semver: {range: 3.x}}", []string{"1.0.0"}, "", "Failure"},
		{"alphabetical", "policy: {alphabetical: {}}", []string{"b", "c", "a"}, "c", ""},
		{"alphabetical descending", "policy: {alphabetical: {order: desc}}", []string{"b", "c", "a"}, "a", ""},
		{"numerical", "policy: {numerical: {order: asc}}", []string{"9", "10", "1.5"}, "10", ""},
		{"numerical descending", "policy: {numerical: {order: desc}}", []string{"9", "10", "1.5"}, "1.5", ""},
		{"no number", "policy: {numerical: {}}", []string{"9", "x"}, "", "Failure"},
		{"filter and extract", "{filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)', extract: $ts}, policy: {numerical: {order: asc}}}", builds, "main-9f9f-1700000010", ""},
		{"filter alone", "{filterTags: {pattern: '^feature-'}, policy: {alphabetical: {}}}", builds, "feature-ffff-1800000000", ""},
		{"nothing passes the filter", "{filterTags: {pattern: '^x'}, policy: {alphabetical: {}}}", builds, "", "Failure"},
		{"broken filter", "{filterTags: {pattern: '('}, policy: {alphabetical: {}}}", builds, "", "InvalidPolicy"},
		{"broken range", "policy: {semver: {range: nonsense}}", builds, "", "InvalidPolicy"},
		{"unknown order", "policy: {numerical: {order: up}}", builds, "", "InvalidPolicy"},
		{"no rule", "policy: {}", builds, "", "InvalidPolicy"},
		{"no tags", "policy: {alphabetical: {}}", nil, "", "DependencyNotReady"},
		{"confused types", "policy: 7", builds, "", "InvalidPolicy"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			policy, err := yaml.YAMLToJSON([]byte("spec:\n  " + strings.ReplaceAll(c.spec, "\n", "\n  ")))
			if err != nil {
				t.Fatal(err)
			}
			got := Choose(&api.ImagePolicyRequest{Policy: policy, Tags: c.tags})
			reason := ""
			if got.Failure != nil {
				reason = got.Failure.Reason
			}
			if got.Latest != c.want || reason != c.reason {
				t.Errorf("got %q %q, want %q %q", got.Latest, reason, c.want, c.reason)
			}
		})
	}
}
