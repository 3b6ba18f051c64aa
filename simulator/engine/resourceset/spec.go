package resourceset

import (
	"encoding/json"
	"errors"
	"fmt"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// resourceSet is a ResourceSet as this package needs it.
type resourceSet struct {
	name, namespace string
	strategy        string
	keepEmpty       bool
	inputs          []map[string]any
	inputsFrom      []inputsFrom
	steps           []step
	labels          map[string]string
	annotations     map[string]string
}

type inputsFrom struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	Selector *selector `json:"selector"`
}

// step is one stage; a ResourceSet without `steps` has a single one without a name.
type step struct {
	name      string
	resources []map[string]any
	template  string
}

// place names a part of the step in messages.
func (s step) place(part string) string {
	if s.name == "" {
		return part
	}
	return fmt.Sprintf("step %q: %s", s.name, part)
}

// takesInputs is false when nothing gives inputs, so that the templates are filled once, without any.
func (s resourceSet) takesInputs() bool { return len(s.inputs) > 0 || len(s.inputsFrom) > 0 }

// document mirrors the fields that are read. Inputs and resources keep Kubernetes' reading of numbers, hence raw.
type document struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Inputs        json.RawMessage `json:"inputs"`
		InputStrategy struct {
			Name                  string `json:"name"`
			IncludeEmptyProviders bool   `json:"includeEmptyProviders"`
		} `json:"inputStrategy"`
		InputsFrom []inputsFrom `json:"inputsFrom"`
		Templates
		Steps []struct {
			Name string `json:"name"`
			Templates
		} `json:"steps"`
		CommonMetadata struct {
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"commonMetadata"`
	} `json:"spec"`
}

// Templates are the two ways to write templates; exported for the decoder only.
type Templates struct {
	Resources         json.RawMessage `json:"resources"`
	ResourcesTemplate string          `json:"resourcesTemplate"`
}

func readResourceSet(raw json.RawMessage) (resourceSet, error) {
	var doc document
	err := json.Unmarshal(raw, &doc)
	if err != nil {
		return resourceSet{}, fmt.Errorf("the ResourceSet is not valid: %w", err)
	}
	set := resourceSet{
		name: doc.Metadata.Name, namespace: doc.Metadata.Namespace,
		strategy: doc.Spec.InputStrategy.Name, keepEmpty: doc.Spec.InputStrategy.IncludeEmptyProviders,
		inputsFrom: doc.Spec.InputsFrom,
		labels:     doc.Spec.CommonMetadata.Labels, annotations: doc.Spec.CommonMetadata.Annotations,
	}
	if set.inputs, err = readMaps(doc.Spec.Inputs); err != nil {
		return set, fmt.Errorf("spec.inputs: %w", err)
	}
	set.steps, err = readSteps(&doc)
	return set, err
}

func readSteps(doc *document) ([]step, error) {
	whole, err := readStep("", doc.Spec.Templates)
	if err != nil {
		return nil, err
	}
	plain := len(whole.resources) > 0 || whole.template != ""
	if len(doc.Spec.Steps) == 0 {
		if !plain {
			return nil, errors.New("at least one of spec.resources, spec.resourcesTemplate or spec.steps must be set")
		}
		return []step{whole}, nil
	}
	if plain {
		return nil, errors.New("spec.steps cannot be combined with spec.resources or spec.resourcesTemplate")
	}
	if len(doc.Spec.Steps) > maxSteps {
		return nil, fmt.Errorf("spec.steps has %d steps, at most %d are allowed", len(doc.Spec.Steps), maxSteps)
	}
	steps := make([]step, 0, len(doc.Spec.Steps))
	names := map[string]bool{}
	for i, given := range doc.Spec.Steps {
		one, err := readStep(given.Name, given.Templates)
		switch {
		case err != nil:
			return nil, err
		case one.name == "":
			return nil, fmt.Errorf("spec.steps[%d] has no name", i)
		case names[one.name]:
			return nil, fmt.Errorf("there are two steps named %q", one.name)
		case len(one.resources) == 0 && one.template == "":
			return nil, fmt.Errorf("step %q: at least one of resources or resourcesTemplate must be set", one.name)
		}
		names[one.name] = true
		steps = append(steps, one)
	}
	return steps, nil
}

func readStep(name string, templates Templates) (step, error) {
	one := step{name: name, template: templates.ResourcesTemplate}
	var err error
	if one.resources, err = readMaps(templates.Resources); err != nil {
		err = fmt.Errorf("%s: %w", one.place("resources"), err)
	}
	return one, err
}

func readMaps(raw json.RawMessage) ([]map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var maps []map[string]any
	if err := json.Unmarshal(raw, &maps); err != nil {
		return nil, errors.New("must be a list of maps")
	}
	// Kubernetes' own reading makes whole numbers of int64; encoding/json would print large ones with an exponent.
	var items []any
	if err := utiljson.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	for i, item := range items {
		maps[i], _ = item.(map[string]any)
	}
	return maps, nil
}

func readProviders(raw []json.RawMessage) ([]map[string]any, error) {
	providers := make([]map[string]any, len(raw))
	for i, text := range raw {
		if err := utiljson.Unmarshal(text, &providers[i]); err != nil {
			return nil, fmt.Errorf("a ResourceSetInputProvider is not valid: %w", err)
		}
	}
	return providers, nil
}
