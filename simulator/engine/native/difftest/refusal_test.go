package difftest

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"sluice.dev/engine/native"
)

// compareRefusal holds the refusal against structured-merge-diff's, message by message.
func compareRefusal(t *testing.T, sent *unstructured.Unstructured, notTyped, failure error) {
	t.Helper()
	goType := scheme.Scheme.AllKnownTypes()[sent.GroupVersionKind()]
	model := "io.k8s." + strings.ReplaceAll(strings.TrimPrefix(goType.PkgPath(), "k8s.io/"), "/", ".") + "." + goType.Name()
	schema := serverSchema()
	if _, ok := schema.Schema.FindNamedType(model); !ok {
		return
	}
	_, err := schema.Type(model).FromUnstructured(sent.Object)
	var real typed.ValidationErrors
	if err != nil && !errors.As(err, &real) {
		t.Fatalf("%T: %v", err, err)
	}
	var ours *native.ApplyError
	if failure != nil && !errors.As(failure, &ours) {
		t.Fatalf("%T: %v", failure, failure)
	}
	switch {
	case len(real) == 0 && ours == nil:
		if notTyped != nil {
			t.Errorf("conversion fails (%v), we accept %s", notTyped, marshal(t, sent.Object))
		}
	case len(real) == 0:
		if notTyped == nil || !strings.HasSuffix(ours.Message, notTyped.Error()) {
			t.Errorf("the conversion says %v, we say %s about %s", notTyped, ours.Message, marshal(t, sent.Object))
		}
	case ours == nil:
		t.Errorf("the schema refuses (%v), we accept %s", err, marshal(t, sent.Object))
	default:
		compareFindings(t, real, ours.Message)
	}
}

// compareFindings allows for upstream's random order: it stops at the first unknown field of a map,
// so each of its findings must be ours, and each of ours must be its unless it stopped.
func compareFindings(t *testing.T, real typed.ValidationErrors, message string) {
	t.Helper()
	_, message, _ = strings.Cut(message, "): ")
	ours := []string{message}
	if rest, several := strings.CutPrefix(message, "errors:\n  "); several {
		ours = strings.Split(rest, "\n  ")
	}
	stopped := false
	for _, finding := range real {
		if finding.ErrorMessage == "field not declared in schema" {
			stopped = true
			continue
		}
		if !slices.Contains(ours, finding.Error()) {
			t.Errorf("missing: %s\nin %q", finding.Error(), ours)
		}
	}
	if !stopped && len(ours) != len(real) {
		t.Errorf("upstream says %v\nwe say %q", real, ours)
	}
}

// serverSchema is the schema that client-go publishes, from its source text.
var serverSchema = sync.OnceValue(func() *typed.Parser {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/client-go").Output()
	if err != nil {
		panic(err)
	}
	path := filepath.Join(strings.TrimSpace(string(dir)), "applyconfigurations", "internal", "internal.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		panic(err)
	}
	longest := ""
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && len(text) > len(longest) {
				longest = text
			}
		}
		return true
	})
	result, err := typed.NewParser(typed.YAMLObject(longest))
	if err != nil {
		panic(err)
	}
	return result
})
