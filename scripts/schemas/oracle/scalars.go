package main

import (
	"encoding/json"

	kustomize "sigs.k8s.io/kustomize/kyaml/yaml"
	kubectl "sigs.k8s.io/yaml"
)

// reading is the JSON that a scalar becomes; empty when the text is no YAML or no JSON can hold it.
type reading struct {
	Kustomize string `json:"kustomize"`
	Kubectl   string `json:"kubectl"`
}

func readAll(texts []string) []reading {
	found := []reading{}
	for _, text := range texts {
		found = append(found, reading{inKustomize(text), inKubectl(text)})
	}
	return found
}

// inKustomize is what Resource.AsYAML does, and then what the API server gets to read.
func inKustomize(text string) string {
	node, err := kustomize.Parse("value: " + text + "\n")
	if err != nil {
		return ""
	}
	plain, err := node.MarshalJSON()
	if err != nil {
		return ""
	}
	written, err := kubectl.JSONToYAML(plain)
	if err != nil {
		return ""
	}
	read, err := kubectl.YAMLToJSON(written)
	if err != nil {
		return ""
	}
	return valueOf(read)
}

func inKubectl(text string) string {
	read, err := kubectl.YAMLToJSON([]byte("value: " + text + "\n"))
	if err != nil {
		return ""
	}
	return valueOf(read)
}

func valueOf(text []byte) string {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return ""
	}
	return string(object["value"])
}
