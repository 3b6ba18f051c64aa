package build

import (
	"encoding/json"
	"maps"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	kustomizeapi "github.com/fluxcd/pkg/apis/kustomize"
)

// spec has the fields of a Kustomization that the pipeline reads itself (`api/v1/kustomization_types.go`).
// The generator reads the rest from the object.
type spec struct {
	Path           string               `json:"path"`
	Decryption     *decryption          `json:"decryption"`
	PostBuild      *postBuild           `json:"postBuild"`
	CommonMetadata *commonMetadata      `json:"commonMetadata"`
	Images         []kustomizeapi.Image `json:"images"`
}

type decryption struct {
	Provider  string `json:"provider"`
	SecretRef *struct {
		Name string `json:"name"`
	} `json:"secretRef"`
}

type postBuild struct {
	SubstituteStrategy string            `json:"substituteStrategy"`
	Substitute         map[string]string `json:"substitute"`
	SubstituteFrom     []struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"substituteFrom"`
}

type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func readSpec(kustomization map[string]any) (spec, error) {
	var read struct {
		Spec spec `json:"spec"`
	}
	text, err := json.Marshal(kustomization)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	return read.Spec, err
}

// asController is the Kustomization as the controller hands it to the generator: its typed form turned back into a map,
// which has no empty optional strings and none of the fields of former API versions.
func asController(kustomization map[string]any, flux string) map[string]any {
	object := runtime.DeepCopyJSON(kustomization)
	fields, ok := object["spec"].(map[string]any)
	if !ok {
		return object
	}
	for _, name := range []string{"targetNamespace", "namePrefix", "nameSuffix"} {
		if fields[name] == "" {
			delete(fields, name)
		}
	}
	for _, name := range []string{"patchesStrategicMerge", "patchesJson6902"} {
		delete(fields, name)
	}
	for name, value := range maps.Clone(fields) {
		if value == nil {
			delete(fields, name)
		}
	}
	if flux < mergesImages {
		delete(fields, "images")
	}
	return object
}

// findFolder joins `spec.path` to the artifact as filepath-securejoin does, which is lexical where there are no symlinks.
func (b *builder) findFolder() error {
	b.folder = path.Join(artifactRoot, path.Clean("/"+b.spec.Path))
	_, err := b.fs.Stat(b.folder)
	if err != nil {
		return wrap("kustomization path not found", err)
	}
	return nil
}

// relative leaves the artifact's place out of a text.
func relative(text string) string {
	text = strings.ReplaceAll(text, artifactRoot+"/", "")
	return strings.ReplaceAll(text, artifactRoot, ".")
}
