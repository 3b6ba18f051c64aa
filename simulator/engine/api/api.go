// Package api has the messages between the host and the engine. `protocol.ts` in the parent folder documents the same shapes.
package api

import "encoding/json"

// Modes of a build.
const (
	ModeExact   = "exact"
	ModeMasked  = "masked"
	ModeOrigins = "origins"
)

// DataObject is a ConfigMap or Secret with decoded values.
type DataObject struct {
	Kind      string            `json:"kind"`
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Data      map[string]string `json:"data"`
	// Type is that of a Secret. Binary has in Base64 what is no text; of a Secret it is in Data as well, as far as it can be.
	Type   string            `json:"type,omitempty"`
	Binary map[string]string `json:"binary,omitempty"`
}

// RemoteInput answers the need with the same key.
type RemoteInput struct {
	Key         string `json:"key"`
	Artifact    string `json:"artifact,omitempty"`
	Unavailable string `json:"unavailable,omitempty"`
}

// KustomizeRequest asks for one Kustomization to be built as kustomize-controller does.
type KustomizeRequest struct {
	Artifact      string         `json:"artifact"`
	Kustomization map[string]any `json:"-"`
	Flux          string         `json:"flux"`
	Strict        bool           `json:"strict"`
	Objects       []DataObject   `json:"objects"`
	Assumed       []string       `json:"assumed"`
	AgeIdentities []string       `json:"ageIdentities"`
	Undecryptable string         `json:"undecryptable"`
	Remotes       []RemoteInput  `json:"remotes"`
	Mode          string         `json:"mode"`
}

// Origin is the file an object came from.
type Origin struct {
	Path   string `json:"path"`
	Remote string `json:"remote,omitempty"`
}

// Object is one object as the controller would apply it.
type Object struct {
	APIVersion  string  `json:"apiVersion"`
	Kind        string  `json:"kind"`
	Namespace   string  `json:"namespace"`
	Name        string  `json:"name"`
	JSON        string  `json:"json"`
	Scope       string  `json:"scope,omitempty"`
	Skipped     string  `json:"skipped,omitempty"`
	KeepOnPrune bool    `json:"keepOnPrune,omitempty"`
	Origin      *Origin `json:"origin,omitempty"`
	// Helm is set on what a HelmRelease applies, Step on what a step of a ResourceSet does.
	Helm *HelmPart `json:"helm,omitempty"`
	Step string    `json:"step,omitempty"`
}

// ReadSet is every path an answer depends on.
type ReadSet struct {
	Files    []string `json:"files"`
	Listings []string `json:"listings"`
	Absent   []string `json:"absent"`
}

// Need is an input that was missing. Which fields count depends on the kind.
type Need struct {
	Kind string
	Key  string
	// URL, Ref and Submodules are of `git` and `http`.
	URL        string
	Ref        string
	Submodules bool
	// Repository and Version are of `chart`, APIVersion, ObjectKind and Namespace of `lookup`; Name of both.
	Repository string
	Version    string
	APIVersion string
	ObjectKind string
	Namespace  string
	Name       string
}

// MarshalJSON writes the fields that the kind has in `protocol.ts`.
func (n Need) MarshalJSON() ([]byte, error) {
	fields := map[string]any{"kind": n.Kind, "key": n.Key}
	switch n.Kind {
	case "git":
		fields["url"], fields["ref"], fields["submodules"] = n.URL, n.Ref, n.Submodules
	case "http":
		fields["url"] = n.URL
	case NeedChart:
		fields["repository"], fields["name"], fields["version"] = n.Repository, n.Name, n.Version
	case NeedLookup:
		fields["apiVersion"], fields["objectKind"] = n.APIVersion, n.ObjectKind
		fields["namespace"], fields["name"] = n.Namespace, n.Name
	}
	return json.Marshal(fields)
}

// Stages and reasons of a failure.
const (
	StagePath       = "path"
	StageGenerate   = "generate"
	StageBuild      = "build"
	StageDecrypt    = "decrypt"
	StageSubstitute = "substitute"
	StageApply      = "apply"
	StageEngine     = "engine"

	ReasonArtifactFailed       = "ArtifactFailed"
	ReasonBuildFailed          = "BuildFailed"
	ReasonReconciliationFailed = "ReconciliationFailed"
)

// Failure says where the pipeline of kustomize-controller stopped and with which message.
type Failure struct {
	Stage   string `json:"stage"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	Object  string `json:"object,omitempty"`
	Cause   string `json:"cause,omitempty"`
}

// CauseLimit is the cause of a failure that a limit of the engine brought about.
const CauseLimit = "limit"

// Warning is something that the answer had to guess.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Object  string `json:"object,omitempty"`
}

// KustomizeResult is the answer to a KustomizeRequest.
type KustomizeResult struct {
	Objects      []Object  `json:"objects"`
	Reads        ReadSet   `json:"reads"`
	Needs        []Need    `json:"needs"`
	Failure      *Failure  `json:"failure,omitempty"`
	Warnings     []Warning `json:"warnings"`
	CustomSchema bool      `json:"customSchema"`
}

// IgnoreRequest asks which paths source-controller leaves out of an artifact.
type IgnoreRequest struct {
	// Paths are all files of the tree.
	Paths []string `json:"paths"`
	// IgnoreFiles are the texts of the `.sourceignore` files by path.
	IgnoreFiles map[string]string `json:"ignoreFiles"`
	// Ignore is `spec.ignore` of the source; null when it has none.
	Ignore *string `json:"ignore"`
}

// MarshalJSON writes empty lists as [] and never as null, so that the host needs no care.
func (r KustomizeResult) MarshalJSON() ([]byte, error) {
	type plain KustomizeResult
	filled := plain(r)
	filled.Objects = list(r.Objects)
	filled.Needs = list(r.Needs)
	filled.Warnings = list(r.Warnings)
	filled.Reads = r.Reads.filled()
	return json.Marshal(filled)
}

func (r ReadSet) filled() ReadSet {
	return ReadSet{Files: list(r.Files), Listings: list(r.Listings), Absent: list(r.Absent)}
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
