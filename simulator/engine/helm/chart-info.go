package helm

import (
	"errors"
	"slices"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
	"sluice.dev/engine/memfs"
	"sluice.dev/engine/remote"
)

// Describe says what a chart holds.
func Describe(store *memfs.Store, request *api.ChartRequest) *api.ChartResult {
	in := newInputs(store, request.Remotes)
	remote.Current = in
	defer func() { remote.Current = nil }()
	result := &api.ChartResult{}
	loaded, err := loadChart(in, &request.Chart)
	if err != nil {
		result.Failure = &api.Failure{Stage: api.StageChart, Reason: reasonArtifactFailed, Message: err.Error()}
		var known *stageError
		if errors.As(err, &known) {
			result.Failure.Stage, result.Failure.Reason = known.stage, known.reason
		}
	}
	if loaded != nil && loaded.Metadata != nil {
		metadata := loaded.Metadata
		result.Name, result.Version = metadata.Name, metadata.Version
		result.AppVersion, result.Description = metadata.AppVersion, metadata.Description
		result.Schema = string(loaded.Schema)
		if text, err := build.Canonical(loaded.Values); err == nil {
			result.Values = text
		}
		for _, dependency := range metadata.Dependencies {
			name := dependency.Name
			if dependency.Alias != "" {
				name = dependency.Alias
			}
			result.Subcharts = append(result.Subcharts, name)
		}
		for _, dependency := range loaded.Dependencies() {
			result.Subcharts = append(result.Subcharts, dependency.Name())
		}
		slices.Sort(result.Subcharts)
		result.Subcharts = slices.Compact(result.Subcharts)
	}
	result.Reads = api.ReadSet{Files: in.reads.Files(), Listings: in.reads.Listings(), Absent: in.reads.Absent()}
	result.Needs = in.list()
	return result
}
