package resourceset

import (
	"fmt"
	"hash/adler32"
	"strings"
	"testing"

	"sluice.dev/engine/api"
)

// What the documentation leaves open, as flux-operator v0.58 is seen to do it: `test/cluster/resource-sets.test.ts` runs it.

// The digest is what flux-operator v0.58 gives for the same data; that of several references hashes one after the other.
func TestChecksumsAndCopies(t *testing.T) {
	made := request(t, `
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain, namespace: x}, data: {z: "1", a: "2"}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: x, annotations: {fluxcd.controlplane.io/checksumFrom: ConfigMap/x/plain}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: x, annotations: {fluxcd.controlplane.io/checksumFrom: "ConfigMap/x/src,\nSecret/x/sec\n"}}}
  - {apiVersion: v1, kind: ConfigMap, data: {own: gone}, binaryData: {own: AA==}, metadata: {name: copy, namespace: x, annotations: {fluxcd.controlplane.io/copyFrom: x/src}}}
  - {apiVersion: v1, kind: Secret, data: {own: Zm9v}, stringData: {lost: x}, metadata: {name: copy, namespace: x, annotations: {fluxcd.controlplane.io/copyFrom: x/sec}}}
  - {apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: typed, namespace: x, annotations: {fluxcd.controlplane.io/copyFrom: x/sec}}}
`)
	made.Objects = []api.DataObject{
		{Kind: "ConfigMap", Namespace: "x", Name: "src", Data: map[string]string{"a": "1", "b": "2"}, Binary: map[string]string{"bin": "AAEC"}},
		{Kind: "Secret", Namespace: "x", Name: "sec", Type: "kubernetes.io/basic-auth", Data: map[string]string{"username": "u", "password": "p"}},
	}
	result := render(t, made)
	digest := func(at int) string {
		return field(objectAt(t, result, at), "metadata", "annotations", "fluxcd.controlplane.io/checksum")
	}
	equal(t, "one", digest(1), "sha256:70e206617dcc5bee4757cccb88f488b1800b3cd2848503ceb7fb70b5f153211a")
	equal(t, "two", digest(2), "sha256:e088af7c9e232e882849b7f2a9a796b8085c16388b43ee1d746b02faf6e4e6bc")
	equal(t, "data", field(objectAt(t, result, 3), "data"), "map[a:1 b:2]")
	equal(t, "binary data", field(objectAt(t, result, 3), "binaryData"), "map[bin:AAEC]")
	equal(t, "secret", field(objectAt(t, result, 4), "data"), "map[own:Zm9v password:cA== username:dQ==]")
	equal(t, "no stringData", field(objectAt(t, result, 4), "stringData"), "<nil>")
	equal(t, "type", field(objectAt(t, result, 4), "type"), "kubernetes.io/basic-auth")
	equal(t, "type that is written", field(objectAt(t, result, 5), "type"), "Opaque")
	made.Objects = made.Objects[:1]
	failed := Render(made)
	if failed.Failure == nil || len(failed.Needs) != 1 || failed.Needs[0].Key != "Secret/x/sec" {
		t.Errorf("a missing reference: %+v", failed)
	}
}

func TestMetadataThatIsNoText(t *testing.T) {
	const spec = `resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {n: 1, kept: "no"}, annotations: {n: 1}}}]`
	if failure := Render(request(t, spec)).Failure; failure == nil || !strings.Contains(failure.Message, "the function quote makes it one") {
		t.Errorf("an annotation is a number: %+v", failure)
	}
	result := render(t, request(t, "{commonMetadata: {annotations: {own: a}}, "+spec+"}"))
	equal(t, "annotations", field(objectAt(t, result, 0), "metadata", "annotations"), "map[own:a]")
	equal(t, "labels", field(objectAt(t, result, 0), "metadata", "labels"),
		"map[resourceset.fluxcd.controlplane.io/name:apps resourceset.fluxcd.controlplane.io/namespace:team]")
	if len(result.Warnings) != 2 || result.Warnings[0].Code != api.WarnUpstream {
		t.Errorf("warnings %+v", result.Warnings)
	}
}

func TestSwitchIsSmallLetters(t *testing.T) {
	result := render(t, request(t, `
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: gone, annotations: {fluxcd.controlplane.io/reconcile: disabled}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, annotations: {fluxcd.controlplane.io/reconcile: Disabled}}}`))
	equal(t, "objects", names(result), "ConfigMap//kept")
}

func TestLabelKeepsOnPrune(t *testing.T) {
	result := render(t, request(t, `
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, labels: {fluxcd.controlplane.io/prune: Disabled}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: gone}}`))
	if !result.Objects[0].KeepOnPrune || result.Objects[1].KeepOnPrune {
		t.Errorf("kept: %v, %v", result.Objects[0].KeepOnPrune, result.Objects[1].KeepOnPrune)
	}
}

func TestOwnInputsHaveNoID(t *testing.T) {
	failure := Render(request(t, `{inputs: [{a: b}], resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: << inputs.id >>}}]}`)).Failure
	if failure == nil || !strings.Contains(failure.Message, `no entry for key "id"`) {
		t.Errorf("an id from nowhere: %+v", failure)
	}
	result := render(t, request(t, `{inputs: [{a: {b: 1}}], resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {text: "<< inputs.a | toYaml | quote >>"}}]}`))
	equal(t, "line break", field(objectAt(t, result, 0), "data", "text"), "b: 1\n")
}

func TestPermutationsHaveIDsByPlace(t *testing.T) {
	var numbers []string
	for n := range 100 {
		numbers = append(numbers, fmt.Sprintf("{id: %q}", fmt.Sprint(n)))
	}
	many := strings.Replace(requests, `[{id: "4", branch: a}, {id: "3", branch: b}]`, "["+strings.Join(numbers, ", ")+"]", 1)
	const small = "\nresources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: \"c-<< inputs.id >>\"}}]"
	spec := "inputStrategy: {name: Permute}\ninputs: [" + strings.Join(numbers, ", ") + "]\ninputsFrom: [{name: requests}]" + small
	result := render(t, request(t, spec, many))
	equal(t, "first", result.Objects[0].Name, fmt.Sprintf("c-%d", adler32.Checksum([]byte("apps=0/requests=0"))))
	// Like the operator's: 1 and 2 and 1 give the same checksum as 2 and 0 and 2.
	if len(result.Objects) >= 10_000 {
		t.Errorf("%d objects: all ids differ", len(result.Objects))
	}
	if len(result.Warnings) != 1 || result.Warnings[0].Code != api.WarnUpstream {
		t.Errorf("no word about the ids: %v", result.Warnings)
	}
	numbers = append(numbers, "{id: more}")
	spec = "inputStrategy: {name: Permute}\ninputs: [" + strings.Join(numbers, ", ") + "]\ninputsFrom: [{name: requests}]" + one
	if failure := Render(request(t, spec, many)).Failure; failure == nil || failure.Stage != api.StageInputs {
		t.Errorf("more than 10 000 permutations are no failure: %+v", failure)
	}
}
