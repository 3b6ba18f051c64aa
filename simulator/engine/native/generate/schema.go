// How the API server merges lists, from the schema text that client-go publishes for server-side
// apply. It sits in an internal package, so the text is read from the source file.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/schema"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// schemaLists is model name → field → "(key,key=default)" of the lists that are merged by key, "()"
// of those that are sets.
type schemaLists map[string]map[string]string

func loadSchema() (schemaLists, error) {
	text, err := schemaText()
	if err != nil {
		return nil, err
	}
	schemaParser, err := typed.NewParser(typed.YAMLObject(text))
	if err != nil {
		return nil, fmt.Errorf("schema of client-go: %w", err)
	}
	parsed := &schemaParser.Schema
	lists := schemaLists{}
	for _, definition := range parsed.Types {
		if definition.Map == nil {
			continue
		}
		fields := map[string]string{}
		for _, field := range definition.Map.Fields {
			if list := field.Type.Inlined.List; list != nil && list.ElementRelationship == schema.Associative {
				fields[field.Name] = keysOf(parsed, list)
			}
		}
		lists[definition.Name] = fields
	}
	return lists, nil
}

func keysOf(parsed *schema.Schema, list *schema.List) string {
	var keys []string
	element, _ := parsed.Resolve(list.ElementType)
	for _, key := range list.Keys {
		if element.Map != nil {
			if field, ok := element.Map.FindField(key); ok && field.Default != nil {
				text, err := json.Marshal(field.Default)
				if err != nil {
					panic(err)
				}
				key += "=" + string(text)
			}
		}
		keys = append(keys, key)
	}
	return "(" + strings.Join(keys, ",") + ")"
}

func schemaText() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/client-go").Output()
	if err != nil {
		return "", fmt.Errorf("finding the sources of client-go: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(dir)), "applyconfigurations", "internal", "internal.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return "", err
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
	if longest == "" {
		return "", fmt.Errorf("%s: no schema text", path)
	}
	return longest, nil
}

// modelName is the schema's name of a Go type: k8s.io/api/apps/v1.Deployment is
// io.k8s.api.apps.v1.Deployment.
func modelName(goType reflect.Type) string {
	return "io.k8s." + strings.ReplaceAll(strings.TrimPrefix(goType.PkgPath(), "k8s.io/"), "/", ".") + "." + goType.Name()
}
