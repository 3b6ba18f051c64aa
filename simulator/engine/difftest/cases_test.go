package difftest

// Upstream's tests that have an input in testdata but assert in code instead of a golden file: fluxcd/pkg kustomize
// (`kustomize_generator_test.go`, `kustomize_generator_whitebox_test.go`, `kustomize_varsub_test.go`) and `internal/build` of
// the flux command (`build_test.go`). Each case here asserts the same of the engine.

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// upstreamCase wants the whole objects' text to have parts, or the failure's message.
type upstreamCase struct {
	name, folder  string
	kustomization string // file of testdata; without it an empty spec
	path          string
	lenient       bool
	objects       []dataObject
	count         int
	has, hasNot   []string
	fails         string
}

func (c upstreamCase) build(t *testing.T, testdata string) buildAnswer {
	t.Helper()
	applier := kustomization("test", "default", map[string]any{})
	if c.kustomization != "" {
		applier = readObject(t, readText(t, testdata, c.kustomization))
	}
	applier["spec"].(map[string]any)["path"] = "./" + c.path
	files := map[string]string{}
	if c.folder != "" {
		files = filesBelow(t, testdata+c.folder, "")
	}
	return build(t, files, applier, c.objects, !c.lenient)
}

func (c upstreamCase) check(t *testing.T, answer buildAnswer) {
	t.Helper()
	if c.fails != "" {
		if answer.Failure == nil || !strings.Contains(answer.Failure.Message, c.fails) {
			t.Fatalf("wanted a failure with %q, got %+v", c.fails, answer.Failure)
		}
		return
	}
	if answer.Failure != nil {
		t.Fatal(answer.Failure.Message)
	}
	if len(answer.Objects) != c.count {
		t.Fatalf("wanted %d objects, got %d", c.count, len(answer.Objects))
	}
	text := fmt.Sprint(answer.Objects)
	for _, part := range c.has {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	for _, part := range c.hasNot {
		if strings.Contains(text, part) {
			t.Errorf("%s is in %s", part, text)
		}
	}
}

func TestCasesOfKustomizePackage(t *testing.T) {
	testdata := moduleInUse(t, "github.com/fluxcd/pkg/kustomize") + "/testdata/"
	vars := dataObject{"ConfigMap", "apps", "app-vars", dataOf(t, readText(t, testdata, "configmap.yaml"))}
	for _, test := range []upstreamCase{
		{name: "Test_SecureBuild_panic", folder: "panic", fails: "recovered from kustomize build panic"},
		{name: "Test_SecureBuild_rel_basedir", folder: "relbase", path: "clusters/staging/flux-system", count: 2},
		{name: "TestGenerator_NameTransformer", folder: "name", kustomization: "name/ks.yaml", count: 1,
			has: []string{`"name":"prefix-test-configmap-suffix-`, `"namespace":"test-namespace"`}},
		{name: "TestGenerator_BuildMetadata", folder: "buildMetadata", kustomization: "buildMetadata/ks.yaml", count: 1},
		{name: "TestKustomization_Varsub strict", folder: "varsubstrict", kustomization: "kustomization_varsub.yaml",
			objects: []dataObject{vars}, fails: "variable not set"},
		{name: "TestKustomization_Varsub not strict", folder: "varsubstrict", kustomization: "kustomization_varsub.yaml",
			objects: []dataObject{vars}, lenient: true, count: 1, has: []string{`"region":"eu-central-1"`}},
		{name: "TestKustomization_Varsub_Always disabled", folder: "varsubalways", count: 1,
			kustomization: "kustomization_varsub_novars.yaml",
			has:           []string{"${cluster_env:=dev}", "${cluster_region:=eu-central-1}"}},
		{name: "TestScanManifests", folder: "nokustomization/resources", count: 2,
			has: []string{`"kind":"ConfigMap"`, `"kind":"Secret"`}},
		{name: "TestScanManifests malformed", folder: "nokustomization/panic", fails: "failed to decode Kubernetes YAML"},
		{name: "TestScanManifests_WithIgnorePatterns basic", folder: "ignore-tests/basic", count: 1},
		{name: "TestScanManifests_WithIgnorePatterns .sops.yaml", folder: "ignore-tests/with-sops",
			fails: "failed to decode Kubernetes YAML"},
		{name: "TestScanManifests_WithIgnorePatterns .gitlab-ci.yml", folder: "ignore-tests/with-gitlab-ci",
			fails: "failed to decode Kubernetes YAML"},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, test.build(t, testdata)) })
	}
}

func TestAlwaysSubstitutes(t *testing.T) {
	testdata := moduleInUse(t, "github.com/fluxcd/pkg/kustomize") + "/testdata/"
	applier := readObject(t, readText(t, testdata, "kustomization_varsub_novars.yaml"))
	spec := applier["spec"].(map[string]any)
	spec["path"], spec["postBuild"] = "./", map[string]any{"substituteStrategy": "Always"}
	upstreamCase{count: 1, hasNot: []string{"${"}, has: []string{`"environment":"dev"`, `"region":"eu-central-1"`}}.
		check(t, build(t, filesBelow(t, testdata+"varsubalways", ""), applier, nil, true))
}

// TestStrictTakesEmptyValues is TestKustomization_Varsub_StrictEmptyValues.
func TestStrictTakesEmptyValues(t *testing.T) {
	testdata := moduleInUse(t, "github.com/fluxcd/pkg/kustomize") + "/testdata/"
	strict := upstreamCase{folder: "varsubstrictempty", kustomization: "kustomization_varsub_empty.yaml", count: 1,
		objects: []dataObject{
			{"ConfigMap", "apps", "app-vars-empty", dataOf(t, readText(t, testdata, "configmap_empty.yaml"))},
			{"Secret", "apps", "app-vars-empty", dataOf(t, readText(t, testdata, "secret_empty.yaml"))},
		}, hasNot: []string{"${"}}
	empty := strict.build(t, testdata)
	strict.check(t, empty)
	omitted := upstreamCase{folder: "varsubstrictempty", kustomization: "kustomization_varsub_dummy.yaml", lenient: true}
	if left := omitted.build(t, testdata); !reflect.DeepEqual(left.Objects, empty.Objects) {
		t.Errorf("empty variables give %v, absent ones %v", empty.Objects, left.Objects)
	}
}

// TestOpenAPIPollution is upstream's test of that name: both builds are made by one engine.
func TestOpenAPIPollution(t *testing.T) {
	testdata := moduleInUse(t, "github.com/fluxcd/pkg/kustomize") + "/testdata/openapiPollution/"
	var questions []question
	for _, folder := range []string{"pollutor", "victim"} {
		questions = append(questions, putFiles(folder, filesBelow(t, testdata+folder, "")), question{opBuild, map[string]any{
			"artifact": folder, "kustomization": kustomization("test", "default", map[string]any{"path": "./"}),
			"flux": "2.9", "undecryptable": "fail", "mode": "exact",
		}})
	}
	answers := ask(t, questions...)
	for i, image := range []string{"nginx:latest", "busybox:latest"} {
		var answer buildAnswer
		decode(t, answers[2*i+1], &answer)
		upstreamCase{count: 1, has: []string{`"image":"` + image + `"`, `"requests":{`, `"memory":"64Mi"`}}.check(t, answer)
	}
}

func TestCasesOfFluxBuild(t *testing.T) {
	testdata := fluxFolder(t) + "/internal/build/testdata/"
	const strategy = "substitute-strategy/"
	for _, test := range []upstreamCase{
		{name: "Test_Build_substituteStrategy WithVariables", folder: strategy + "resources", count: 1,
			kustomization: strategy + "with-variables.yaml",
			has:           []string{`"color":"${color:=blue}"`, `"shape":"${shape:=square}"`}},
		{name: "Test_Build_substituteStrategy Always", folder: strategy + "resources", count: 1,
			kustomization: strategy + "always.yaml", has: []string{`"color":"blue"`, `"shape":"square"`}},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, test.build(t, testdata)) })
	}
}

// TestLabelsThatAreNoText stands for Test_Build_preserveAllLabels, which can't be met: it holds for the flux command alone.
// The controller (fluxcd/pkg ssa `SetOwnerLabels`) loses all labels of an object when one is no text, and so does the engine.
func TestLabelsThatAreNoText(t *testing.T) {
	input := example{
		files: filesBelow(t, fluxFolder(t)+"/internal/build/testdata/invalid-labels/resources", ""),
		spec:  map[string]any{"path": "./"},
	}
	controller, ours := runUpstream(t, input), runEngine(t, input)
	if !reflect.DeepEqual(controller, ours) || len(ours.objects) != 1 || strings.Contains(ours.objects[0], "valid\":") {
		t.Errorf("controller: %v\nengine: %v", controller, ours)
	}
}
