package difftest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	securejoin "github.com/cyphar/filepath-securejoin"
	generator "github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// runUpstream is the controller's reconciliation up to the apply, with upstream's own packages.
func runUpstream(t *testing.T, example example) outcome {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "kustomization-1")
	for path, content := range example.files {
		name := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	objects, err := reconcile(folder, example)
	if err != nil {
		message := strings.ReplaceAll(err.Error(), folder+"/", "")
		return outcome{message: strings.ReplaceAll(message, folder, ".")}
	}
	result := outcome{}
	for _, object := range objects {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(object.Object); err != nil {
			t.Fatal(err)
		}
		result.objects = append(result.objects, strings.TrimSuffix(text.String(), "\n"))
	}
	return result
}

func reconcile(folder string, example example) ([]*unstructured.Unstructured, error) {
	text, err := json.Marshal(example.kustomization())
	if err != nil {
		return nil, err
	}
	kustomization := unstructured.Unstructured{}
	if err := kustomization.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	specPath, _, _ := unstructured.NestedString(kustomization.Object, "spec", "path")
	path, err := securejoin.SecureJoin(folder, specPath)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("kustomization path not found: %w", err)
	}
	if _, err := generator.NewGenerator(folder, kustomization).WriteFile(path); err != nil {
		return nil, err
	}
	manifests, err := render(folder, path, kustomization, example)
	if err != nil {
		return nil, err
	}
	objects, err := ssautil.ReadObjects(bytes.NewReader(manifests))
	if err != nil {
		return nil, err
	}
	manager := ssa.NewResourceManager(nil, nil, ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"})
	manager.SetOwnerLabels(objects, kustomization.GetName(), kustomization.GetNamespace())
	if err := normalize.UnstructuredList(objects); err != nil {
		return nil, err
	}
	labels, _, _ := unstructured.NestedStringMap(kustomization.Object, "spec", "commonMetadata", "labels")
	annotations, _, _ := unstructured.NestedStringMap(kustomization.Object, "spec", "commonMetadata", "annotations")
	if labels != nil || annotations != nil {
		ssautil.SetCommonMetadata(objects, labels, annotations)
	}
	return objects, nil
}

func render(folder, path string, kustomization unstructured.Unstructured, example example) ([]byte, error) {
	resources, err := generator.SecureBuild(folder, path, true)
	if err != nil {
		return nil, fmt.Errorf("kustomize build failed: %w", err)
	}
	_, substitutes, _ := unstructured.NestedMap(kustomization.Object, "spec", "postBuild")
	strategy, _, _ := unstructured.NestedString(kustomization.Object, "spec", "postBuild", "substituteStrategy")
	cluster := clusterWith(example.objects)
	for _, res := range resources.Resources() {
		if res.GetName() == "" || res.GetKind() == "" || res.GetApiVersion() == "" {
			return nil, fmt.Errorf("failed to decode Kubernetes apiVersion, kind and name from: %v", res.String())
		}
		if !substitutes {
			continue
		}
		changed, err := generator.SubstituteVariables(context.Background(), cluster, kustomization, res,
			generator.SubstituteWithStrict(true), generator.SubstituteWithAlways(strategy == "Always"))
		if err != nil {
			return nil, fmt.Errorf("post build failed for '%s/%s': %w", res.GetGvk(), res.GetName(), err)
		}
		if changed != nil {
			if _, err := resources.Replace(res); err != nil {
				return nil, err
			}
		}
	}
	manifests, err := resources.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("kustomize build failed: %w", err)
	}
	return manifests, nil
}

func clusterWith(objects []dataObject) client.Client {
	builder := fake.NewClientBuilder()
	for _, object := range objects {
		metadata := metav1.ObjectMeta{Name: object.Name, Namespace: object.Namespace}
		if object.Kind == "ConfigMap" {
			builder.WithObjects(&corev1.ConfigMap{ObjectMeta: metadata, Data: object.Data})
			continue
		}
		data := map[string][]byte{}
		for key, value := range object.Data {
			data[key] = []byte(value)
		}
		builder.WithObjects(&corev1.Secret{ObjectMeta: metadata, Data: data})
	}
	return builder.Build()
}
