package api

import "encoding/json"

// Stages of a HelmRelease; the reasons are those of helm-controller and source-controller.
const (
	StageChart      = "chart"
	StageValues     = "values"
	StageSchema     = "schema"
	StageTemplate   = "template"
	StagePostRender = "post-render"
)

// Codes of warnings about charts.
const (
	WarningValuesUnknown     = "values-unknown"
	WarningLookupUnanswered  = "lookup-unanswered"
	WarningNondeterministic  = "nondeterministic"
	WarningUpstream          = "upstream"
	NeedChart                = "chart"
	NeedLookup               = "lookup"
	ChartArchive             = "archive"
	ChartUnpacked            = "unpacked"
	ChartDirectory           = "directory"
	PartTemplate             = "template"
	PartHook                 = "hook"
	PartCRD                  = "crd"
	PartNamespace            = "namespace"
	SkippedByPolicy          = "crd-policy"
	SkippedNoDefinition      = "not-a-crd"
	FromChart, FromInlineVal = "chart", "values"
)

// ChartInput is a chart as the host has it.
type ChartInput struct {
	Artifact                 string   `json:"artifact"`
	Form                     string   `json:"form"`
	Path                     string   `json:"path"`
	ValuesFiles              []string `json:"valuesFiles"`
	IgnoreMissingValuesFiles bool     `json:"ignoreMissingValuesFiles"`
	VersionMetadata          string   `json:"versionMetadata"`
	ExpectedVersion          string   `json:"expectedVersion"`
}

// LookupAnswer is what the cluster says to a `lookup`.
type LookupAnswer struct {
	Key         string  `json:"key"`
	Found       *string `json:"found"`
	UnknownKind bool    `json:"unknownKind"`
	// IsComplete is true when the host knows all API versions of the cluster.
	IsComplete bool `json:"isComplete"`
}

// HelmRequest asks for one HelmRelease to be rendered as helm-controller does.
type HelmRequest struct {
	Chart           ChartInput      `json:"chart"`
	HelmRelease     json.RawMessage `json:"helmRelease"`
	Flux            string          `json:"flux"`
	KubeVersion     string          `json:"kubeVersion"`
	APIVersions     []string        `json:"apiVersions"`
	ClusterScoped   []string        `json:"clusterScoped"`
	IsUpgrade       bool            `json:"isUpgrade"`
	Revision        int             `json:"revision"`
	UseHelm3Default bool            `json:"useHelm3Defaults"`
	Objects         []DataObject    `json:"objects"`
	Assumed         []string        `json:"assumed"`
	Remotes         []RemoteInput   `json:"remotes"`
	Lookups         []LookupAnswer  `json:"lookups"`
	Mode            string          `json:"mode"`
	// Previous is the release that an upgrade finds, where it matters.
	Previous *PreviousRelease `json:"previous"`
}

// PreviousRelease says which release is on the cluster.
type PreviousRelease struct {
	Name             string `json:"name"`
	Namespace        string `json:"namespace"`
	StorageNamespace string `json:"storageNamespace"`
	ChartName        string `json:"chartName"`
	// Kept is set where the values of the release before count.
	Kept *KeptRelease `json:"kept"`
}

// KeptRelease is what a release was made from.
type KeptRelease struct {
	Chart       ChartInput      `json:"chart"`
	HelmRelease json.RawMessage `json:"helmRelease"`
	Objects     []DataObject    `json:"objects"`
	Assumed     []string        `json:"assumed"`
	Remotes     []RemoteInput   `json:"remotes"`
}

// HelmHook is what Helm reads from the annotations of a hook.
type HelmHook struct {
	Events         []string `json:"events"`
	Weight         int      `json:"weight"`
	DeletePolicies []string `json:"deletePolicies"`
}

// HelmPart says where in a chart an object comes from.
type HelmPart struct {
	Part     string    `json:"part"`
	Template string    `json:"template,omitempty"`
	Hook     *HelmHook `json:"hook,omitempty"`
	Keep     bool      `json:"keep,omitempty"`
}

// ChartIdentity names the chart of a release.
type ChartIdentity struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"appVersion,omitempty"`
}

// ReleaseIdentity names a release.
type ReleaseIdentity struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// ValueOrigin says where one leaf of the values comes from.
type ValueOrigin struct {
	Pointer string `json:"pointer"`
	From    string `json:"from"`
}

// HelmResult is the answer to a HelmRequest.
type HelmResult struct {
	Objects          []Object         `json:"objects"`
	Reads            ReadSet          `json:"reads"`
	Needs            []Need           `json:"needs"`
	Failure          *Failure         `json:"failure,omitempty"`
	Warnings         []Warning        `json:"warnings"`
	Chart            *ChartIdentity   `json:"chart,omitempty"`
	Release          *ReleaseIdentity `json:"release,omitempty"`
	Values           string           `json:"values,omitempty"`
	ValueOrigins     []ValueOrigin    `json:"valueOrigins,omitempty"`
	Notes            string           `json:"notes,omitempty"`
	APIVersionsAsked *[]string        `json:"apiVersionsAsked,omitempty"`
}

// MarshalJSON writes empty lists as [].
func (r HelmResult) MarshalJSON() ([]byte, error) {
	type plain HelmResult
	filled := plain(r)
	filled.Objects = list(r.Objects)
	filled.Needs = list(r.Needs)
	filled.Warnings = list(r.Warnings)
	filled.Reads = r.Reads.filled()
	return json.Marshal(filled)
}

// ChartRequest asks what a chart holds.
type ChartRequest struct {
	Chart   ChartInput    `json:"chart"`
	Remotes []RemoteInput `json:"remotes"`
}

// ChartResult is the answer to a ChartRequest.
type ChartResult struct {
	Reads       ReadSet  `json:"reads"`
	Needs       []Need   `json:"needs"`
	Failure     *Failure `json:"failure,omitempty"`
	Name        string   `json:"name,omitempty"`
	Version     string   `json:"version,omitempty"`
	AppVersion  string   `json:"appVersion,omitempty"`
	Description string   `json:"description,omitempty"`
	Values      string   `json:"values,omitempty"`
	Schema      string   `json:"schema,omitempty"`
	Subcharts   []string `json:"subcharts,omitempty"`
}

// MarshalJSON writes empty lists as [].
func (r ChartResult) MarshalJSON() ([]byte, error) {
	type plain ChartResult
	filled := plain(r)
	filled.Needs = list(r.Needs)
	filled.Reads = r.Reads.filled()
	return json.Marshal(filled)
}
