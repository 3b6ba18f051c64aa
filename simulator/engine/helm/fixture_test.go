package helm

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const metadata = "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: \"4\"\n"

// example is a chart in the folder `chart` of an artifact, with the files given on top of the least a chart needs.
func example(files map[string]string) *memfs.Store {
	store := memfs.NewStore()
	tree := store.Ensure("repo")
	for name, text := range map[string]string{"Chart.yaml": metadata, "values.yaml": ""} {
		tree.Put("chart/"+name, []byte(text))
	}
	for name, text := range files {
		name = "chart/" + name
		if rest, ok := strings.CutPrefix(name, "chart/../"); ok {
			name = rest
		}
		tree.Put(name, []byte(text))
	}
	return store
}

// requestFor asks for a HelmRelease `apps/app` with this spec, as JSON.
func requestFor(spec string) *api.HelmRequest {
	release := `{"metadata": {"name": "app", "namespace": "apps"}, "spec": ` + spec + `}`
	return &api.HelmRequest{
		Chart:       api.ChartInput{Artifact: "repo", Form: api.ChartDirectory, Path: "chart"},
		HelmRelease: json.RawMessage(release),
		Flux:        "2.9",
		Revision:    1,
		Mode:        api.ModeExact,
	}
}

func render(t *testing.T, files map[string]string, spec string) *api.HelmResult {
	t.Helper()
	return Run(example(files), requestFor(spec))
}

// object reads the object of an answer that has this name.
func object(t *testing.T, result *api.HelmResult, name string) map[string]any {
	t.Helper()
	if result.Failure != nil {
		t.Fatal(result.Failure.Message)
	}
	for _, entry := range result.Objects {
		if entry.Name == name {
			var read map[string]any
			if err := json.Unmarshal([]byte(entry.JSON), &read); err != nil {
				t.Fatal(err)
			}
			return read
		}
	}
	t.Fatalf("no object %q among %d", name, len(result.Objects))
	return nil
}

func dataOf(t *testing.T, result *api.HelmResult, name string) map[string]any {
	t.Helper()
	data, _ := object(t, result, name)["data"].(map[string]any)
	return data
}

func configMap(name, data string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\ndata:\n  " + data + "\n"
}
