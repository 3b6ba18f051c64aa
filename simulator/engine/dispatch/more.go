package dispatch

import (
	"sluice.dev/engine/api"
	"sluice.dev/engine/archive"
	"sluice.dev/engine/generator"
	"sluice.dev/engine/images"
	"sluice.dev/engine/memfs"
	"sluice.dev/engine/resourceset"
	"sluice.dev/engine/versions"
)

// The appliers and questions beside Kustomizations and HelmReleases.
func init() {
	operations[10] = asking(func(_ *memfs.Store, request *api.ResourceSetRequest) any { return resourceset.Render(request) })
	operations[11] = asking(func(store *memfs.Store, request *api.GeneratorRequest) any { return generator.Build(store, request) })
	operations[12] = asking(func(_ *memfs.Store, request *api.ImagePolicyRequest) any { return images.Choose(request) })
	operations[13] = asking(func(store *memfs.Store, request *api.ImageUpdateRequest) any { return images.Update(store, request) })
	operations[14] = asking(func(_ *memfs.Store, request *api.VersionRequest) any { return versions.Pick(request) })
	operations[15] = func(e *Engine, _ []byte) (any, error) {
		e.collect(collectIdleAbove)
		return e.stats(), nil
	}
	operations[16] = asking(func(_ *memfs.Store, request *api.ArchiveRequest) any { return archive.Run(request) })
}
