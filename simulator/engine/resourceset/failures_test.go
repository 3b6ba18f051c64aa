package resourceset

import (
	"strings"
	"testing"

	"sluice.dev/engine/api"
)

func TestFailures(t *testing.T) {
	cases := []struct{ name, spec, stage, message string }{
		{"unknown input", tenants + "resourcesTemplate: |\n  a: b\n  c: << inputs.absent >>\n", api.StageBuild, `resourcesTemplate with input set 1: line 2: executing`},
		{"unknown input in a resource", `resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: "<< inputs.absent >>"}}]`,
			api.StageBuild, `resources[0]: at "name: << inputs.absent >>"`},
		{"syntax", "resourcesTemplate: |\n  a\n  << if >>", api.StageBuild, "resourcesTemplate: line 2: missing value for if"},
		{"unknown function", `resourcesTemplate: '<< env "HOME" >>'`, api.StageBuild, `function "env" not defined`},
		{"no YAML", `resourcesTemplate: "a: [<< 1 >>"`, api.StageBuild, "not valid YAML"},
		{"no kind", `resourcesTemplate: "metadata: {name: x}"`, api.StageBuild, "no apiVersion or no kind"},
		{"nothing to make", `inputs: [{a: b}]`, api.StageBuild, "at least one of"},
		{"steps beside resources", `{resources: [{}], steps: [{name: a, resourcesTemplate: x}]}`, api.StageBuild, "cannot be combined"},
		{"two steps of a name", `{steps: [{name: a, resourcesTemplate: x}, {name: a, resourcesTemplate: x}]}`, api.StageBuild, "two steps"},
		{"provider that is not there", "inputsFrom: [{name: absent}]" + one, api.StageInputs, "ResourceSetInputProvider/team/absent not found"},
		{"name and selector", "inputsFrom: [{name: a, selector: {}}]" + one, api.StageInputs, "exactly one of"},
		{"unknown strategy", "inputStrategy: {name: Zip}\ninputs: [{a: b}]" + one, api.StageInputs, `"Zip"`},
		{"confused types", "inputs: nonsense\nresources: 7", api.StageBuild, "spec.inputs: must be a list of maps"},
		{"fail", `resourcesTemplate: '<< fail "no such tenant" >>'`, api.StageBuild, "no such tenant"},
		{"much output", `resourcesTemplate: '<< range until 100000 >><< repeat 1000000 "x" >><< end >>'`, api.StageEngine, "more than 64 MiB"},
		{"long list", `resourcesTemplate: '<< until 1000000000 >>'`, api.StageEngine, "limit of 100000"},
		{"long repeat", `resourcesTemplate: '<< repeat 1000000000 "xx" >>'`, api.StageEngine, "repeat makes more than"},
		{"deep indent", `resourcesTemplate: '<< nindent 1000000000 "x" >>'`, api.StageEngine, "limit of 1000"},
		{"endless recursion", `resourcesTemplate: '<< define "a" >><< template "a" >><< end >><< template "a" >>'`, api.StageBuild, `at <{{template "a"}}>: exceeded maximum template depth`},
		{"a panic in a function", `resourcesTemplate: '<< slice (list 1 2) 5 1 >>'`, api.StageBuild, "slice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			result := Render(request(t, c.spec))
			if result.Failure == nil {
				t.Fatalf("no failure: %s", names(result))
			}
			if result.Failure.Stage != c.stage || !strings.Contains(result.Failure.Message, c.message) || strings.Contains(result.Failure.Message, "depth (") {
				t.Errorf("got %s: %s", result.Failure.Stage, result.Failure.Message)
			}
			if (c.stage == api.StageEngine) != (result.Failure.Cause == api.CauseLimit) {
				t.Errorf("cause %q", result.Failure.Cause)
			}
		})
	}
}

func TestUnknownInputsAreNoEmptyInputs(t *testing.T) {
	provider := strings.Split(requests, "status:")[0]
	failure := Render(request(t, "inputsFrom: [{name: requests}]"+one, provider)).Failure
	if failure == nil || failure.Stage != api.StageInputs || failure.Object != "ResourceSetInputProvider/team/requests" {
		t.Errorf("got %+v", failure)
	}
}

func TestSlugify(t *testing.T) {
	long := strings.Repeat("word-", 20)
	cases := map[string]string{
		"feat/Some_Branch": "feat-some_branch", "  Ärger & Straße @ ØL ": "arger-and-strasse-at-ol", "it's": "its", "--a__--": "a",
		"": "", "日本": "", long: long[:59], strings.Repeat("x", 70): strings.Repeat("x", 63),
	}
	for given, want := range cases {
		equal(t, given, slugify(given), want)
	}
}

func TestPredictable(t *testing.T) {
	made := request(t, `
inputs: [{b: 1, a: 2, c: 3}]
resourcesTemplate: |
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: x}
  data:
    keys: << keys (omit inputs "provider" "id") | join "," >>
    random: "<< randInt 3 9 >>"
`)
	for range 20 {
		result := render(t, made)
		equal(t, "keys", field(objectAt(t, result, 0), "data", "keys"), "a,b,c")
		equal(t, "random", field(objectAt(t, result, 0), "data", "random"), "3")
		if len(result.Warnings) != 1 || result.Warnings[0].Code != api.WarnNondeterministic {
			t.Errorf("warnings %v", result.Warnings)
		}
	}
}

func TestNormalise(t *testing.T) {
	for given, want := range map[string]string{"git-tag": "git_tag", "My  App.v1": "my_app_v1", "__a--b__": "a_b", "ü": ""} {
		equal(t, given, normalise(given), want)
	}
}
