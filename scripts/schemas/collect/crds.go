package main

import (
	"errors"
	"sort"

	"golang.org/x/tools/go/packages"
	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-tools/pkg/crd"
	crdmarkers "sigs.k8s.io/controller-tools/pkg/crd/markers"
	"sigs.k8s.io/controller-tools/pkg/loader"
	"sigs.k8s.io/controller-tools/pkg/markers"
)

// fluxCRDs does what `controller-gen crd` does for all packages that the module in the folder imports.
func fluxCRDs(folder string) ([]apiext.CustomResourceDefinition, error) {
	pins, err := packages.Load(&packages.Config{Mode: packages.NeedImports | packages.NeedName, Dir: folder}, ".")
	if err != nil {
		return nil, err
	}
	var paths []string
	for path := range pins[0].Imports {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	parser, roots, err := parse(folder, paths...)
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		parser.NeedPackage(root)
	}
	var found []apiext.CustomResourceDefinition
	for _, kind := range crd.FindKubeKinds(parser, crd.FindMetav1(roots)) {
		parser.NeedCRDFor(kind, nil)
		made := parser.CustomResourceDefinitions[kind]
		crd.FixTopLevelMetadata(made)
		found = append(found, made)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, firstError(roots)
}

func parse(folder string, paths ...string) (*crd.Parser, []*loader.Package, error) {
	roots, err := loader.LoadRootsWithConfig(&packages.Config{Dir: folder}, paths...)
	if err != nil {
		return nil, nil, err
	}
	registry := &markers.Registry{}
	if err := crdmarkers.Register(registry); err != nil {
		return nil, nil, err
	}
	parser := &crd.Parser{
		Collector: &markers.Collector{Registry: registry},
		Checker:   &loader.TypeChecker{NodeFilters: []loader.NodeFilter{crd.Generator{}.CheckFilter()}},
	}
	crd.AddKnownTypes(parser)
	return parser, roots, firstError(roots)
}

func firstError(roots []*loader.Package) error {
	for _, root := range roots {
		for _, problem := range root.Errors {
			// Imports are not loaded, so the type checker misses what it does not need; controller-gen passes over it too.
			if problem.Kind != packages.TypeError {
				return errors.New(root.PkgPath + ": " + problem.Error())
			}
		}
	}
	return nil
}
