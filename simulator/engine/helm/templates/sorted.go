package templates

import (
	"maps"
	"slices"
	"text/template"
)

// sorted are sprig's functions (`dict.go`) that give what is in a map in no particular order; here it is that of the keys.
func sorted() template.FuncMap {
	return template.FuncMap{
		"keys": func(dicts ...map[string]any) []string {
			names := []string{}
			for _, dict := range dicts {
				names = append(names, slices.Sorted(maps.Keys(dict))...)
			}
			return names
		},
		"values": func(dict map[string]any) []any {
			values := []any{}
			for _, name := range slices.Sorted(maps.Keys(dict)) {
				values = append(values, dict[name])
			}
			return values
		},
	}
}
