package build

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resource"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/remote"
)

const originAnnotation = "config.kubernetes.io/origin"

// addOrigins says for each object which file it came from. A second build finds it out,
// so that the exact output is never touched by kustomize's own tracking.
func (b *builder) addOrigins(result *api.KustomizeResult, built []*resource.Resource) {
	if len(result.Objects) == 0 {
		return
	}
	origins := b.origins()
	if len(origins) != len(built) {
		return
	}
	for i := range result.Objects {
		if at := b.positions[i]; at < len(origins) {
			result.Objects[i].Origin = origins[at]
		}
	}
}

// origins builds once more with tracking and gives the origin of each resource by position.
func (b *builder) origins() []*api.Origin {
	file, manifest := b.kustomizationWritten()
	if manifest == nil {
		return nil
	}
	var kustomization kustypes.Kustomization
	if err := yaml.Unmarshal(manifest, &kustomization); err != nil {
		return nil
	}
	kustomization.BuildMetadata = []string{kustypes.OriginAnnotations}
	tracked, err := yaml.Marshal(kustomization)
	if err != nil {
		return nil
	}
	if err := b.fs.WriteFile(file, tracked); err != nil {
		return nil
	}
	defer func() { _ = b.fs.WriteFile(file, manifest) }()
	resources := b.runTracked()
	origins := make([]*api.Origin, 0, len(resources))
	for _, res := range resources {
		origins = append(origins, b.origin(res))
	}
	return origins
}

func (b *builder) runTracked() (resources []*resource.Resource) {
	defer func() {
		if recover() != nil {
			resources = nil
		}
	}()
	remote.Current = b.remotes
	defer func() { remote.Current = nil }()
	if schemaChanged {
		openapi.ResetOpenAPI()
		_ = openapi.Schema()
	}
	options := &krusty.Options{LoadRestrictions: kustypes.LoadRestrictionsNone, PluginConfig: kustypes.DisabledPluginConfig()}
	built, err := krusty.MakeKustomizer(options).Run(b.fs, b.folder)
	if err != nil {
		return nil
	}
	return built.Resources()
}

func (b *builder) kustomizationWritten() (string, []byte) {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		file := path.Join(b.folder, name)
		if data, ok := b.fs.Written(file); ok {
			return file, data
		}
	}
	return "", nil
}

// origin reads kustomize's annotation; its paths start at the folder that is built, or at the root of a clone.
func (b *builder) origin(res *resource.Resource) *api.Origin {
	var note struct {
		Path         string `json:"path"`
		Repo         string `json:"repo"`
		Ref          string `json:"ref"`
		ConfiguredIn string `json:"configuredIn"`
	}
	text := res.GetAnnotations()[originAnnotation]
	if text == "" || yaml.Unmarshal([]byte(text), &note) != nil {
		return nil
	}
	place := note.Path
	if place == "" {
		place = note.ConfiguredIn
	}
	switch {
	case place == "":
		return nil
	case note.Repo != "" && note.Ref != "":
		return &api.Origin{Path: place, Remote: note.Repo + "?ref=" + note.Ref}
	case note.Repo != "":
		return &api.Origin{Path: place, Remote: note.Repo}
	case strings.Contains(place, ":/"):
		return &api.Origin{Path: path.Base(place), Remote: strings.Replace(place, ":/", "://", 1)}
	}
	rel, ok := b.fs.Rel(path.Join(b.folder, place))
	if !ok {
		return nil
	}
	return &api.Origin{Path: rel}
}
