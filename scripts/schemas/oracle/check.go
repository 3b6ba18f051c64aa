package main

import (
	"context"
	"encoding/json"
	"fmt"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// prepared is what the API server keeps of a version of a CRD.
type prepared struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
	cel        *cel.Validator
}

type schemas map[string]prepared

type finding struct {
	Type    string `json:"type"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

type verdict struct {
	// Unknown are the paths of fields that are pruned.
	Unknown    []string  `json:"unknown"`
	Structural []finding `json:"structural"`
	// Cel is only there when nothing structural is wrong, as in the API server.
	Cel []finding `json:"cel"`
}

func (known schemas) add(id string, text json.RawMessage) (any, error) {
	var external apiextv1.JSONSchemaProps
	if err := json.Unmarshal(text, &external); err != nil {
		return nil, err
	}
	var internal apiext.JSONSchemaProps
	if err := apiextv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&external, &internal, nil); err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(&internal)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(&internal)
	if err != nil {
		return nil, err
	}
	known[id] = prepared{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	return map[string]bool{"ok": true}, nil
}

// check does to an object what the API server does to one that is created (customresource_handler.go, strategy.go).
func (known schemas) check(id string, text json.RawMessage) (any, error) {
	one, found := known[id]
	if !found {
		return nil, fmt.Errorf("no such schema: %q", id)
	}
	object := map[string]any{}
	if err := utiljson.Unmarshal(text, &object); err != nil {
		return nil, err
	}
	result := verdict{Unknown: []string{}, Structural: []finding{}, Cel: []finding{}}
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	result.Unknown = append(result.Unknown, pruning.PruneWithOptions(object, one.structural, true, options)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, one.structural)
	defaulting.Default(object, one.structural)
	errs := validation.ValidateCustomResource(nil, object, one.validator)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, one.structural, object)...)
	result.Structural = append(result.Structural, findings(errs)...)
	if len(errs) == 0 && one.cel != nil {
		broken, _ := one.cel.Validate(context.Background(), nil, one.structural, object, nil, celconfig.RuntimeCELCostBudget)
		result.Cel = append(result.Cel, findings(broken)...)
	}
	return result, nil
}

func findings(errs field.ErrorList) []finding {
	var found []finding
	for _, err := range errs {
		found = append(found, finding{string(err.Type), err.Field, err.Detail})
	}
	return found
}
