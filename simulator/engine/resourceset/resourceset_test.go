package resourceset

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

func toJSON(t *testing.T, text string) json.RawMessage {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// request makes one of a ResourceSet `team/apps` with the given spec, and of providers in the same namespace.
func request(t *testing.T, spec string, providers ...string) *api.ResourceSetRequest {
	t.Helper()
	made := &api.ResourceSetRequest{ResourceSet: json.RawMessage(fmt.Sprintf(
		`{"kind": "ResourceSet", "metadata": {"name": "apps", "namespace": "team"}, "spec": %s}`, toJSON(t, spec)))}
	for _, text := range providers {
		made.Providers = append(made.Providers, toJSON(t, text))
	}
	return made
}

func render(t *testing.T, made *api.ResourceSetRequest) *api.ResourceSetResult {
	t.Helper()
	result := Render(made)
	if result.Failure != nil {
		t.Fatalf("failed: %+v", result.Failure)
	}
	return result
}

// names lists `Kind/namespace/name` with the step, if any.
func names(result *api.ResourceSetResult) string {
	var list []string
	for _, object := range result.Objects {
		name := object.Kind + "/" + object.Namespace + "/" + object.Name
		if object.Step != "" {
			name += "@" + object.Step
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func objectAt(t *testing.T, result *api.ResourceSetResult, at int) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(result.Objects[at].JSON), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func field(object map[string]any, path ...string) string {
	var value any = object
	for _, name := range path {
		inner, _ := value.(map[string]any)
		value = inner[name]
	}
	return fmt.Sprint(value)
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

const tenants = `
inputs:
  - {tenant: team1, app: {version: 6.7.x, replicas: 2}}
  - {tenant: team2, app: {version: 6.6.x, replicas: "3"}}
`

func TestResourcesPerInput(t *testing.T) {
	result := render(t, request(t, tenants+`
resources:
  - apiVersion: source.toolkit.fluxcd.io/v1
    kind: OCIRepository
    metadata: {name: shared, namespace: default}
    spec: {tenant: << inputs.tenant >>}
  - apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: podinfo-<< inputs.tenant >>, namespace: default}
    spec:
      version: << inputs.app.version | quote >>
      values: {replicas: << inputs.app.replicas | int >>, from: << inputs.provider.kind >>/<< inputs.provider.name >>}
`))
	equal(t, "objects", names(result), "OCIRepository/default/shared HelmRelease/default/podinfo-team1 HelmRelease/default/podinfo-team2")
	equal(t, "the first of equal objects", field(objectAt(t, result, 0), "spec", "tenant"), "team1")
	second := objectAt(t, result, 2)
	equal(t, "number", field(second, "spec", "values", "replicas"), "3")
	equal(t, "text", field(second, "spec", "version"), "6.6.x")
	equal(t, "provider", field(second, "spec", "values", "from"), "ResourceSet/apps")
	equal(t, "owner", field(second, "metadata", "labels", "resourceset.fluxcd.controlplane.io/name"), "apps")
	equal(t, "owner namespace", field(second, "metadata", "labels", "resourceset.fluxcd.controlplane.io/namespace"), "team")
	if result.Inputs != 2 || len(result.Warnings) != 0 {
		t.Errorf("inputs %d, warnings %v", result.Inputs, result.Warnings)
	}
}

func TestTemplateOfSeveralDocuments(t *testing.T) {
	result := render(t, request(t, `
commonMetadata:
  labels: {app: bundle, resourceset.fluxcd.controlplane.io/name: other}
  annotations: {fluxcd.controlplane.io/prune: disabled}
inputs:
  - {bundle: addons, parts: [nginx, certs]}
  - {bundle: apps, parts: []}
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: addons}, data: {from: resources}}
resourcesTemplate: |
  ---
  # Nothing here.
  ---
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: << inputs.bundle >>
  data: {from: template}
  <<- range $part := inputs.parts >>
  ---
  apiVersion: v1
  kind: Secret
  metadata:
    name: << $part >>
    annotations:
      fluxcd.controlplane.io/reconcile: << if eq $part "certs" >>disabled<< else >>enabled<< end >>
  << end >>
`))
	equal(t, "objects", names(result), "ConfigMap//addons Secret//nginx ConfigMap//apps")
	first := objectAt(t, result, 0)
	equal(t, "resources win", field(first, "data", "from"), "resources")
	equal(t, "common label", field(first, "metadata", "labels", "app"), "bundle")
	equal(t, "owner label", field(first, "metadata", "labels", "resourceset.fluxcd.controlplane.io/name"), "other")
	equal(t, "owner label", field(first, "metadata", "labels", "resourceset.fluxcd.controlplane.io/namespace"), "team")
	if !result.Objects[0].KeepOnPrune {
		t.Error("prune: disabled is not noticed")
	}
}

const static = `
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: Git-Tag.x, namespace: team, labels: {app: one}, uid: 0c2f}
spec: {type: Static, defaultValues: {env: staging, id: mine}}
`

const requests = `
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: requests, namespace: team, labels: {app: two}}
spec: {type: GitHubPullRequest}
status: {exportedInputs: [{id: "4", branch: a}, {id: "3", branch: b}]}
`

const emptyProvider = `
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: {name: nothing, namespace: team, labels: {app: two}}
spec: {type: GitHubPullRequest}
status: {exportedInputs: []}
`

const one = `
resources:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: "c-<< inputs.id >>"}, data: {all: << inputs | toJson | quote >>}}
`

func TestFlatten(t *testing.T) {
	spec := `
inputs: [{id: own}]
inputsFrom:
  - {kind: ResourceSetInputProvider, name: requests}
  - selector: {matchExpressions: [{key: app, operator: In, values: [one, two]}]}
` + one
	result := render(t, request(t, spec, static, requests, emptyProvider))
	equal(t, "objects", names(result), "ConfigMap//c-own ConfigMap//c-4 ConfigMap//c-3 ConfigMap//c-45547820")
	equal(t, "provider", field(objectAt(t, result, 1), "data", "all"),
		`{"branch":"a","id":"4","provider":{"apiVersion":"fluxcd.controlplane.io/v1","kind":"ResourceSetInputProvider","name":"requests","namespace":"team"}}`)
	equal(t, "adler32 of the UID", checksum("0c2f"), "45547820")
	if len(result.Warnings) != 0 {
		t.Errorf("warnings: %v", result.Warnings)
	}
}

func TestPermute(t *testing.T) {
	spec := `
inputStrategy: {name: Permute, includeEmptyProviders: %v}
inputs: [{id: a}, {id: b}]
inputsFrom:
  - selector: {}
resources:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: "c-<< inputs.apps.id >>-<< inputs.requests.id >>-<< inputs.git_tag_x.env >>"}
    data: {kind: << inputs.requests.provider.kind >>}
`
	result := render(t, request(t, fmt.Sprintf(spec, false), static, requests, emptyProvider))
	equal(t, "objects", names(result), "ConfigMap//c-a-4-staging ConfigMap//c-a-3-staging ConfigMap//c-b-4-staging ConfigMap//c-b-3-staging")
	result = render(t, request(t, fmt.Sprintf(spec, true), static, requests, emptyProvider))
	if result.Inputs != 0 || len(result.Objects) != 0 {
		t.Errorf("an empty provider leaves %d inputs", result.Inputs)
	}
}

func TestWithoutInputs(t *testing.T) {
	result := render(t, request(t, `resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: "<< get inputs \"name\" | default \"none\" >>"}}]`))
	equal(t, "filled once", names(result), "ConfigMap//none")
	result = render(t, request(t, "inputsFrom: [{selector: {matchLabels: {app: absent}}}]"+one, static))
	if result.Inputs != 0 || len(result.Objects) != 0 {
		t.Errorf("providers that give nothing: %d inputs, %s", result.Inputs, names(result))
	}
}

func TestSteps(t *testing.T) {
	spec := `
inputs: [{v: "1"}, {v: "2"}]
steps:
  - name: migrate
    resources: [{apiVersion: batch/v1, kind: Job, metadata: {name: migrate, namespace: x}}]
  - name: deploy
    resourcesTemplate: |
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: "app-<< inputs.v >>", namespace: x}
`
	equal(t, "steps", names(render(t, request(t, spec))), "Job/x/migrate@migrate ConfigMap/x/app-1@deploy ConfigMap/x/app-2@deploy")
	twice := strings.Replace(spec, "kind: ConfigMap", "kind: Job", 1)
	twice = strings.Replace(twice, "apiVersion: v1", "apiVersion: batch/v1", 1)
	twice = strings.Replace(twice, `"app-<< inputs.v >>"`, "migrate", 1)
	failure := Render(request(t, twice)).Failure
	if failure == nil || !strings.Contains(failure.Message, `Job/x/migrate is in step "migrate" already`) {
		t.Errorf("an object in two steps: %+v", failure)
	}
}

func TestDataOfOthers(t *testing.T) {
	made := request(t, `
resources:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: info, namespace: x, annotations: {fluxcd.controlplane.io/copyFrom: flux-system/info}}
  - apiVersion: v1
    kind: Secret
    metadata: {name: auth, namespace: x, annotations: {fluxcd.controlplane.io/copyFrom: flux-system/auth}}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: cluster, annotations: {"fluxcd.controlplane.io/convertKubeConfigFrom": "flux-system/kube:mine"}}
    data: {address: kept}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app, namespace: x}
    spec:
      template:
        metadata: {annotations: {fluxcd.controlplane.io/checksumFrom: "ConfigMap/x/info, Secret/x/auth,"}}
`)
	missing := Render(made)
	if missing.Failure == nil || len(missing.Needs) != 1 || missing.Needs[0].Key != "ConfigMap/flux-system/info" {
		t.Fatalf("nothing is needed: %+v", missing)
	}
	made.Objects = []api.DataObject{
		{Kind: "ConfigMap", Namespace: "flux-system", Name: "info", Data: map[string]string{"a": "1"}},
		{Kind: "Secret", Namespace: "flux-system", Name: "auth", Data: map[string]string{"password": "hunter2hunter2"}},
		{Kind: "Secret", Namespace: "flux-system", Name: "kube", Data: map[string]string{
			"mine": "clusters: [{cluster: {server: 'https://one', certificate-authority-data: Y2VydA==}}, {cluster: {server: two, certificate-authority-data: Y2VydA==}}]"}},
	}
	result := render(t, made)
	equal(t, "copied", field(objectAt(t, result, 0), "data", "a"), "1")
	equal(t, "copied secret", field(objectAt(t, result, 1), "data", "password"), "aHVudGVyMmh1bnRlcjI=")
	equal(t, "address", field(objectAt(t, result, 2), "data", "address"), "kept")
	equal(t, "certificate", field(objectAt(t, result, 2), "data", "ca.crt"), "cert")
	before := field(objectAt(t, result, 3), "spec", "template", "metadata", "annotations", "fluxcd.controlplane.io/checksum")
	if !strings.HasPrefix(before, "sha256:") {
		t.Errorf("checksum %q", before)
	}
	made.Objects[1].Data["password"] = "changed"
	after := field(objectAt(t, render(t, made), 3), "spec", "template", "metadata", "annotations", "fluxcd.controlplane.io/checksum")
	if after == before {
		t.Error("the checksum does not follow the Secret")
	}
	made.Mode = api.ModeMasked
	for _, object := range render(t, made).Objects {
		if strings.Contains(object.JSON, "changed") || strings.Contains(object.JSON, "Y2hhbmdlZA") || strings.Contains(object.JSON, "cert\"") {
			t.Errorf("a secret value is shown: %s", object.JSON)
		}
	}
}

func TestAssumedContent(t *testing.T) {
	made := request(t, `
resources: [{apiVersion: v1, kind: Secret, metadata: {name: auth, annotations: {fluxcd.controlplane.io/copyFrom: flux-system/auth}}}]`)
	made.Assumed = []string{"Secret/flux-system/auth"}
	result := render(t, made)
	if len(result.Warnings) != 1 || result.Warnings[0].Code != api.WarnValuesUnknown || len(result.Needs) != 0 {
		t.Errorf("%+v %+v", result.Warnings, result.Needs)
	}
}
