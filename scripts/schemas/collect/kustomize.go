package main

import (
	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	_ "sigs.k8s.io/kustomize/api/types" // Pins the module whose types are read below.

	"sigs.k8s.io/controller-tools/pkg/crd"
)

const kustomizeTypes = "sigs.k8s.io/kustomize/api/types"

// kustomizeSchemas makes schemas of the Go types that kustomize decodes its own files into. The types carry no markers:
// which fields are required is not known from them.
func kustomizeSchemas() (map[string]apiext.JSONSchemaProps, error) {
	parser, roots, err := parse(".", kustomizeTypes)
	if err != nil {
		return nil, err
	}
	parser.AllowDangerousTypes = true
	found := map[string]apiext.JSONSchemaProps{}
	for _, name := range []string{"Kustomization"} {
		ident := crd.TypeIdent{Package: roots[0], Name: name}
		parser.NeedFlattenedSchemaFor(ident)
		found[name] = parser.FlattenedSchemata[ident]
	}
	// The generator complains of maps with free values (Helm's), and leaves them open, which is right here.
	return found, nil
}
