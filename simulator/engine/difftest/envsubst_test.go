package difftest

// The table of fluxcd/pkg envsubst `eval_test.go`, read from the source of the pinned module, against the engine.
// Each row is a ConfigMap that is built with the row's parameters as `postBuild.substitute`.

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// row is one entry of an `expressions` table.
type row struct {
	table, input, output string
	params               map[string]string
	fails                bool
}

func TestEnvsubstTable(t *testing.T) {
	rows := envsubstRows(t)
	if len(rows) < 57 {
		t.Fatalf("only %d rows were found in upstream's tables", len(rows))
	}
	var questions []question
	for i, row := range rows {
		artifact := fmt.Sprint("row-", i)
		questions = append(questions, putFiles(artifact, map[string]string{"cm.yaml": row.manifest()}), row.build(artifact))
	}
	answers := ask(t, questions...)
	for i, row := range rows {
		t.Run(row.table+" "+row.input, func(t *testing.T) {
			var answer buildAnswer
			decode(t, answers[2*i+1], &answer)
			row.compare(t, answer)
		})
	}
}

func (r row) manifest() string {
	text, _ := json.Marshal(framed(r.input))
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: row}\ndata: {value: " + string(text) + "}\n"
}

// framed keeps YAML from trimming the text, or from reading it as a number.
func framed(text string) string {
	return "from " + text + " to"
}

// build has an unused parameter beside the row's, since without any the controller leaves the text alone.
func (r row) build(artifact string) question {
	substitute := map[string]string{"sluice_unused": "unused"}
	for name, value := range r.params {
		substitute[name] = value
	}
	return question{opBuild, map[string]any{
		"artifact": artifact, "flux": "2.9", "strict": r.table == "TestExpandStrict", "undecryptable": "fail", "mode": "exact",
		"kustomization": kustomization("row", "flux-system", map[string]any{
			"path": "./", "prune": true, "postBuild": map[string]any{"substitute": substitute},
		}),
	}}
}

func (r row) compare(t *testing.T, answer buildAnswer) {
	t.Helper()
	if r.fails {
		if answer.Failure == nil || !strings.Contains(answer.Failure.Message, "variable not set (strict mode)") {
			t.Fatalf("upstream fails, the engine answers %+v", answer)
		}
		return
	}
	if answer.Failure != nil {
		t.Fatalf("upstream gives %q, the engine fails: %s", r.output, answer.Failure.Message)
	}
	var object struct{ Data struct{ Value string } }
	decode(t, []byte(answer.Objects[0].JSON), &object)
	if wanted := framed(r.output); object.Data.Value != wanted {
		t.Errorf("upstream gives %q, the engine %q", wanted, object.Data.Value)
	}
}

func envsubstRows(t *testing.T) []row {
	t.Helper()
	name := filepath.Join(moduleInUse(t, "github.com/fluxcd/pkg/envsubst"), "eval_test.go")
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, declaration := range file.Decls {
		function, isFunction := declaration.(*ast.FuncDecl)
		if !isFunction {
			continue
		}
		ast.Inspect(function, func(node ast.Node) bool {
			literal, isLiteral := node.(*ast.CompositeLit)
			if !isLiteral || !isTable(literal) {
				return true
			}
			for _, entry := range literal.Elts {
				rows = append(rows, readRow(t, function.Name.Name, entry))
			}
			return false
		})
	}
	return rows
}

func isTable(literal *ast.CompositeLit) bool {
	list, isList := literal.Type.(*ast.ArrayType)
	if !isList {
		return false
	}
	_, ofStructs := list.Elt.(*ast.StructType)
	return ofStructs
}

// readRow fails on anything that it does not know, so that a new shape of the table is noticed.
func readRow(t *testing.T, table string, entry ast.Expr) row {
	t.Helper()
	result := row{table: table, params: map[string]string{}}
	for _, element := range entry.(*ast.CompositeLit).Elts {
		pair := element.(*ast.KeyValueExpr)
		switch name := pair.Key.(*ast.Ident).Name; name {
		case "input":
			result.input = readString(t, pair.Value)
		case "output":
			result.output = readString(t, pair.Value)
		case "params":
			for _, param := range pair.Value.(*ast.CompositeLit).Elts {
				param := param.(*ast.KeyValueExpr)
				result.params[readString(t, param.Key)] = readString(t, param.Value)
			}
		case "wantErr":
			identifier := pair.Value.(*ast.Ident).Name
			if identifier != "nil" && identifier != "errVarNotSet" {
				t.Fatalf("unknown error %s", identifier)
			}
			result.fails = identifier != "nil"
		default:
			t.Fatalf("unknown field %s", name)
		}
	}
	return result
}

func readString(t *testing.T, expression ast.Expr) string {
	t.Helper()
	text, err := strconv.Unquote(expression.(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
