// Package images chooses tags as image-reflector-controller does and writes them into manifests as
// image-automation-controller does. The controllers keep that code in `internal/`, so it is written again here.
package images

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"

	"sluice.dev/engine/api"
	"sluice.dev/engine/versions"
)

const (
	reasonInvalidPolicy      = "InvalidPolicy"
	reasonDependencyNotReady = "DependencyNotReady"

	ascending  = "ASC"
	descending = "DESC"
)

// imagePolicy has the fields of an ImagePolicy that decide.
type imagePolicy struct {
	Spec struct {
		Policy struct {
			SemVer *struct {
				Range string `json:"range"`
			} `json:"semver"`
			Alphabetical *struct {
				Order string `json:"order"`
			} `json:"alphabetical"`
			Numerical *struct {
				Order string `json:"order"`
			} `json:"numerical"`
		} `json:"policy"`
		FilterTags *struct {
			Pattern string `json:"pattern"`
			Extract string `json:"extract"`
		} `json:"filterTags"`
	} `json:"spec"`
}

// chooser is one rule; there is always a tag.
type chooser func(tags []string) (string, error)

// Choose answers with the tag that the policy selects (`applyPolicy` of image-reflector-controller).
func Choose(request *api.ImagePolicyRequest) *api.ImagePolicyResult {
	latest, reason, err := choose(request)
	if err != nil {
		return &api.ImagePolicyResult{Failure: &api.Failure{Stage: api.StageBuild, Reason: reason, Message: err.Error()}}
	}
	return &api.ImagePolicyResult{Latest: latest}
}

func choose(request *api.ImagePolicyRequest) (latest, reason string, err error) {
	var policy imagePolicy
	if err := json.Unmarshal(request.Policy, &policy); err != nil {
		return "", reasonInvalidPolicy, fmt.Errorf("the ImagePolicy is not valid: %w", err)
	}
	rule, err := chooserOf(&policy)
	if err != nil {
		return "", reasonInvalidPolicy, fmt.Errorf("invalid policy: %w", err)
	}
	if len(request.Tags) == 0 {
		return "", reasonDependencyNotReady, errors.New("no tags in database")
	}
	// Which of two equal tags the controller takes hangs on the order of Go's maps and of the registry; here it is one order.
	tags := slices.Sorted(slices.Values(request.Tags))
	originals := map[string]string{}
	if filter := policy.Spec.FilterTags; filter != nil {
		if tags, originals, err = filterTags(tags, filter.Pattern, filter.Extract); err != nil {
			return "", reasonInvalidPolicy, fmt.Errorf("failed to filter tags: %w", err)
		}
	}
	if len(tags) == 0 {
		return "", api.ReasonFailure, errors.New("version list argument cannot be empty")
	}
	if latest, err = rule(tags); err != nil {
		return "", api.ReasonFailure, err
	}
	if original, filtered := originals[latest]; filtered {
		latest = original
	}
	return latest, "", nil
}

func chooserOf(policy *imagePolicy) (chooser, error) {
	switch choice := policy.Spec.Policy; {
	case choice.SemVer != nil:
		return newestVersion(choice.SemVer.Range)
	case choice.Alphabetical != nil:
		order, err := orderOf(choice.Alphabetical.Order)
		return func(tags []string) (string, error) {
			if order == descending {
				return slices.Min(tags), nil
			}
			return slices.Max(tags), nil
		}, err
	case choice.Numerical != nil:
		order, err := orderOf(choice.Numerical.Order)
		return func(tags []string) (string, error) { return lastNumber(tags, order) }, err
	}
	return nil, errors.New("given ImagePolicyChoice object is invalid")
}

func orderOf(given string) (string, error) {
	switch order := strings.ToUpper(given); order {
	case "":
		return ascending, nil
	case ascending, descending:
		return order, nil
	default:
		return "", fmt.Errorf("invalid order argument provided: '%s', must be one of: %s, %s", order, ascending, descending)
	}
}

func newestVersion(expression string) (chooser, error) {
	constraint, err := semver.NewConstraint(expression)
	if err != nil {
		return nil, err
	}
	return func(tags []string) (string, error) {
		var latest *semver.Version
		for _, tag := range tags {
			parsed, err := versions.Parse(tag)
			if err == nil && constraint.Check(parsed) && (latest == nil || parsed.GreaterThan(latest)) {
				latest = parsed
			}
		}
		if latest == nil {
			return "", errors.New("unable to determine latest version from provided list")
		}
		return latest.Original(), nil
	}, nil
}

func lastNumber(tags []string, order string) (string, error) {
	latest, best := "", 0.0
	for i, candidate := range tags {
		value, err := strconv.ParseFloat(candidate, 64)
		if err != nil {
			return "", fmt.Errorf("failed to parse invalid numeric value '%s'", candidate)
		}
		worse := order == ascending && value < best || order == descending && value > best
		if i == 0 || !worse {
			latest, best = candidate, value
		}
	}
	return latest, nil
}

// filterTags keeps the tags that match; what `extract` makes of one is what the rule sees.
func filterTags(tags []string, pattern, extract string) (kept []string, originals map[string]string, err error) {
	matcher, err := regexp.Compile(pattern)
	if err != nil {
		return nil, nil, fmt.Errorf("invalid regular expression pattern '%s': %w", pattern, err)
	}
	originals = map[string]string{}
	for _, tag := range tags {
		groups := matcher.FindStringSubmatchIndex(tag)
		if len(groups) == 0 {
			continue
		}
		seen := tag
		if extract != "" {
			seen = string(matcher.ExpandString(nil, extract, tag, groups))
		}
		if _, known := originals[seen]; !known {
			kept = append(kept, seen)
		}
		originals[seen] = tag
	}
	slices.Sort(kept)
	return kept, originals, nil
}
