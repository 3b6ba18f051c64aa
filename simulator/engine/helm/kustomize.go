package helm

import (
	"encoding/json"
	"fmt"

	fluxkustomize "github.com/fluxcd/pkg/apis/kustomize"
	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"sluice.dev/engine/build"
)

// kustomizeBuild is the post-renderer `kustomize` (`internal/postrender/kustomize.go`).
func kustomizeBuild(stream []byte, patches []fluxkustomize.Patch, images []fluxkustomize.Image) (out []byte, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("recovered from kustomize build panic: %v", recovered)
		}
	}()
	const input = "helm-output.yaml"
	file := kustypes.Kustomization{Resources: []string{input}}
	file.APIVersion, file.Kind = kustypes.KustomizationVersion, kustypes.KustomizationKind
	for _, image := range images {
		file.Images = append(file.Images, kustypes.Image{
			Name: image.Name, NewName: image.NewName, NewTag: image.NewTag, Digest: image.Digest,
		})
	}
	for _, patch := range patches {
		file.Patches = append(file.Patches, kustypes.Patch{Patch: patch.Patch, Target: selector(patch.Target)})
	}
	text, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	files := filesys.MakeFsInMemory()
	if err := files.WriteFile(input, stream); err != nil {
		return nil, err
	}
	if err := files.WriteFile("kustomization.yaml", text); err != nil {
		return nil, err
	}
	build.ResetSchema()
	options := &krusty.Options{LoadRestrictions: kustypes.LoadRestrictionsNone, PluginConfig: kustypes.DisabledPluginConfig()}
	built, err := krusty.MakeKustomizer(options).Run(files, ".")
	if err != nil {
		return nil, err
	}
	return built.AsYaml()
}

func selector(target *fluxkustomize.Selector) *kustypes.Selector {
	if target == nil {
		return nil
	}
	out := &kustypes.Selector{LabelSelector: target.LabelSelector, AnnotationSelector: target.AnnotationSelector}
	out.Group, out.Kind, out.Version = target.Group, target.Kind, target.Version
	out.Name, out.Namespace = target.Name, target.Namespace
	return out
}

// labelStep is the post-renderer of common metadata and that of the owner labels (`internal/postrender/common_renderer.go`).
type labelStep struct {
	labels, annotations map[string]string
}

func (s labelStep) run(stream []byte) ([]byte, error) {
	if s.labels == nil && s.annotations == nil {
		return stream, nil
	}
	build.ResetSchema()
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	resources, err := factory.NewResMapFromBytes(stream)
	if err != nil {
		return nil, err
	}
	if s.labels != nil {
		plugin := builtins.LabelTransformerPlugin{
			Labels:     s.labels,
			FieldSpecs: []kustypes.FieldSpec{{Path: "metadata/labels", CreateIfNotPresent: true}},
		}
		if err := plugin.Transform(resources); err != nil {
			return nil, err
		}
	}
	if s.annotations != nil {
		plugin := builtins.AnnotationsTransformerPlugin{
			Annotations: s.annotations,
			FieldSpecs:  []kustypes.FieldSpec{{Path: "metadata/annotations", CreateIfNotPresent: true}},
		}
		if err := plugin.Transform(resources); err != nil {
			return nil, err
		}
	}
	return resources.AsYaml()
}
