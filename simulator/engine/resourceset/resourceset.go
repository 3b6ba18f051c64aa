// Package resourceset renders ResourceSets of flux-operator. It is written from the operator's public documentation
// (`docs/api/v1/resourceset.md` and `resourcesetinputprovider.md`) and from what the operator is seen to apply
// (`test/cluster/resource-sets.test.ts`); no code of the operator was used.
package resourceset

import (
	"errors"
	"fmt"

	"sluice.dev/engine/api"
)

const (
	group      = "fluxcd.controlplane.io"
	ownerGroup = "resourceset." + group

	// maxInputs is the operator's own limit of permutations.
	maxInputs = 10_000
	// maxSteps is the operator's own limit.
	maxSteps = 20
	// maxObjects and maxOutput keep one hostile ResourceSet from filling the memory of the host.
	maxObjects = 50_000
	maxOutput  = 64 << 20
)

// problem is why a ResourceSet gives nothing.
type problem struct {
	stage  string
	err    error
	object string
	cause  string
}

// builder has what one render knows and finds out.
type builder struct {
	set       resourceSet
	cluster   *cluster
	masking   bool
	warnings  []api.Warning
	warned    map[string]bool
	written   int
	standIns  map[string]bool
	collected *collection
}

// Render answers with the objects that the operator would apply.
func Render(request *api.ResourceSetRequest) *api.ResourceSetResult {
	b := &builder{
		cluster:   newCluster(request),
		masking:   request.Mode == api.ModeMasked,
		warned:    map[string]bool{},
		standIns:  map[string]bool{},
		collected: newCollection(),
	}
	result := &api.ResourceSetResult{}
	objects, failure := b.render(request, result)
	result.Objects = objects
	result.Warnings = b.warnings
	result.Needs = b.cluster.needs()
	if failure != nil {
		result.Objects = nil
		result.Failure = &api.Failure{
			Stage: failure.stage, Reason: api.ReasonBuildFailed, Message: failure.err.Error(), Object: failure.object, Cause: failure.cause,
		}
	}
	return result
}

func (b *builder) render(request *api.ResourceSetRequest, result *api.ResourceSetResult) ([]api.SteppedObject, *problem) {
	set, err := readResourceSet(request.ResourceSet)
	if err != nil {
		return nil, &problem{stage: api.StageBuild, err: err}
	}
	b.set = set
	providers, err := readProviders(request.Providers)
	if err != nil {
		return nil, &problem{stage: api.StageInputs, err: err}
	}
	inputs, failure := b.inputs(providers)
	if failure != nil {
		return nil, failure
	}
	result.Inputs = len(inputs)
	if !set.takesInputs() {
		inputs = []inputSet{nil}
	}
	for _, step := range set.steps {
		if failure := b.renderStep(step, inputs); failure != nil {
			return nil, failure
		}
	}
	return b.finish()
}

// renderStep fills the templates of a step. All of `resources` come before `resourcesTemplate`, so they win as duplicates.
func (b *builder) renderStep(step step, inputs []inputSet) *problem {
	var templates []*parsedTemplate
	for i, resource := range step.resources {
		parsed, err := parseResource(b, resource)
		if err != nil {
			return buildProblem(step.place(fmt.Sprintf("resources[%d]", i)), err)
		}
		templates = append(templates, parsed)
	}
	if step.template != "" {
		parsed, err := parseTemplate(b, step.template)
		if err != nil {
			return buildProblem(step.place("resourcesTemplate"), err)
		}
		templates = append(templates, parsed)
	}
	for at, parsed := range templates {
		place := step.place("resourcesTemplate")
		if at < len(step.resources) {
			place = step.place(fmt.Sprintf("resources[%d]", at))
		}
		for n, set := range inputs {
			objects, err := parsed.execute(b, set)
			if err == nil {
				err = b.collected.add(step.name, objects)
			}
			if err != nil {
				return buildProblem(describeInput(place, set, n, len(inputs)), err)
			}
		}
	}
	return nil
}

// describeInput says which of several inputs a template failed with.
func describeInput(place string, set inputSet, n, count int) string {
	if set == nil || count < 2 {
		return place
	}
	return fmt.Sprintf("%s with input set %d", place, n+1)
}

func buildProblem(place string, err error) *problem {
	failure := &problem{stage: api.StageBuild, err: fmt.Errorf("%s: %w", place, err)}
	var limit *limitError
	if errors.As(err, &limit) {
		failure.stage, failure.cause = api.StageEngine, api.CauseLimit
	}
	return failure
}

func (b *builder) warn(code, message, object string) {
	if key := code + "\x00" + message + "\x00" + object; !b.warned[key] {
		b.warned[key] = true
		b.warnings = append(b.warnings, api.Warning{Code: code, Message: message, Object: object})
	}
}
