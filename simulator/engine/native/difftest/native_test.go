// Package difftest holds the interpreter of the generated table against the real thing:
// fluxcd/pkg ssa/normalize over client-go's types, and structured-merge-diff over client-go's
// schema. It is a module of its own because the engine itself must not link those.
package difftest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"

	// The whole of pkg/ssa is linked so that the scheme is what kustomize-controller sees.
	_ "github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/randfill"

	"sluice.dev/engine/native"
)

var (
	rounds  = flag.Int("rounds", 40, "random objects per kind")
	corpora = flag.String("corpora", os.Getenv("NATIVE_CORPORA"), "comma-separated JSON files of objects to compare besides")
)

// objectKinds are the kinds that the controller can send, in stable order.
func objectKinds() []schema.GroupVersionKind {
	var kinds []schema.GroupVersionKind
	for gvk := range scheme.Scheme.AllKnownTypes() {
		typed, err := scheme.Scheme.New(gvk)
		if err != nil {
			continue
		}
		if _, ok := typed.(metav1.Object); ok {
			kinds = append(kinds, gvk)
		}
	}
	slices.SortFunc(kinds, func(a, b schema.GroupVersionKind) int { return strings.Compare(a.String(), b.String()) })
	return kinds
}

func TestRandomObjectsOfEveryKind(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	filler := randfill.NewWithSeed(7).NilChance(0.4).NumElements(0, 3).MaxDepth(12).Funcs(fillers()...)
	for _, gvk := range objectKinds() {
		for range *rounds {
			typed, _ := scheme.Scheme.New(gvk)
			filler.Fill(typed)
			object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
			if err != nil {
				t.Fatalf("%v: %v", gvk, err)
			}
			object["apiVersion"], object["kind"] = gvk.GroupVersion().String(), gvk.Kind
			compare(t, plain(t, object))
			for range 3 {
				mutated := mutateMap(random, plain(t, object))
				mutated["apiVersion"], mutated["kind"] = gvk.GroupVersion().String(), gvk.Kind
				compare(t, mutated)
			}
			if t.Failed() {
				return
			}
		}
	}
}

func TestObjectsOfTheCorpora(t *testing.T) {
	for path := range strings.SplitSeq(*corpora, ",") {
		if path == "" {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var entries []struct{ Object json.RawMessage }
		if err := json.Unmarshal(data, &entries); err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			var object unstructured.Unstructured
			if err := object.UnmarshalJSON(entry.Object); err != nil {
				t.Fatal(err)
			}
			compare(t, object.Object)
			checkSettled(t, object.Object)
		}
	}
}

// checkSettled wants an object that the controller applied, and the API server took, to stay as it
// is. Helm's objects were never normalised, so only the refusal counts for them.
func checkSettled(t *testing.T, object map[string]any) {
	t.Helper()
	out, _, err := native.Normalise(object)
	if err != nil {
		t.Errorf("the API server took this: %v", err)
	}
	labels, _, _ := unstructured.NestedStringMap(object, "metadata", "labels")
	if _, ours := labels["kustomize.toolkit.fluxcd.io/name"]; !ours {
		return
	}
	if before, after := marshal(t, object), marshal(t, out); !bytes.Equal(before, after) {
		t.Errorf("changed again\nbefore %s\nafter  %s", before, after)
	}
}

func TestObjectsOfNoKnownKind(t *testing.T) {
	for _, object := range []map[string]any{
		{"apiVersion": "example.test/v1", "kind": "Widget", "metadata": map[string]any{"name": "w"}, "status": map[string]any{"a": int64(1)}},
		{"apiVersion": "example.test/v1", "kind": "Widget"},
		{"apiVersion": "v1", "kind": "Nothing", "metadata": nil},
		{"apiVersion": "v1", "kind": "Nothing", "metadata": "text"},
		{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "status": map[string]any{}},
		{"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "status": map[string]any{}},
	} {
		compare(t, object)
	}
}

// compare normalises a copy of the object both ways.
func compare(t *testing.T, object map[string]any) {
	t.Helper()
	before := marshal(t, object)
	out, known, failure := native.Normalise(object)
	if after := marshal(t, object); !bytes.Equal(before, after) {
		t.Errorf("the argument was changed\nbefore %s\nafter  %s", before, after)
	}
	real := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(object)}
	if err := normalize.UnstructuredList([]*unstructured.Unstructured{real}); err != nil {
		t.Errorf("upstream fails: %v", err)
		return
	}
	if want, got := marshal(t, real.Object), marshal(t, out); !bytes.Equal(want, got) {
		t.Errorf("different objects from %s\nwant %s\ngot  %s", before, want, got)
	}
	if registered := scheme.Scheme.Recognizes(real.GroupVersionKind()); registered != known {
		t.Errorf("%v: known is %v, registered is %v", real.GroupVersionKind(), known, registered)
	}
	if known {
		_, notTyped := normalize.FromUnstructured(real)
		compareRefusal(t, real, notTyped, failure)
	}
}

func marshal(t *testing.T, object any) []byte {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// plain makes an object what reading JSON gives: int64, float64 and so on.
func plain(t *testing.T, object map[string]any) map[string]any {
	t.Helper()
	var read unstructured.Unstructured
	if err := read.UnmarshalJSON(marshal(t, object)); err != nil {
		t.Fatal(fmt.Errorf("%w: %s", err, marshal(t, object)))
	}
	return read.Object
}
