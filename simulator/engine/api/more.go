package api

import "encoding/json"

// Stage and reasons of the appliers and questions that are neither Kustomizations nor HelmReleases.
const (
	StageInputs = "inputs"

	ReasonValidationFailed = "ValidationFailed"
	ReasonFailure          = "Failure"
)

// Codes of warnings that several appliers give.
const (
	WarnValuesUnknown    = "values-unknown"
	WarnNondeterministic = "nondeterministic"
	WarnUpstream         = "upstream"
)

// ResourceSetRequest asks for the objects of one ResourceSet.
type ResourceSetRequest struct {
	ResourceSet json.RawMessage   `json:"resourceSet"`
	Providers   []json.RawMessage `json:"providers"`
	Objects     []DataObject      `json:"objects"`
	Assumed     []string          `json:"assumed"`
	Mode        string            `json:"mode"`
}

// SteppedObject is an object together with the ResourceSet step that applies it.
type SteppedObject struct {
	Object
	Step string `json:"step,omitempty"`
}

// ResourceSetResult is the answer to a ResourceSetRequest.
type ResourceSetResult struct {
	Objects  []SteppedObject `json:"objects"`
	Reads    ReadSet         `json:"reads"`
	Needs    []Need          `json:"needs"`
	Failure  *Failure        `json:"failure,omitempty"`
	Warnings []Warning       `json:"warnings"`
	Inputs   int             `json:"inputs"`
}

// MarshalJSON writes empty lists as [].
func (r ResourceSetResult) MarshalJSON() ([]byte, error) {
	type plain ResourceSetResult
	filled := plain(r)
	filled.Objects, filled.Needs, filled.Warnings = list(r.Objects), list(r.Needs), list(r.Warnings)
	filled.Reads = fullReads(r.Reads)
	return json.Marshal(filled)
}

// GeneratorRequest asks for the artifacts of one ArtifactGenerator.
type GeneratorRequest struct {
	Generator json.RawMessage   `json:"generator"`
	Sources   []GeneratorSource `json:"sources"`
}

// GeneratorSource is the artifact of one source of a generator.
type GeneratorSource struct {
	Alias    string `json:"alias"`
	Artifact string `json:"artifact"`
	Revision string `json:"revision"`
}

// GeneratedFile is one file of a generated artifact: a copy of a source's file, or new content.
type GeneratedFile struct {
	Path    string  `json:"path"`
	From    string  `json:"from,omitempty"`
	Content *[]byte `json:"content,omitempty"`
}

// GeneratedArtifact is one ExternalArtifact.
type GeneratedArtifact struct {
	Name     string            `json:"name"`
	Labels   map[string]string `json:"labels"`
	Revision string            `json:"revision"`
	Files    []GeneratedFile   `json:"files"`
}

// GeneratorResult is the answer to a GeneratorRequest.
type GeneratorResult struct {
	Artifacts []GeneratedArtifact `json:"artifacts"`
	Reads     ReadSet             `json:"reads"`
	Failure   *Failure            `json:"failure,omitempty"`
}

// MarshalJSON writes empty lists as [].
func (r GeneratorResult) MarshalJSON() ([]byte, error) {
	type plain GeneratorResult
	filled := plain(r)
	filled.Artifacts, filled.Reads = list(r.Artifacts), fullReads(r.Reads)
	for i := range filled.Artifacts {
		filled.Artifacts[i].Files = list(filled.Artifacts[i].Files)
		if filled.Artifacts[i].Labels == nil {
			filled.Artifacts[i].Labels = map[string]string{}
		}
	}
	return json.Marshal(filled)
}

// ImagePolicyRequest asks which of the tags an ImagePolicy would choose.
type ImagePolicyRequest struct {
	Policy json.RawMessage `json:"policy"`
	Tags   []string        `json:"tags"`
}

// ImagePolicyResult is the answer to an ImagePolicyRequest.
type ImagePolicyResult struct {
	Latest  string   `json:"latest,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}

// PolicyImage is an ImagePolicy with the image it chose.
type PolicyImage struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Image     string `json:"image"`
	Tag       string `json:"tag"`
	Digest    string `json:"digest"`
}

// ImageUpdateRequest asks what an ImageUpdateAutomation would write.
type ImageUpdateRequest struct {
	Artifact string        `json:"artifact"`
	Path     string        `json:"path"`
	Policies []PolicyImage `json:"policies"`
}

// UpdatedFile is a file that the automation would write.
type UpdatedFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// ImageChange is one marker whose value changes.
type ImageChange struct {
	Path   string `json:"path"`
	Object string `json:"object"`
	Setter string `json:"setter"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// ImageUpdateResult is the answer to an ImageUpdateRequest.
type ImageUpdateResult struct {
	Files   []UpdatedFile `json:"files"`
	Changes []ImageChange `json:"changes"`
	Reads   ReadSet       `json:"reads"`
	Failure *Failure      `json:"failure,omitempty"`
}

// MarshalJSON writes empty lists as [].
func (r ImageUpdateResult) MarshalJSON() ([]byte, error) {
	type plain ImageUpdateResult
	filled := plain(r)
	filled.Files, filled.Changes, filled.Reads = list(r.Files), list(r.Changes), fullReads(r.Reads)
	return json.Marshal(filled)
}

// VersionRequest asks which version a controller would pick.
type VersionRequest struct {
	Versions   []string `json:"versions"`
	Constraint string   `json:"constraint"`
	Filter     string   `json:"filter"`
	Rule       string   `json:"rule"`
}

// VersionResult is the answer to a VersionRequest.
type VersionResult struct {
	Version string   `json:"version,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}

func fullReads(reads ReadSet) ReadSet {
	return ReadSet{Files: list(reads.Files), Listings: list(reads.Listings), Absent: list(reads.Absent)}
}
