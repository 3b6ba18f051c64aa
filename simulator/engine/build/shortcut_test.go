package build

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	generator "github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

const head = "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec:\n"

func parse(t *testing.T, spec string) *resource.Resource {
	t.Helper()
	resources, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes([]byte(head + spec))
	if err != nil || len(resources) != 1 {
		t.Fatal(spec, err)
	}
	return resources[0]
}

// What the shortcut leaves alone must be what upstream would give back.
func TestUntouchedResourcesAreWhatUpstreamGivesBack(t *testing.T) {
	specs := []string{
		"  a: text\n", "  a: 1\n  b: -15\n", "  a: true\n  b: null\n  c: ~\n", "  a: [x, {b: c}]\n", "  a: 'yes'\n  b: \"1e3\"\n",
		"  a: |\n    lines\n    more\n", "  a: >-\n    folded\n", "  a: 2020-01-01\n", "  a: 012\n", "  a: 0o17\n", "  a: 1e3\n",
		"  a: .5\n", "  a: 9007199254740993\n", "  a: 999999999999999\n", "  a: yes\n", "  a: {}\n  b: []\n", "  a: ''\n",
		"  a: é<&>\n", "  a: '#not a comment'\n", "  a: ${x}\n", "  a: $$\n", "  a: 1_000\n", "  a: '0123456789012345678'\n",
	}
	kustomization := unstructured.Unstructured{Object: map[string]any{
		"spec": map[string]any{"postBuild": map[string]any{"substitute": map[string]any{"x": "value"}}},
	}}
	untouched := 0
	for _, spec := range specs {
		res := parse(t, spec)
		if !isUntouched(res) {
			continue
		}
		untouched++
		before, err := res.AsYAML()
		if err != nil {
			t.Fatal(spec, err)
		}
		cluster := newCluster(&api.KustomizeRequest{})
		if _, err := generator.SubstituteVariables(context.Background(), cluster, kustomization, res, generator.SubstituteWithStrict(true)); err != nil {
			t.Errorf("%q: %v", spec, err)
		}
		after, err := res.AsYAML()
		if err != nil || string(before) != string(after) {
			t.Errorf("%q: %v\nbefore %s\nafter  %s", spec, err, before, after)
		}
	}
	if untouched < 10 {
		t.Errorf("only %d of %d are taken for untouched", untouched, len(specs))
	}
}

func TestTouched(t *testing.T) {
	for _, spec := range []string{"  a: x${b}\n", "  ${a}: b\n", "  a: [[$]]\n", "  a: .inf\n", "  a: 1e21\n", "  1: a\n", "  a: 9007199254740993\n"} {
		if isUntouched(parse(t, spec)) {
			t.Errorf("%q is taken for untouched", spec)
		}
	}
}

// What is read directly must be what the way through YAML text gives.
func TestPlainObjectsAreWhatTheTextGives(t *testing.T) {
	specs := []string{
		"  a: text\n  b: 1\n  c: -15\n  d: 0\n", "  a: true\n  b: null\n  c: [x, {b: c}, []]\n", "  a: 'yes'\n  b: \"1e3\"\n  c: '007'\n",
		"  a: |\n    ---\n    more\n", "  a: ${x}\n  $y: z\n", "  a: 999999999999999\n", "  a: é<&>\n",
		"  a: ''\n  'y': n\n  '': z\n  '1': 2\n", "  a: \" x \"\n  b: '- a'\n  c: 'a: b'\n  d: '~'\n  e: '!!int'\n",
	}
	for _, spec := range specs {
		compareWithText(t, spec)
	}
	for _, spec := range []string{"  a: 012\n", "  a: 0o17\n", "  a: 1e3\n", "  a: .5\n", "  a: -0\n", "  a: 9007199254740993\n", "  a: ~\n", "  a: yes\n  b: 1_0\n", "  1: a\n",
		"  a: >\n    x\n\n    y\n", "  a: \"\\u0085\"\n", "  a: \"\\ufeff\"\n", "  a: \"\\u2028\"\n", "  a: \"\\t\"\n", "  a: \"\\r\\n\"\n", "  a: \"\\U0001F600\"\n"} {
		if plainObject(parse(t, spec)) != nil {
			t.Errorf("%q is taken for plain", spec)
		}
	}
}

func compareWithText(t *testing.T, spec string) {
	t.Helper()
	res := parse(t, spec)
	direct := plainObject(res)
	if direct == nil {
		t.Errorf("%q is not plain", spec)
		return
	}
	text, err := res.AsYAML()
	if err != nil {
		t.Fatal(spec, err)
	}
	var read unstructured.Unstructured
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(spec, err)
	}
	if !reflect.DeepEqual(read.Object, direct.Object) {
		t.Errorf("%q\ntext   %#v\ndirect %#v", spec, read.Object, direct.Object)
	}
}

// Texts made of what YAML writes in many ways: white space at every place, indicators, words that are values.
func TestPlainTextsAreWhatTheTextGives(t *testing.T) {
	pieces := []string{" ", "  ", "\n", "\n\n", "\n ", "-", "- ", ":", ": ", "#", " #", "'", "\\\"", "%", "@", "`", "|", ">", "&a", "*a", "!!int ", "?", "? ",
		"[", "]", "{", "}", ",", "---", "...", "yes", "null", "~", "1", "0x1", "1e3", "2020-01-01", "é", "ab", "word word", "=", "<<", "\\\\", strings.Repeat("long line ", 12)}
	random := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		text := randomText(random, pieces)
		quoted := strings.ReplaceAll(text, "\n", "\\n")
		compareWithText(t, "  a: \""+quoted+"\"\n  \""+quoted+"\": b\n")
		plain := strings.NewReplacer("\\\"", "\"", "\\\\", "\\").Replace(text)
		for _, header := range []string{"|", "|-", "|+", ">"} {
			compareBlock(t, "  a: "+header+"2\n    x"+strings.ReplaceAll(plain, "\n", "\n    ")+"\n  b: c\n")
		}
	}
}

func randomText(random *rand.Rand, pieces []string) string {
	var text strings.Builder
	for range 1 + random.IntN(8) {
		text.WriteString(pieces[random.IntN(len(pieces))])
	}
	return text.String()
}

// compareBlock leaves out what is not YAML or not plain.
func compareBlock(t *testing.T, spec string) {
	t.Helper()
	resources, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes([]byte(head + spec))
	if err == nil && len(resources) == 1 && plainObject(resources[0]) != nil {
		compareWithText(t, spec)
	}
}
