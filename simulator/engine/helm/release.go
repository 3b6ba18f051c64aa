package helm

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/apis/meta"
	"sigs.k8s.io/yaml"
)

// helmGroup is the API group whose labels name the owner of an object.
const helmGroup = "helm.toolkit.fluxcd.io"

// helmRelease has the fields of a HelmRelease that decide its render (`helm-controller api/v2/helmrelease_types.go`).
type helmRelease struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec releaseSpec `json:"spec"`
}

type releaseSpec struct {
	ReleaseName        string                 `json:"releaseName"`
	TargetNamespace    string                 `json:"targetNamespace"`
	StorageNamespace   string                 `json:"storageNamespace"`
	Values             json.RawMessage        `json:"values"`
	ValuesFrom         []meta.ValuesReference `json:"valuesFrom"`
	PostRenderers      []postRenderer         `json:"postRenderers"`
	PostRenderStrategy string                 `json:"postRenderStrategy"`
	CommonMetadata     *commonMetadata        `json:"commonMetadata"`
	Install            installSpec            `json:"install"`
	Upgrade            upgradeSpec            `json:"upgrade"`
	Test               struct {
		Enable  bool `json:"enable"`
		Filters []struct {
			Name    string `json:"name"`
			Exclude bool   `json:"exclude"`
		} `json:"filters"`
	} `json:"test"`
}

type postRenderer struct {
	Kustomize *struct {
		Patches []kustomize.Patch `json:"patches"`
		Images  []kustomize.Image `json:"images"`
	} `json:"kustomize"`
}

type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type actionSpec struct {
	CRDs                    string `json:"crds"`
	DisableHooks            bool   `json:"disableHooks"`
	DisableSchemaValidation bool   `json:"disableSchemaValidation"`
}

type installSpec struct {
	actionSpec
	CreateNamespace bool `json:"createNamespace"`
}

type upgradeSpec struct {
	actionSpec
	PreserveValues          bool   `json:"preserveValues"`
	ChartNameChangeStrategy string `json:"chartNameChangeStrategy"`
}

func readRelease(text []byte) (*helmRelease, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	release := &helmRelease{}
	if err := decoder.Decode(release); err != nil {
		return nil, fmt.Errorf("the HelmRelease is not valid: %w", err)
	}
	return release, nil
}

// name follows GetReleaseName; Helm gets it shortened.
func (r *helmRelease) name() string {
	switch {
	case r.Spec.ReleaseName != "":
		return r.Spec.ReleaseName
	case r.Spec.TargetNamespace != "":
		return r.Spec.TargetNamespace + "-" + r.Metadata.Name
	}
	return r.Metadata.Name
}

func (r *helmRelease) namespace() string {
	if r.Spec.TargetNamespace != "" {
		return r.Spec.TargetNamespace
	}
	return r.Metadata.Namespace
}

// storageNamespace follows GetStorageNamespace: a target namespace does not move what Helm stores.
func (r *helmRelease) storageNamespace() string {
	if r.Spec.StorageNamespace != "" {
		return r.Spec.StorageNamespace
	}
	return r.Metadata.Namespace
}

// values follows GetValues: numbers are read as YAML reads JSON.
func (r *helmRelease) values() map[string]any {
	var values map[string]any
	if len(r.Spec.Values) > 0 {
		_ = yaml.Unmarshal(r.Spec.Values, &values)
	}
	return values
}

// action has the settings of what is going to happen.
func (r *helmRelease) action(isUpgrade bool) actionSpec {
	if isUpgrade {
		return r.Spec.Upgrade.actionSpec
	}
	return r.Spec.Install.actionSpec
}

// strategy follows toHelmPostRenderStrategy (`internal/action/post_render.go`). Before Flux 2.9 there was one way only.
func (r *helmRelease) strategy(flux string, useHelm3Defaults bool) string {
	switch {
	case flux < "2.9":
		return strategyNoHooks
	case r.Spec.PostRenderStrategy != "":
		return r.Spec.PostRenderStrategy
	case useHelm3Defaults:
		return strategyNoHooks
	}
	return strategyCombined
}
