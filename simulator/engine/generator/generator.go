// Package generator builds the artifacts of an ArtifactGenerator as source-watcher 2.2 does (`internal/builder` and
// `internal/controller` of fluxcd/source-watcher), on artifacts in memory.
package generator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const (
	reasonSourceFetch = "SourceFetchFailed"

	// maxArtifacts and maxFiles keep one hostile generator from filling the memory of the host.
	maxArtifacts = 5_000
	maxFiles     = 500_000
	maxContent   = 256 << 20
)

// artifactGenerator has the fields that are read.
type artifactGenerator struct {
	Spec struct {
		CommonMetadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"commonMetadata"`
		Sources []struct {
			Alias string `json:"alias"`
		} `json:"sources"`
		PathPattern string           `json:"pathPattern"`
		Artifacts   []outputArtifact `json:"artifacts"`
	} `json:"spec"`
}

type outputArtifact struct {
	Name     string          `json:"name"`
	Revision string          `json:"revision"`
	Copy     []copyOperation `json:"copy"`
	// labels are the captures of the path pattern.
	labels map[string]string
}

type copyOperation struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Exclude  []string `json:"exclude"`
	Strategy string   `json:"strategy"`
}

// failure is an error with the reason that the controller's condition gives.
type failure struct {
	reason string
	err    error
}

// run is one build.
type run struct {
	sources map[string]*source
	limits  limits
}

// limits counts what all artifacts of a generator hold together.
type limits struct{ files, content int }

type limitError struct{ text string }

func (e *limitError) Error() string { return e.text }

func (l *limits) add(files, content int) error {
	l.files += files
	l.content += content
	switch {
	case l.files > maxFiles:
		return &limitError{fmt.Sprintf("the generated artifacts hold more than %d files", maxFiles)}
	case l.content > maxContent:
		return &limitError{fmt.Sprintf("merging and extracting gives more than %d MiB", maxContent>>20)}
	}
	return nil
}

// Build answers with the files of every artifact.
func Build(store *memfs.Store, request *api.GeneratorRequest) *api.GeneratorResult {
	r := &run{sources: openSources(store, request.Sources)}
	result := &api.GeneratorResult{}
	artifacts, failed := r.build(request)
	result.Artifacts = artifacts
	if failed != nil {
		result.Artifacts = nil
		result.Failure = &api.Failure{Stage: api.StageBuild, Reason: failed.reason, Message: strings.ReplaceAll(failed.err.Error(), sourceRoot+"/", "")}
		var limit *limitError
		if errors.As(failed.err, &limit) {
			result.Failure.Stage, result.Failure.Cause = api.StageEngine, api.CauseLimit
		}
	}
	result.Reads = readsOf(r.sources)
	return result
}

func (r *run) build(request *api.GeneratorRequest) ([]api.GeneratedArtifact, *failure) {
	var generator artifactGenerator
	if err := json.Unmarshal(request.Generator, &generator); err != nil {
		return nil, &failure{api.ReasonValidationFailed, fmt.Errorf("the ArtifactGenerator is not valid: %w", err)}
	}
	if err := validate(&generator); err != nil {
		return nil, &failure{api.ReasonValidationFailed, err}
	}
	for _, given := range generator.Spec.Sources {
		if r.sources[given.Alias] == nil {
			return nil, &failure{reasonSourceFetch, fmt.Errorf("get sources failed: there is no artifact for the source with alias '%s'", given.Alias)}
		}
	}
	outputs, err := r.expand(&generator)
	if err != nil {
		return nil, &failure{api.ReasonBuildFailed, fmt.Errorf("failed to expand path pattern: %w", err)}
	}
	artifacts := make([]api.GeneratedArtifact, 0, len(outputs))
	for _, output := range outputs {
		staged, err := r.assemble(output)
		if err != nil {
			return nil, &failure{api.ReasonBuildFailed, fmt.Errorf("%s build failed: %w", output.Name, err)}
		}
		artifacts = append(artifacts, api.GeneratedArtifact{
			Name: output.Name, Labels: labelsOf(&generator, output), Revision: r.revision(output, staged), Files: staged.list(),
		})
	}
	return artifacts, nil
}

// labelsOf leaves out the label with the generator's UID, which only the cluster knows.
func labelsOf(generator *artifactGenerator, output outputArtifact) map[string]string {
	labels := map[string]string{}
	maps.Copy(labels, generator.Spec.CommonMetadata.Labels)
	maps.Copy(labels, output.labels)
	labels["app.kubernetes.io/managed-by"] = "source-watcher"
	return labels
}

// validate follows `validateSpec`; whether sources of other namespaces are allowed is the host's question.
func validate(generator *artifactGenerator) error {
	aliases := map[string]bool{}
	for _, given := range generator.Spec.Sources {
		if aliases[given.Alias] {
			return fmt.Errorf("duplicate source alias '%s' found", given.Alias)
		}
		aliases[given.Alias] = true
	}
	names := map[string]bool{}
	for _, output := range generator.Spec.Artifacts {
		if names[output.Name] {
			return fmt.Errorf("duplicate artifact name '%s' found", output.Name)
		}
		names[output.Name] = true
		if generator.Spec.PathPattern == "" {
			if problems := validation.IsDNS1123Subdomain(output.Name); len(problems) > 0 {
				return fmt.Errorf("artifact name %q is not a valid Kubernetes object name: %s", output.Name, strings.Join(problems, "; "))
			}
		}
		if alias := strings.TrimPrefix(output.Revision, "@"); output.Revision != "" && !aliases[alias] {
			return fmt.Errorf("artifact %s revision source alias '%s' not found", output.Name, alias)
		}
	}
	return nil
}
