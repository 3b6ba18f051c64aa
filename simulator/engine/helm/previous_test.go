package helm

import (
	"testing"

	"sluice.dev/engine/api"
)

func TestPreviousRelease(t *testing.T) {
	files := map[string]string{"templates/a.yaml": configMap("a", `k: "{{ .Release.Revision }} {{ .Release.IsUpgrade }}"`)}
	for previous, want := range map[[4]string]string{
		{"app", "apps", "apps", "demo"}:   "2 true",
		{"old", "apps", "apps", "demo"}:   "1 false",
		{"app", "other", "apps", "demo"}:  "1 false",
		{"app", "apps", "other", "demo"}:  "1 false",
		{"app", "apps", "apps", "former"}: "1 false",
	} {
		request := requestFor(`{}`)
		request.IsUpgrade, request.Revision = true, 2
		request.Previous = &api.PreviousRelease{Name: previous[0], Namespace: previous[1], StorageNamespace: previous[2], ChartName: previous[3]}
		if got := dataOf(t, Run(example(files), request), "a")["k"]; got != want {
			t.Errorf("%v: got %v, want %s", previous, got, want)
		}
	}
}

func TestSkippedDefinitions(t *testing.T) {
	const definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.x.test}\n" +
		"spec: {group: x.test, names: {kind: X}, scope: Cluster, versions: [{name: v1, served: true}]}\n"
	files := map[string]string{
		"crds/x.yaml":      definition + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: stray}\n",
		"templates/a.yaml": configMap("a", `k: "{{ .Capabilities.APIVersions.Has "x.test/v1" }}"`),
	}
	for policy, want := range map[string]string{"Skip": "crd-policy crd-policy false", "Create": " not-a-crd true"} {
		result := render(t, files, `{"install": {"crds": "`+policy+`"}}`)
		known := dataOf(t, result, "a")["k"].(string)
		if got := result.Objects[0].Skipped + " " + result.Objects[1].Skipped + " " + known; got != want {
			t.Errorf("%s: got %q, want %q", policy, got, want)
		}
	}
}
