// Command collect prints, as one JSON object, everything about schemas that only Go knows: the CRDs that upstream's own
// generator makes from the API packages of the Flux controllers, the type of a kustomization.yaml, and since when until
// when the APIs of Kubernetes are served. Arguments are pairs of a Flux minor and the folder of the module that pins it.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

type collected struct {
	// Flux has the CRDs of each minor.
	Flux map[string][]apiext.CustomResourceDefinition `json:"flux"`
	// Kustomize has the schemas of kustomization.yaml.
	Kustomize map[string]apiext.JSONSchemaProps `json:"kustomize"`
	Lifecycle []lifecycle                       `json:"lifecycle"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	result := collected{Flux: map[string][]apiext.CustomResourceDefinition{}, Lifecycle: lifecycles()}
	for len(args) >= 2 {
		crds, err := fluxCRDs(args[1])
		if err != nil {
			return fmt.Errorf("Flux %s: %w", args[0], err)
		}
		result.Flux[args[0]] = crds
		args = args[2:]
	}
	var err error
	if result.Kustomize, err = kustomizeSchemas(); err != nil {
		return fmt.Errorf("kustomization.yaml: %w", err)
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
