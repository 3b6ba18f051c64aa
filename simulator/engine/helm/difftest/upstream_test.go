// Package difftest holds the engine against unmodified Helm on a real disk, with nothing stubbed or replaced:
// `pkg/action` as a dry run, with the labels that helm-controller's post-renderers add.
package difftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	release "helm.sh/helm/v4/pkg/release/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	kustypes "sigs.k8s.io/kustomize/api/types"
	sigsyaml "sigs.k8s.io/yaml"
)

type outcome struct {
	objects []string
	message string
}

// labels is helm-controller's post-renderer of the owner labels.
type labels struct{}

func (labels) Run(in *bytes.Buffer) (*bytes.Buffer, error) {
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	resources, err := factory.NewResMapFromBytes(in.Bytes())
	if err != nil {
		return nil, err
	}
	plugin := builtins.LabelTransformerPlugin{
		Labels: map[string]string{
			"helm.toolkit.fluxcd.io/name": "app", "helm.toolkit.fluxcd.io/namespace": "apps",
		},
		FieldSpecs: []kustypes.FieldSpec{{Path: "metadata/labels", CreateIfNotPresent: true}},
	}
	if err := plugin.Transform(resources); err != nil {
		return nil, err
	}
	out, err := resources.AsYaml()
	return bytes.NewBuffer(out), err
}

func runUpstream(t *testing.T, example example) outcome {
	t.Helper()
	folder := t.TempDir()
	for name, text := range example.files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := loader.Load(filepath.Join(folder, "chart"))
	if err != nil {
		t.Fatal(err)
	}
	version, err := common.ParseKubeVersion("v1.36.4")
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(action.NewConfiguration())
	install.DryRunStrategy, install.ReleaseName, install.Namespace = action.DryRunClient, "app", "apps"
	install.KubeVersion, install.PostRenderer, install.Devel = version, labels{}, true
	install.PostRenderStrategy = action.PostRenderStrategy(example.strategy())
	var values map[string]any
	if err := sigsyaml.Unmarshal([]byte(example.values), &values); err != nil {
		t.Fatal(err)
	}
	done, err := install.Run(loaded, values)
	if err != nil {
		return outcome{message: strings.TrimSpace(err.Error())}
	}
	rendered := done.(*release.Release)
	result := outcome{objects: objectsOf(t, rendered.Manifest, true)}
	for _, hook := range rendered.Hooks {
		if slices.Contains(hook.Events, release.HookPreInstall) || slices.Contains(hook.Events, release.HookPostInstall) {
			result.objects = append(result.objects, objectsOf(t, hook.Manifest, false)...)
		}
	}
	slices.Sort(result.objects)
	return result
}

// clusterScoped are the kinds of the examples that have no namespace.
var clusterScoped = []string{"Namespace", "ClusterRole"}

// objectsOf reads a manifest and adds what Helm adds when it applies it.
func objectsOf(t *testing.T, manifest string, owned bool) []string {
	t.Helper()
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(manifest), 4096)
	var objects []string
	for {
		object := unstructured.Unstructured{}
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) == 0 {
			continue
		}
		if object.GetNamespace() == "" && !slices.Contains(clusterScoped, object.GetKind()) {
			object.SetNamespace("apps")
		}
		if owned {
			object.SetLabels(with(object.GetLabels(), "app.kubernetes.io/managed-by", "Helm"))
			annotations := with(object.GetAnnotations(), "meta.helm.sh/release-name", "app")
			object.SetAnnotations(with(annotations, "meta.helm.sh/release-namespace", "apps"))
		}
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(object.Object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, strings.TrimSpace(text.String()))
	}
}

func with(entries map[string]string, key, value string) map[string]string {
	if entries == nil {
		entries = map[string]string{}
	}
	entries[key] = value
	return entries
}

func runEngine(t *testing.T, example example) outcome {
	t.Helper()
	var values any
	if err := sigsyaml.Unmarshal([]byte(example.values), &values); err != nil {
		t.Fatal(err)
	}
	answer := ask(t, example.files, map[string]any{
		"chart": map[string]any{"artifact": "repo", "form": "directory", "path": "chart"},
		"helmRelease": map[string]any{
			"metadata": map[string]any{"name": "app", "namespace": "apps"},
			"spec":     map[string]any{"values": values, "postRenderStrategy": example.strategy()},
		},
		"flux": "2.9", "kubeVersion": "v1.36.4", "revision": 1, "mode": "exact",
	})
	if answer.Failure != nil {
		prefix := fmt.Sprintf("Helm install failed for release apps/app with chart demo@%s: ", answer.Chart.Version)
		return outcome{message: strings.TrimPrefix(answer.Failure.Message, prefix)}
	}
	var result outcome
	for _, object := range answer.Objects {
		result.objects = append(result.objects, object.JSON)
	}
	slices.Sort(result.objects)
	return result
}
