// Package capabilities knows what `.Capabilities` is on a Kubernetes cluster without extensions, for each minor.
package capabilities

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/chart/common"
)

//go:generate sh -c "cd generate && go run . > ../table.new && mv ../table.new ../table.txt"

//go:embed table.txt
var tableText string

type entry struct {
	first, last int
	name        string
}

type table struct {
	// versions are the newest patch of each minor, ascending.
	versions []string
	entries  []entry
}

var builtin = sync.OnceValue(func() table {
	var read table
	for line := range strings.Lines(tableText) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case len(words) == 1:
			read.versions = append(read.versions, words[0])
		default:
			first, _ := strconv.Atoi(words[0])
			last, _ := strconv.Atoi(words[1])
			read.entries = append(read.entries, entry{first, last, words[2]})
		}
	}
	return read
})

// Newest is the version that stands for a cluster about which nothing is known.
func Newest() string {
	versions := builtin().versions
	return versions[len(versions)-1]
}

// Version reads a version as the API server reports it; helm-controller takes over its parts as they are.
func Version(text string) (common.KubeVersion, error) {
	if text == "" {
		text = Newest()
	}
	parsed, err := common.ParseKubeVersion(text)
	if err != nil {
		return common.KubeVersion{}, fmt.Errorf("%q is no Kubernetes version: %w", text, err)
	}
	return common.KubeVersion{Version: parsed.Version, Major: parsed.Major, Minor: parsed.Minor}, nil
}

// APIVersions lists the built-in group versions and kinds of a version together with further ones, sorted.
// A minor that is not in the table is taken for the nearest one that is.
func APIVersions(version common.KubeVersion, further []string) []string {
	known := builtin()
	minor, err := strconv.Atoi(version.Minor)
	if err != nil || version.Major != "1" {
		minor = minorOf(Newest())
	}
	minor = min(max(minor, minorOf(known.versions[0])), minorOf(Newest()))
	names := slices.Clone(further)
	for _, candidate := range known.entries {
		if candidate.first <= minor && minor <= candidate.last {
			names = append(names, candidate.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func minorOf(version string) int {
	minor, _ := strconv.Atoi(strings.Split(version, ".")[1])
	return minor
}
