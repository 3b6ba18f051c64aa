// Package versions picks a version out of a list as source-controller does for Git tags, OCI tags and Helm repositories.
package versions

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/Masterminds/semver/v3"

	"sluice.dev/engine/api"
)

// Rules of the sources.
const (
	ruleGit  = "git"
	ruleOCI  = "oci"
	ruleHelm = "helm"

	reasonInvalid  = "InvalidVersion"
	reasonNotFound = "NoMatch"
)

// Pick answers with the version that the controller would choose. Of versions that are equal for semver (they differ in
// build metadata or in a leading `v`) Git and Helm take the newest, so their list has the oldest first.
func Pick(request *api.VersionRequest) *api.VersionResult {
	if request.Rule != ruleGit && request.Rule != ruleOCI && request.Rule != ruleHelm {
		return failed(reasonInvalid, fmt.Errorf("there is no rule %q for versions", request.Rule))
	}
	candidates, err := filtered(request.Versions, request.Filter)
	if err != nil {
		return failed(reasonInvalid, err)
	}
	expression := request.Constraint
	if request.Rule == ruleHelm {
		if expression != "" && slices.Contains(candidates, expression) {
			return &api.VersionResult{Version: expression}
		}
		if expression == "" {
			expression = "*"
		}
	}
	constraint, err := semver.NewConstraint(expression)
	if err != nil {
		return failed(reasonInvalid, parseError(request.Rule, expression, err))
	}
	matching := matches(constraint, candidates)
	if len(matching) == 0 {
		return failed(reasonNotFound, noMatch(request.Rule, request.Constraint))
	}
	return &api.VersionResult{Version: newest(request.Rule, matching).Original()}
}

func failed(reason string, err error) *api.VersionResult {
	return &api.VersionResult{Failure: &api.Failure{Stage: api.StageInputs, Reason: reason, Message: err.Error()}}
}

// filtered follows `filterTags` of ocirepository_controller.go.
func filtered(versions []string, pattern string) ([]string, error) {
	if pattern == "" {
		return versions, nil
	}
	match, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	var valid []string
	for _, candidate := range versions {
		if match.MatchString(candidate) {
			valid = append(valid, candidate)
		}
	}
	return valid, nil
}

// Parse reads a version as all controllers do (`ParseVersion` of fluxcd/pkg/version): with or without a leading `v`, zeros in
// front of numbers are allowed, three numbers are needed.
func Parse(text string) (*semver.Version, error) {
	if strings.Count(text, ".") < 2 {
		return nil, semver.ErrInvalidSemVer
	}
	return semver.NewVersion(text)
}

func matches(constraint *semver.Constraints, candidates []string) []*semver.Version {
	var matching []*semver.Version
	for _, candidate := range candidates {
		parsed, err := Parse(candidate)
		if err == nil && constraint.Check(parsed) {
			matching = append(matching, parsed)
		}
	}
	return matching
}

// newest sorts as the controller of the rule does, since the order of equal versions hangs on the way of sorting:
// `getTagBySemver` (OCI), `cloneSemVer` of fluxcd/pkg/git (Git), `getChartVersion` (Helm).
func newest(rule string, matching []*semver.Version) *semver.Version {
	if rule == ruleOCI {
		sort.Sort(sort.Reverse(semver.Collection(matching)))
		return matching[0]
	}
	sort.SliceStable(matching, func(i, j int) bool { return matching[i].LessThan(matching[j]) })
	return matching[len(matching)-1]
}

func parseError(rule, expression string, err error) error {
	switch rule {
	case ruleOCI:
		return fmt.Errorf("semver '%s' parse error: %w", expression, err)
	case ruleGit:
		return fmt.Errorf("semver parse error: %w", err)
	}
	return err
}

func noMatch(rule, expression string) error {
	if rule == ruleHelm {
		return fmt.Errorf("no version matching '%s' found", expression)
	}
	return fmt.Errorf("no match found for semver: %s", expression)
}
