package templates

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// maxLookups is how many questions to the cluster one render may ask. Each one is answered by the host.
const maxLookups = 2000

// growing are the functions with which a loop of forty turns doubles a text or a list beyond any memory. What they give is
// looked at each time, so that one turn too many is the last.
func growing() template.FuncMap {
	own := sprig.TxtFuncMap()
	cat := own["cat"].(func(...any) string)
	join := own["join"].(func(string, any) string)
	concat := own["concat"].(func(...any) any)
	text := func(name, made string) (string, error) { return made, checkSize(name, len(made)) }
	return template.FuncMap{
		"print":   func(args ...any) (string, error) { return text("print", fmt.Sprint(args...)) },
		"println": func(args ...any) (string, error) { return text("println", fmt.Sprintln(args...)) },
		"printf": func(format string, args ...any) (string, error) {
			return text("printf", fmt.Sprintf(format, args...))
		},
		"cat": func(args ...any) (string, error) { return text("cat", cat(args...)) },
		"join": func(separator string, list any) (string, error) {
			return text("join", join(separator, list))
		},
		"replace": func(old, with, from string) (string, error) {
			if extra := len(with) - len(old); extra > 0 && strings.Count(from, old) > maxOutput/extra {
				return "", checkSize("replace", maxOutput+1)
			}
			return text("replace", strings.ReplaceAll(from, old, with))
		},
		"concat": func(lists ...any) (any, error) {
			length := 0
			for _, list := range lists {
				if value := reflect.ValueOf(list); value.Kind() == reflect.Slice || value.Kind() == reflect.Array {
					length += value.Len()
				}
			}
			if err := checkList("concat", 0, length, 1); err != nil {
				return nil, err
			}
			return concat(lists...), nil
		},
	}
}

// asking counts lookups.
func asking(lookup Lookup) Lookup {
	count := 0
	return func(apiVersion, kind, namespace, name string) (map[string]any, error) {
		if count++; count > maxLookups {
			return nil, fmt.Errorf("the templates look up more than %d objects: %w", maxLookups, ErrLimit)
		}
		return lookup(apiVersion, kind, namespace, name)
	}
}
