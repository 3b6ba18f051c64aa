package versions

import (
	"testing"

	"sluice.dev/engine/api"
)

func TestPick(t *testing.T) {
	tags := []string{"v1.0.0", "1.2.0", "2.0.0-rc.1", "latest", "1.10.0", "1.3", "v2025.02.03"}
	cases := []struct {
		name, rule, constraint, filter string
		versions                       []string
		want, reason                   string
	}{
		{"newest of a range", "git", ">=1.0.0 <2.0.0", "", tags, "1.10.0", ""},
		{"a leading v stays", "git", "1.0.x", "", tags, "v1.0.0", ""},
		{"zeros are allowed as in a date", "oci", ">=2025.0.0", "", tags, "v2025.02.03", ""},
		{"two numbers are no version", "oci", "1.3.x", "", tags, "", "NoMatch"},
		{"no release candidate without asking", "git", ">=2.0.0 <3.0.0", "", tags, "", "NoMatch"},
		{"a release candidate with -0", "git", ">=2.0.0-0 <3.0.0", "", tags, "2.0.0-rc.1", ""},
		{"filter comes first", "oci", ">=1.0.0-0", "-rc", tags, "2.0.0-rc.1", ""},
		{"filter that is broken", "oci", ">=1.0.0", "(", tags, "", "InvalidVersion"},
		{"constraint that is broken", "git", "not a range", "", tags, "", "InvalidVersion"},
		{"helm: empty is the newest stable one", "helm", "", "", []string{"1.0.0", "1.1.0", "2.0.0-beta"}, "1.1.0", ""},
		{"helm: exact text first", "helm", "2.0.0-beta", "", []string{"1.0.0", "2.0.0-beta"}, "2.0.0-beta", ""},
		{"helm: exact text that is no version", "helm", "latest", "", tags, "latest", ""},
		{"helm: build metadata of the last", "helm", "1.x", "", []string{"1.0.0+a", "1.0.0+b"}, "1.0.0+b", ""},
		{"git: equal versions, the last", "git", "1.x", "", []string{"1.0.0+a", "v1.0.0"}, "v1.0.0", ""},
		{"no such rule", "bucket", "*", "", tags, "", "InvalidVersion"},
		{"nothing to choose from", "helm", "", "", nil, "", "NoMatch"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Pick(&api.VersionRequest{Versions: c.versions, Constraint: c.constraint, Filter: c.filter, Rule: c.rule})
			reason := ""
			if got.Failure != nil {
				reason = got.Failure.Reason
			}
			if got.Version != c.want || reason != c.reason {
				t.Errorf("got %q %q, want %q %q", got.Version, reason, c.want, c.reason)
			}
		})
	}
}
