// Package build is one run of kustomize-controller over one Kustomization, up to what it would send to the API server.
// It follows `internal/controller/kustomization_controller.go` step by step; everything that decides about content is upstream's own code.
package build

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	generator "github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
	"sluice.dev/engine/memfs"
	"sluice.dev/engine/remote"
)

// artifactRoot is where a build sees its artifact. The controller unpacks it into a folder of such a name,
// so that paths which climb out of the artifact fail in the same way. Messages leave it out.
const artifactRoot = "/tmp/kustomization-1"

// defaultSchema is kustomize's own OpenAPI version; any other one means that a build changed the global schema.
var defaultSchema = openapi.GetSchemaVersion()

// schemaChanged is set when a build used `openapi:`. kustomize keeps the schema in a global, and the controller resets it
// before every build; doing so only where it matters gives the same output and saves most of the time.
var schemaChanged bool

// builder is the state of one run.
type builder struct {
	request *api.KustomizeRequest
	spec    spec
	object  unstructured.Unstructured
	fs      *memfs.FS
	folder  string
	cluster *cluster
	remotes *remotes
	keys    []age.Identity
	masking bool
	// substituted is set once the substitution of a resource has gone through.
	substituted bool
	// secrets holds the plain values that came from Secrets or were encrypted.
	secrets  masking.Secrets
	warnings []api.Warning
	custom   bool
	// positions maps each object of the answer to its place in the build.
	positions []int
}

// stageError is a failure of one step of the pipeline.
type stageError struct {
	stage  string
	reason string
	err    error
	// resource is the object at fault, and index its position in the build; index is -1 when there is none.
	resource *resource.Resource
	index    int
	// object names an object that is past kustomize's hands.
	object string
	cause  string
}

func failed(stage string, err error) *stageError {
	return &stageError{stage: stage, reason: api.ReasonBuildFailed, err: err, index: -1}
}

// Run answers a request from the artifacts in store.
func Run(store *memfs.Store, request *api.KustomizeRequest) *api.KustomizeResult {
	plain, failure := newBuilder(store, request)
	if failure != nil {
		return &api.KustomizeResult{Failure: failure}
	}
	result, built := plain.run()
	switch request.Mode {
	case api.ModeOrigins:
		plain.addOrigins(result, built)
	case api.ModeMasked:
		mask(store, request, plain, result)
	}
	reads := plain.fs.Reads
	result.Reads = api.ReadSet{Files: reads.Files(), Listings: reads.Listings(), Absent: reads.Absent()}
	result.Needs = plain.needs()
	result.Warnings = plain.warnings
	result.CustomSchema = plain.custom
	return result
}

func newBuilder(store *memfs.Store, request *api.KustomizeRequest) (*builder, *api.Failure) {
	tree := store.Tree(request.Artifact)
	if tree == nil {
		return nil, engineFailure(fmt.Sprintf("the engine does not hold artifact %q", request.Artifact))
	}
	spec, err := readSpec(request.Kustomization)
	if err != nil {
		return nil, engineFailure(fmt.Sprintf("the Kustomization is not valid: %v", err))
	}
	b := &builder{
		request: request,
		spec:    spec,
		object:  unstructured.Unstructured{Object: asController(request.Kustomization, request.Flux)},
		fs:      memfs.NewFS(artifactRoot, request.Artifact, tree),
		cluster: newCluster(request),
		secrets: masking.Secrets{},
	}
	b.learnCluster()
	b.cluster.expect(b.object.GetNamespace(), spec.PostBuild)
	b.remotes = newRemotes(store, request, b.fs)
	return b, nil
}

func engineFailure(message string) *api.Failure {
	return &api.Failure{Stage: api.StageEngine, Reason: api.ReasonBuildFailed, Message: message}
}

// run does the whole pipeline. The resources are those of kustomize's build, for finding origins.
func (b *builder) run() (*api.KustomizeResult, []*resource.Resource) {
	remote.Current = b.remotes
	defer func() { remote.Current = nil }()
	result := &api.KustomizeResult{}
	resources, failure := b.render()
	if failure == nil {
		result.Objects, failure = b.apply(resources)
	}
	if failure != nil {
		result.Failure = b.describe(failure)
	}
	if resources == nil {
		return result, nil
	}
	return result, resources.Resources()
}

// render is everything before the objects are made ready for the API server.
func (b *builder) render() (resmap.ResMap, *stageError) {
	if err := b.findFolder(); err != nil {
		return nil, &stageError{stage: api.StagePath, reason: api.ReasonArtifactFailed, err: err, index: -1}
	}
	if err := b.generate(); err != nil {
		return nil, failed(api.StageGenerate, err)
	}
	if err := b.importKeys(); err != nil {
		return nil, failed(api.StageDecrypt, err)
	}
	if err := b.decryptSources(); err != nil {
		return nil, failed(api.StageDecrypt, fmt.Errorf("error decrypting sources: %w", err))
	}
	resources, err := b.kustomize()
	if err != nil {
		return nil, failed(api.StageBuild, fmt.Errorf("kustomize build failed: %w", err))
	}
	for i, res := range resources.Resources() {
		if failure := b.renderResource(resources, res); failure != nil {
			failure.resource, failure.index = res, i
			return resources, failure
		}
	}
	return resources, nil
}

func (b *builder) renderResource(resources resmap.ResMap, res *resource.Resource) *stageError {
	if res.GetName() == "" || res.GetKind() == "" || res.GetApiVersion() == "" {
		return failed(api.StageBuild, fmt.Errorf("failed to decode Kubernetes apiVersion, kind and name from: %v", res.String()))
	}
	if b.spec.Decryption != nil {
		changed, err := b.decryptResource(res)
		if err != nil {
			return failed(api.StageDecrypt, fmt.Errorf("decryption failed for '%s/%s': %w", res.GetGvk(), res.GetName(), err))
		}
		if changed {
			if _, err := resources.Replace(res); err != nil {
				return failed(api.StageDecrypt, err)
			}
		}
	}
	if b.spec.PostBuild == nil {
		return nil
	}
	// The controller's text names the object before the substitution, as the error leaves it unchanged.
	changed, err := b.substitute(res)
	if err != nil {
		return failed(api.StageSubstitute, fmt.Errorf("post build failed for '%s/%s': %w", res.GetGvk(), res.GetName(), err))
	}
	if changed {
		if _, err := resources.Replace(res); err != nil {
			return failed(api.StageSubstitute, err)
		}
	}
	return nil
}

// ResetSchema undoes what a former build did to kustomize's schema.
func ResetSchema() {
	if schemaChanged {
		openapi.ResetOpenAPI()
		_ = openapi.Schema()
		schemaChanged = false
	}
}

// kustomize runs the build proper, as `Build` of fluxcd/pkg/kustomize does.
func (b *builder) kustomize() (resources resmap.ResMap, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered from kustomize build panic: %v", r)
		}
	}()
	ResetSchema()
	options := &krusty.Options{
		LoadRestrictions: kustypes.LoadRestrictionsNone,
		PluginConfig:     kustypes.DisabledPluginConfig(),
	}
	resources, err = krusty.MakeKustomizer(options).Run(b.fs, b.folder)
	if openapi.GetSchemaVersion() != defaultSchema {
		schemaChanged, b.custom = true, true
	}
	return resources, err
}

// substitute runs the controller's variable substitution on one resource.
// While an assumed object takes part, a variable that nothing else sets becomes a placeholder.
func (b *builder) substitute(res *resource.Resource) (bool, error) {
	guessing := b.cluster.assumesAny
	always := b.spec.PostBuild.SubstituteStrategy == "Always" && b.request.Flux >= "2.9"
	options := []generator.SubstituteOption{
		generator.SubstituteWithStrict(b.request.Strict || guessing),
		generator.SubstituteWithAlways(always || guessing),
	}
	// The first resource shows whether the variables can be loaded at all.
	if b.substituted && isUntouched(res) {
		return false, nil
	}
	for {
		out, err := generator.SubstituteVariables(context.Background(), b.cluster, b.object, res, options...)
		if name, ok := unsetVariable(err); ok && guessing && b.cluster.addPlaceholder(name) {
			b.warnPlaceholder(name, res)
			continue
		}
		b.substituted = b.substituted || out != nil
		return out != nil, b.settle(err)
	}
}

// settle makes the one error deterministic that upstream takes from an unordered map.
func (b *builder) settle(err error) error {
	if err == nil || !strings.Contains(err.Error(), "var name is invalid") {
		return err
	}
	variables, loadErr := generator.LoadVariables(context.Background(), b.cluster, b.object)
	if loadErr != nil {
		return err
	}
	for name := range b.spec.PostBuild.Substitute {
		variables[name] = ""
	}
	name, ok := firstInvalid(variables)
	if !ok {
		return err
	}
	return fmt.Errorf("envsubst error: %w", errors.New("'"+name+"' var name is invalid, must match '"+variablePattern+"'"))
}
