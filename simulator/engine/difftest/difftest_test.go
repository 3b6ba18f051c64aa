// Package difftest holds the engine against unmodified upstream code on a real disk, with nothing stubbed or replaced.
// Each file of testdata is a small repository; both sides must give the same objects, or the same message.
package difftest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// example is one file of testdata: `#- path` starts a file, and two names have a meaning of their own.
type example struct {
	files   map[string]string
	spec    map[string]any
	objects []dataObject
}

type dataObject struct {
	Kind      string            `json:"kind"`
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Data      map[string]string `json:"data"`
}

type outcome struct {
	objects []string
	message string
}

func TestAgainstUpstream(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no examples", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			example := read(t, name)
			upstream, ours := runUpstream(t, example), runEngine(t, example)
			if upstream.message != ours.message {
				t.Fatalf("messages differ\nupstream: %s\nengine:   %s", upstream.message, ours.message)
			}
			if len(upstream.objects) != len(ours.objects) {
				t.Fatalf("upstream has %d objects, the engine %d", len(upstream.objects), len(ours.objects))
			}
			for i, object := range upstream.objects {
				if object != ours.objects[i] {
					t.Errorf("object %d differs\nupstream: %s\nengine:   %s", i, object, ours.objects[i])
				}
			}
			if upstream.message == "" && len(upstream.objects) == 0 && !strings.Contains(name, "nothing") {
				t.Error("the example shows nothing")
			}
		})
	}
}

func read(t *testing.T, name string) example {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	result := example{files: map[string]string{}, spec: map[string]any{}}
	for _, part := range strings.Split("\n"+string(text), "\n#- ")[1:] {
		path, content, _ := strings.Cut(part, "\n")
		content += "\n"
		switch path {
		case "@spec":
			err = yaml.Unmarshal([]byte(content), &result.spec)
		case "@objects":
			err = yaml.Unmarshal([]byte(content), &result.objects)
		default:
			result.files[path] = content
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return result
}

func (e example) kustomization() map[string]any {
	return kustomization("apps", "flux-system", e.spec)
}

func kustomization(name, namespace string, spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1",
		"kind":       "Kustomization",
		"metadata":   map[string]any{"name": name, "namespace": namespace},
		"spec":       spec,
	}
}

// runEngine asks the native build of the engine about an example.
func runEngine(t *testing.T, example example) outcome {
	t.Helper()
	var answer buildAnswer
	decode(t, ask(t, putFiles("repo", example.files), question{opBuild, map[string]any{
		"artifact": "repo", "kustomization": example.kustomization(), "flux": "2.9", "strict": true,
		"objects": example.objects, "undecryptable": "fail", "mode": "exact",
	}})[1], &answer)
	result := outcome{}
	if answer.Failure != nil {
		result.message = answer.Failure.Message
		return result
	}
	for _, object := range answer.Objects {
		result.objects = append(result.objects, object.JSON)
	}
	return result
}
