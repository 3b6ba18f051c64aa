package resourceset

import (
	"fmt"
	"strings"
	"testing"

	"sluice.dev/engine/api"
)

const many = "resourcesTemplate: |\n  << range $i := until %d >>\n  ---\n  {apiVersion: v1, kind: ConfigMap, metadata: {name: a<< $i >>}}\n  << end >>\n"

func TestLimits(t *testing.T) {
	megabyte := `<< repeat 1048576 "x" >>`
	cases := []struct{ name, spec, stage, message string }{
		{"inputs", "inputs: [" + strings.Repeat("{a: b}, ", maxInputs+1) + "]" + one, api.StageInputs, "10001 input sets are more than the limit of 10000"},
		{"steps", "steps: [" + strings.Repeat("{name: a, resourcesTemplate: x}, ", maxSteps+1) + "]", api.StageBuild, "at most 20 are allowed"},
		{"objects", fmt.Sprintf(many, maxObjects+1), api.StageEngine, "more than 50000 objects"},
		{"bytes of all objects", "commonMetadata: {annotations: {a: " + strings.Repeat("x", 1<<17) + "}}\n" + fmt.Sprintf(many, 512), api.StageEngine, "the objects are more than 64 MiB"},
		{"text of all inputs together", "inputs: [{a: b}, {a: c}]\nresourcesTemplate: '# << range until 40 >>" + megabyte + "<< end >>'", api.StageEngine, "the templates give more than 64 MiB"},
		{"untilStep", `resourcesTemplate: '<< untilStep 0 1000000000 1 >>'`, api.StageEngine, "limit of 100000"},
		{"untilStep downwards", `resourcesTemplate: '<< untilStep 1000000000 0 -1 >>'`, api.StageEngine, "limit of 100000"},
		{"seq", `resourcesTemplate: '<< seq 1 1000000000 >>'`, api.StageEngine, "limit of 100000"},
		{"negative repeat", `resourcesTemplate: '<< repeat -1 "x" >>'`, api.StageBuild, "negative count -1"},
		{"indent of many lines", `resourcesTemplate: '<< indent 1000 (repeat 100000 "\n") >>'`, api.StageEngine, "indent makes more than"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			result := Render(request(t, c.spec))
			if result.Failure == nil || result.Failure.Stage != c.stage || !strings.Contains(result.Failure.Message, c.message) {
				t.Fatalf("got %+v", result.Failure)
			}
			if (c.stage == api.StageEngine) != (result.Failure.Cause == api.CauseLimit) || len(result.Objects) != 0 {
				t.Errorf("cause %q, %d objects", result.Failure.Cause, len(result.Objects))
			}
		})
	}
}

func TestWithinLimits(t *testing.T) {
	if result := Render(request(t, fmt.Sprintf(many, 2000))); result.Failure != nil || len(result.Objects) != 2000 {
		t.Errorf("%d objects, %+v", len(result.Objects), result.Failure)
	}
}
