package helm

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"sluice.dev/engine/helm/capabilities"
)

// versionSet is `.Capabilities.APIVersions`; it notes what it is asked for, so that an answer is known to hold for other clusters.
type versionSet []string

// questions are what templates asked the set of the running render.
var questions map[string]bool

const askedForAll = "*"

// Has is the method that templates call.
func (v versionSet) Has(apiVersion string) bool {
	questions[apiVersion] = true
	_, found := slices.BinarySearch(v, apiVersion)
	return found
}

// MarshalJSON is what toYaml and toJson call.
func (v versionSet) MarshalJSON() ([]byte, error) {
	questions[askedForAll] = true
	return json.Marshal([]string(v))
}

func (v versionSet) asked() []string {
	if questions[askedForAll] {
		return []string{askedForAll}
	}
	return append([]string{}, slices.Sorted(maps.Keys(questions))...)
}

// capabilitySet has the fields of Helm's Capabilities.
type capabilitySet struct {
	KubeVersion common.KubeVersion
	APIVersions versionSet
	HelmVersion any
}

func (r *renderer) capabilities() (*capabilitySet, error) {
	version, err := capabilities.Version(r.request.KubeVersion)
	if err != nil {
		return nil, err
	}
	questions = map[string]bool{}
	versions := versionSet(capabilities.APIVersions(version, slices.Concat(r.request.APIVersions, r.ownVersions)))
	r.versions = &versions
	if usesListOfVersions(r.chart) || namesList(r.request.HelmRelease) {
		questions[askedForAll] = true
	}
	return &capabilitySet{KubeVersion: version, APIVersions: versions, HelmVersion: common.DefaultCapabilities.HelmVersion}, nil
}

// capabilityUse finds the ways to use `.Capabilities`; those that are not understood count as asking for everything.
var capabilityUse = regexp.MustCompile(`Capabilities\b(?:\.APIVersions\.Has\b|\.KubeVersion\b|\.HelmVersion\b)?`)

// usesListOfVersions looks into templates, and into values because they may be templates too.
func usesListOfVersions(from *chart.Chart) bool {
	for _, file := range from.Raw {
		if (strings.HasPrefix(file.Name, "templates/") || file.Name == "values.yaml") && namesList(file.Data) {
			return true
		}
	}
	return slices.ContainsFunc(from.Dependencies(), usesListOfVersions)
}

func namesList(text []byte) bool {
	for _, use := range capabilityUse.FindAll(text, -1) {
		if string(use) == "Capabilities" {
			return true
		}
	}
	return false
}
