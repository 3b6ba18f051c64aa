package helm

import (
	"encoding/json"
	"testing"

	"sluice.dev/engine/api"
)

// documents are outputs of templates that are odd in one way each.
var documents = map[string]string{
	"null labels":      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: null}\n",
	"null annotations": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: null}\n",
	"plain":            configMap("a", "k: v"),
	"several":          configMap("a", "k: v") + "---\n" + configMap("b", "k: v") + "\n---\n\n---\n" + configMap("c", "k: \"1\""),
	"glued":            configMap("a", "k: v") + "---apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
	"comments":         "# first\n" + configMap("a", "k: v # not a value") + "# last\n",
	"no labels":        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: , annotations: null}\n",
	"empty labels":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {}, annotations: {}}\n",
	"numbers":          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 3, a: 0.5, b: 1e3, c: 012, d: 0x1f, e: 12345678901234567890, f: -0, g: 1_000, h: .5}\n",
	"words":            configMap("a", "a: yes\n  b: on\n  c: \"no\"\n  d: ~\n  e:\n  f: null\n  g: y\n  h: 'true'\n  i: 2020-01-01\n  j: '012'"),
	"folded":           configMap("a", "a: >\n    one\n    two\n\n    three\n  b: |\n    one\n      two\n  c: |-\n    x\n  d: |+\n    x\n\n"),
	"long":             configMap("a", "a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb  cccccccccccccccccccccccccccccccc dddddd"),
	"odd characters":   configMap("a", "a: \"tab\\there\"\n  b: \"é 日本 𝄞 \\u0085 \\u2028 \\ufeff\"\n  c: '  lead'\n  d: 'trail  '\n  e: \"a\\r\\nb\"\n  f: '---'\n  g: \"x\\n---\\ny\""),
	"anchors":          "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a}\ndata: {a: &x v, b: *x}\n",
	"merge":            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbase: &b {k: v}\ndata: {<<: *b, j: w}\n",
	"twice":            configMap("a", "k: v") + "---\n" + configMap("a", "k: w"),
	"twins":            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: y}\n",
	"duplicate keys":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v, k: w}\n",
	"typed keys":       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {1: v, true: w}\n",
	"typed labels":     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {n: 1, b: true}}\n",
	"typed name":       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 123}\n",
	"list":             "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n",
	"kind of a list":   "apiVersion: v1\nkind: ConfigMapList\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
	"no kind":          "apiVersion: v1\nmetadata: {name: a}\n",
	"no name":          "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n",
	"no metadata":      "apiVersion: v1\nkind: ConfigMap\n",
	"no object":        "just text\n",
	"a sequence":       "- a\n- b\n",
	"broken":           "a: b: c\n",
	"only comments":    "# nothing\n",
	"spaces":           "  \n\n",
	"generated name":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n",
	"hook":             "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: 'pre-install, post-install', helm.sh/hook-weight: '5'}}\n---\n" + configMap("b", "k: v"),
	"unknown hook":     "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: crd-install}}\n",
	"test":             "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: test}}\n",
	"hook twice":       configMap("a", "k: v") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {helm.sh/hook: post-install}}\n",
	"internal":         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {config.kubernetes.io/index: '3', internal.config.kubernetes.io/path: x, config.k8s.io/id: '1'}}\n",
	"cluster":          "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: x}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: []\n",
	"order":            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\napiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n",
	"empty namespace":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ''}\n",
	"typed namespace":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: 12}\n",
	"binary":           "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: !!binary aGVsbG8=}\n",
	"tagged":           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: !!str 12, l: ! x}\n",
	"infinite":         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: .inf}\n",
	"resource list":    "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
	"windows":          "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\ndata:\r\n  k: |\r\n    one\r\n    two\r\n",
	"document markers": "%YAML 1.2\n---\n" + configMap("a", "k: v") + "...\n",
	"labels collide":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {helm.toolkit.fluxcd.io/name: mine, app.kubernetes.io/managed-by: me, common: mine}}\n",
}

// Each document gives the same answer on the short way and on the long one.
func TestShortcut(t *testing.T) {
	taken := 0
	for name, text := range documents {
		for _, spec := range []string{
			`{}`, `{"postRenderStrategy": "nohooks"}`, `{"postRenderStrategy": "separate", "test": {"enable": true}}`,
			`{"commonMetadata": {"labels": {"common": "yes"}, "annotations": {"note": "a: b"}}}`, `{"postRenderStrategy": "other"}`,
		} {
			files := map[string]string{"templates/all.yaml": "{{ .Values.text }}", "templates/other.yaml": configMap("other", "k: v")}
			whole, _ := json.Marshal(text)
			request := requestFor(spec[:len(spec)-1] + comma(spec) + `"values": {"text": ` + string(whole) + `}}`)
			short := Run(example(files), request)
			withoutShortcut = true
			long := Run(example(files), request)
			withoutShortcut = false
			if got, want := asText(t, short), asText(t, long); got != want {
				t.Errorf("%s with %s\nshort %s\nlong  %s", name, spec, got, want)
			}
			if short.Failure == nil && len(short.Objects) > 1 {
				taken++
			}
		}
	}
	if taken < len(documents) {
		t.Errorf("only %d of the examples give objects", taken)
	}
}

func comma(spec string) string {
	if spec == "{}" {
		return ""
	}
	return ", "
}

func asText(t *testing.T, result *api.HelmResult) string {
	t.Helper()
	text, err := json.MarshalIndent(result, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
