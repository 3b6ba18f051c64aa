package dispatch

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
	"sluice.dev/engine/helm"
)

const (
	warmArtifact = "warm-up"
	// warmPercent keeps the heap small while the tables are parsed, because the memory of a warm engine is stored.
	warmPercent = 30
)

var warmFiles = map[string]string{
	"chart/Chart.yaml":  "{apiVersion: v2, name: warm, version: 1.0.0}\n",
	"chart/values.yaml": "replicas: 1\n",
	"chart/values.schema.json": `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
"properties": {"replicas": {"type": "integer"}}}`,
	"chart/templates/deployment.yaml": `{{ define "warm.labels" }}app: {{ .Release.Name | quote }}{{ end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ tpl "{{ .Release.Name }}" . }}
  labels: {{- include "warm.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
`,
	"kustomization.yaml": `namespace: warm
resources: [objects.yaml]
configMapGenerator:
  - name: generated
    literals: [a=b]
images:
  - name: warm
    newTag: two
patches:
  - patch: '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "warm"}, "spec": {"replicas": 2}}'
`,
	"objects.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: warm
spec:
  template:
    spec:
      containers:
        - name: warm
          image: warm:${tag}
          ports:
            - containerPort: 80
          envFrom:
            - configMapRef:
                name: generated
`,
}

// warm pays what every first build pays (Kubernetes' OpenAPI, kustomize's tables, Helm's functions) and leaves no artifact
// and as little garbage as possible behind.
func (e *Engine) warm() map[string]uint64 {
	debug.SetGCPercent(warmPercent)
	tree := e.store.Ensure(warmArtifact)
	for name, text := range warmFiles {
		tree.Put(name, []byte(text))
	}
	build.Run(e.store, &api.KustomizeRequest{
		Artifact: warmArtifact,
		Kustomization: map[string]any{
			"apiVersion": "kustomize.toolkit.fluxcd.io/v1",
			"kind":       "Kustomization",
			"metadata":   map[string]any{"name": "warm", "namespace": "warm"},
			"spec":       map[string]any{"path": "./", "postBuild": map[string]any{"substitute": map[string]any{"tag": "one"}}},
		},
		Flux:   "2.9",
		Strict: true,
	})
	helm.Run(e.store, &api.HelmRequest{
		Chart:       api.ChartInput{Artifact: warmArtifact, Form: api.ChartDirectory, Path: "chart"},
		HelmRelease: json.RawMessage(`{"metadata": {"name": "warm", "namespace": "warm"}, "spec": {"values": {"replicas": 2}}}`),
		Flux:        "2.9",
		Revision:    1,
	})
	e.store.Drop(warmArtifact)
	runtime.GC()
	clearFree()
	runtime.GC()
	debug.SetGCPercent(-1)
	e.survived = heap()
	return e.stats()
}

// clearFree fills the free part of the heap with zeroes, so that a stored image of the memory compresses well.
// The runtime clears what it hands out, and hands out what is free before it asks for more.
func clearFree() {
	const block = 64 << 10
	var held [][]byte
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for free := stats.HeapIdle; free > block; free -= block {
		held = append(held, make([]byte, block))
	}
	runtime.KeepAlive(held)
}
