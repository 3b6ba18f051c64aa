package helm

import (
	"fmt"
	"maps"

	"helm.sh/helm/v4/pkg/chart/common/util"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"

	"sluice.dev/engine/api"
)

// inPlace is the strategy that keeps a release whose chart gets another name.
const inPlace = "InPlaceUpdate"

// settleAction makes an installation of the upgrade of a release that becomes another one: the controller uninstalls the old
// one first and forgets its history (`internal/controller/helmrelease_controller.go`, ReleaseTargetChanged).
func (r *renderer) settleAction() {
	previous := r.request.Previous
	if !r.request.IsUpgrade || previous == nil || !r.isAnother(previous) {
		return
	}
	request := *r.request
	request.IsUpgrade, request.Revision = false, 1
	r.request = &request
}

func (r *renderer) isAnother(previous *api.PreviousRelease) bool {
	return r.release.storageNamespace() != previous.StorageNamespace ||
		r.release.namespace() != previous.Namespace ||
		shortenName(r.release.name()) != previous.Name ||
		r.chart.Name() != previous.ChartName && r.release.Spec.Upgrade.ChartNameChangeStrategy != inPlace
}

// keepValues follows `upgrade.preserveValues`, which is Helm's reuseValues (`pkg/action/upgrade.go`): the defaults are those of
// the old chart, and what the old release was given counts where the new one is given nothing.
func (r *renderer) keepValues() error {
	if !r.request.IsUpgrade || !r.release.Spec.Upgrade.PreserveValues {
		return nil
	}
	if r.request.Previous == nil || r.request.Previous.Kept == nil {
		r.warn(api.WarningValuesUnknown,
			"spec.upgrade.preserveValues keeps values of earlier releases, which only the cluster knows; they are left out here")
		return nil
	}
	old, err := r.previousRenderer(r.request.Previous.Kept)
	if err != nil {
		return err
	}
	if old.composed, err = old.composeValues(); err != nil {
		return fmt.Errorf("failed to rebuild old values: %w", err)
	}
	if old.chart, err = loadChart(r.inputs, &old.request.Chart); err != nil {
		return fmt.Errorf("failed to rebuild old values: %w", err)
	}
	if err := chartutil.ProcessDependencies(old.chart, old.composed.AsMap()); err != nil {
		return fmt.Errorf("failed to rebuild old values: %w", err)
	}
	defaults, err := util.CoalesceValues(old.chart, old.composed.AsMap())
	if err != nil {
		return fmt.Errorf("failed to rebuild old values: %w", err)
	}
	maps.Copy(r.secrets, old.secrets)
	r.composed = util.CoalesceTables(r.composed.AsMap(), old.composed.AsMap())
	r.chart.Values = defaults
	return nil
}

// previousRenderer has what the old release was made from; what it reads counts as read by this one.
func (r *renderer) previousRenderer(kept *api.KeptRelease) (*renderer, error) {
	release, err := readRelease(kept.HelmRelease)
	if err != nil {
		return nil, err
	}
	request := *r.request
	request.HelmRelease, request.Chart = kept.HelmRelease, kept.Chart
	request.Objects, request.Assumed = kept.Objects, kept.Assumed
	for _, remote := range kept.Remotes {
		r.inputs.remotes[remote.Key] = remote
	}
	old := newRenderer(r.store, &request, release, r.shadow)
	old.inputs = r.inputs
	return old, nil
}
