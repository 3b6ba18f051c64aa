package helm

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"

	"sluice.dev/engine/api"
)

const notesFile = "NOTES.txt"

// apply is Helm's install or upgrade, as helm-controller calls it, up to the requests to the API server
// (`internal/action/install.go`, Helm's `pkg/action/install.go`).
func (r *renderer) apply() ([]api.Object, error) {
	crds, err := r.crds()
	if err != nil {
		return nil, r.actionFailed(api.StageApply, err)
	}
	if err := chartutil.ValidateReleaseName(shortenName(r.release.name())); err != nil {
		return nil, r.actionFailed(api.StageTemplate, fmt.Errorf("release name check failed: %w", err))
	}
	if err := r.keepValues(); err != nil {
		return nil, r.actionFailed(api.StageValues, err)
	}
	if err := chartutil.ProcessDependencies(r.chart, r.composed.AsMap()); err != nil {
		return nil, r.actionFailed(api.StageValues, fmt.Errorf("chart dependencies processing failed: %w", err))
	}
	crds = append(crds, r.countedCRDs()...)
	capabilities, err := r.capabilities()
	if err != nil {
		return nil, failed(api.StageEngine, reasonInstallFailed, err)
	}
	values, err := r.renderValues(capabilities)
	if err != nil {
		return nil, r.actionFailed(api.StageSchema, inOrder(err))
	}
	if wanted := r.chart.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.Version) {
		return nil, r.actionFailed(api.StageTemplate, fmt.Errorf(
			"chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, capabilities.KubeVersion.Version))
	}
	files, err := r.renderTemplates(values)
	if err != nil {
		return nil, r.actionFailed(api.StageTemplate, err)
	}
	hooks, manifests, err := r.postRender(files)
	if err != nil {
		return nil, r.actionFailed(api.StagePostRender, err)
	}
	return r.assemble(crds, hooks, manifests)
}

// renderValues is what templates see as `.`.
func (r *renderer) renderValues(capabilities *capabilitySet) (common.Values, error) {
	options := common.ReleaseOptions{
		Name:      shortenName(r.release.name()),
		Namespace: r.release.namespace(),
		Revision:  r.request.Revision,
		IsUpgrade: r.request.IsUpgrade,
		IsInstall: !r.request.IsUpgrade,
	}
	unchecked := r.release.action(r.request.IsUpgrade).DisableSchemaValidation || r.shadow != nil
	values, err := commonutil.ToRenderValuesWithSchemaValidation(r.chart, r.composed.AsMap(), options, nil, unchecked)
	if err != nil {
		return nil, err
	}
	values["Capabilities"] = capabilities
	r.effective, _ = values["Values"].(common.Values)
	return values, nil
}

// renderTemplates runs Helm's engine and takes out the notes.
func (r *renderer) renderTemplates(values common.Values) (map[string]string, error) {
	run := engine.Engine{CustomTemplateFuncs: r.session.Funcs(r.cluster.lookup)}
	files, err := run.Render(r.chart, values)
	if err != nil {
		return nil, err
	}
	for name, text := range files {
		if strings.HasSuffix(name, notesFile) {
			if name == path.Join(r.chart.Name(), "templates", notesFile) {
				r.notes = text
			}
			delete(files, name)
		}
	}
	return files, nil
}

// shortenName follows ShortenName (`internal/release/name.go`).
func shortenName(name string) string {
	const longest, hashed = 53, 12
	if len(name) <= longest {
		return name
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	return name[:longest-hashed-1] + "-" + sum[:hashed]
}
