// Package helm is one run of helm-controller over one HelmRelease, up to what it would send to the API server: values, chart,
// templates, post-renderers, hooks and CRDs. What decides about content is Helm's and Flux's own code.
package helm

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"sluice.dev/engine/api"
	"sluice.dev/engine/helm/templates"
	"sluice.dev/engine/masking"
	"sluice.dev/engine/memfs"
	"sluice.dev/engine/remote"
)

// Reasons of helm-controller's conditions.
const (
	reasonInstallFailed  = "InstallFailed"
	reasonUpgradeFailed  = "UpgradeFailed"
	reasonValuesError    = "ValuesError"
	reasonArtifactFailed = "ArtifactFailed"
	reasonChartMutate    = "ChartMutateError"
)

// maxMessage is far beyond what an API server keeps of a condition; a template may fail with a text of any length.
const maxMessage = 256 << 10

func init() {
	// Helm's code logs what nobody here reads.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
}

// renderer is the state of one run.
type renderer struct {
	store   *memfs.Store
	request *api.HelmRequest
	release *helmRelease
	chart   *chart.Chart
	cluster *cluster
	inputs  *inputs
	session *templates.Session
	secrets masking.Secrets
	// shadow is set for the run that has stand-ins in the place of secret values.
	shadow   standIn
	versions *versionSet
	// composed are the values of the HelmRelease, effective those that templates saw.
	composed  common.Values
	effective common.Values
	notes     string
	// ownVersions and ownClusterScoped are what the chart's own CRDs add to the cluster.
	ownVersions, ownClusterScoped []string
	warnings                      []api.Warning
}

// stageError is a failure of one step.
type stageError struct {
	stage, reason string
	err           error
	object        string
}

func (e *stageError) Error() string { return e.err.Error() }
func (e *stageError) Unwrap() error { return e.err }

func failed(stage, reason string, err error) *stageError {
	return &stageError{stage: stage, reason: reason, err: err}
}

// Run answers a request from the artifacts in store.
func Run(store *memfs.Store, request *api.HelmRequest) *api.HelmResult {
	release, err := readRelease(request.HelmRelease)
	if err != nil {
		return &api.HelmResult{Failure: &api.Failure{Stage: api.StageEngine, Reason: reasonInstallFailed, Message: err.Error()}}
	}
	r := newRenderer(store, request, release, nil)
	result := r.run()
	switch request.Mode {
	case api.ModeOrigins:
		r.addValues(result)
		result.ValueOrigins = r.valueOrigins()
	case api.ModeMasked:
		r.addValues(result)
		r.mask(result)
	}
	reads := r.inputs.reads
	result.Reads = api.ReadSet{Files: reads.Files(), Listings: reads.Listings(), Absent: reads.Absent()}
	result.Needs = r.needs()
	result.Warnings = r.warnings
	return result
}

func newRenderer(store *memfs.Store, request *api.HelmRequest, release *helmRelease, shadow standIn) *renderer {
	r := &renderer{
		store:   store,
		request: request,
		release: release,
		inputs:  newInputs(store, request.Remotes),
		secrets: masking.Secrets{},
		shadow:  shadow,
	}
	r.cluster = newCluster(r)
	return r
}

// run does the whole pipeline.
func (r *renderer) run() *api.HelmResult {
	remote.Current = r.inputs
	r.inputs.identify()
	defer func() { remote.Current = nil }()
	r.session = templates.NewSession(r.release.namespace() + "/" + r.release.name())
	result := &api.HelmResult{
		Release: &api.ReleaseIdentity{Name: shortenName(r.release.name()), Namespace: r.release.namespace()},
	}
	objects, err := r.render()
	result.Objects = objects
	if r.chart != nil && r.chart.Metadata != nil {
		result.Chart = &api.ChartIdentity{
			Name: r.chart.Name(), Version: r.chart.Metadata.Version, AppVersion: r.chart.Metadata.AppVersion,
		}
	}
	result.Notes = r.notes
	if r.versions != nil {
		asked := r.versions.asked()
		result.APIVersionsAsked = &asked
	}
	if err != nil {
		result.Failure = r.describe(err)
	}
	r.warnNondeterministic()
	return result
}

// render goes through the steps in the order of the controller (`reconcileRelease`): values before the chart.
func (r *renderer) render() (objects []api.Object, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = r.actionFailed(api.StageEngine, fmt.Errorf("%v", recovered))
		}
	}()
	if r.composed, err = r.composeValues(); err != nil {
		return nil, failed(api.StageValues, reasonValuesError, err)
	}
	if r.chart, err = loadChart(r.inputs, &r.request.Chart); err != nil {
		return nil, err
	}
	r.settleAction()
	return r.apply()
}

// actionFailed words an error of Helm's action as the controller does (`internal/reconcile/{install,upgrade}.go`).
func (r *renderer) actionFailed(stage string, err error) error {
	var known *stageError
	if errors.As(err, &known) {
		return known
	}
	verb, reason := "install", reasonInstallFailed
	if r.request.IsUpgrade {
		verb, reason = "upgrade", reasonUpgradeFailed
	}
	name, version := "", ""
	if r.chart != nil && r.chart.Metadata != nil {
		name, version = r.chart.Name(), r.chart.Metadata.Version
	}
	text := fmt.Errorf("Helm %s failed for release %s/%s with chart %s@%s: %s%w", //nolint:staticcheck // the controller's words
		verb, r.release.namespace(), r.release.name(), name, version, strings.TrimSpace(err.Error()), quiet{err})
	return failed(stage, reason, text)
}

// quiet keeps a cause without its text.
type quiet struct{ error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.error }

// describe turns an error into what the host shows.
func (r *renderer) describe(err error) *api.Failure {
	var known *stageError
	if !errors.As(err, &known) {
		known = failed(api.StageEngine, reasonInstallFailed, err)
	}
	text := known.Error()
	text = strings.ToValidUTF8(text[:min(len(text), maxMessage)], "")
	out := &api.Failure{Stage: known.stage, Reason: known.reason, Message: r.secrets.Scrub(text), Object: known.object}
	if errors.Is(err, templates.ErrLimit) || errors.Is(err, errTooMuch) {
		out.Stage, out.Cause = api.StageEngine, api.CauseLimit
	}
	r.place(out)
	return out
}

func (r *renderer) warn(code, message string) {
	warning := api.Warning{Code: code, Message: r.secrets.Scrub(message)}
	if !slices.Contains(r.warnings, warning) {
		r.warnings = append(r.warnings, warning)
	}
}

func (r *renderer) warnNondeterministic() {
	if names := r.session.Nondeterministic(); len(names) > 0 {
		r.warn(api.WarningNondeterministic, fmt.Sprintf(
			"the chart uses %s; on the cluster each render gives another result, which keeps only its form here", strings.Join(names, ", ")))
	}
}

// needs lists what the host should fetch before it calls again.
func (r *renderer) needs() []api.Need {
	needs := slices.Concat(r.inputs.list(), r.cluster.list())
	slices.SortFunc(needs, func(a, b api.Need) int { return strings.Compare(a.Key, b.Key) })
	return needs
}
