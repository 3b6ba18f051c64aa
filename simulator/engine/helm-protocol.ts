/** The messages between the host and the engine about charts and HelmReleases; see `protocol.ts`. */
import type {
  DataObject,
  EngineFailure,
  FluxMinor,
  Need,
  ReadSet,
  RemoteInput,
  RenderResult,
} from "./protocol.ts";

/** Where in a chart an object comes from, and what Helm does with it. */
export interface HelmPart {
  /** `namespace` is the one that `install.createNamespace` makes; `chart` the HelmChart of `spec.chart`, which the host adds. */
  readonly part: "template" | "hook" | "crd" | "namespace" | "chart";
  /** `<chart>/templates/<file>` as Helm names it; absent after a post-renderer that loses it. */
  readonly template?: string;
  /** Only for hooks: `pre-install`, `post-upgrade`, `test` …; not in the inventory, and pruned by its policies only. */
  readonly hook?: {
    readonly events: readonly string[];
    readonly weight: number;
    readonly deletePolicies: readonly string[];
  };
  /** `helm.sh/resource-policy: keep`. */
  readonly keep?: boolean;
}

/** A chart as the host has it. */
export interface ChartInput {
  readonly artifact: string;
  /**
   * `archive`: the artifact's file `path` is a packaged chart (`.tgz`).
   * `unpacked`: the artifact is what an archive held, so the first component of each path is dropped (an extracted OCI layer).
   * `directory`: the folder `path` of the artifact is the chart, which source-controller would package (`.helmignore`, dependencies).
   */
  readonly form: "archive" | "unpacked" | "directory";
  readonly path: string;
  /** `valuesFiles` of the HelmChart: they replace the chart's defaults. Relative to the artifact for `directory`, else to the chart. */
  readonly valuesFiles: readonly string[];
  readonly ignoreMissingValuesFiles: boolean;
  /** Build metadata that source-controller or helm-controller appends to the version, without `+`. */
  readonly versionMetadata?: string;
  /** The version helm-controller expects when the source's tag is one: a chart with another version fails. */
  readonly expectedVersion?: string;
}

/** The answer to a `lookup`: the object or list as JSON text, or null when it does not exist. */
export interface LookupAnswer {
  readonly key: string;
  readonly found: string | null;
  /** The kind itself is not known to the cluster: Helm 4 fails. */
  readonly unknownKind?: boolean;
  /** All API versions of the cluster are given, so that a version that is not among them makes Helm 4 fail as well. */
  readonly isComplete?: boolean;
}

/** The release that an upgrade finds on the cluster. */
export interface PreviousRelease {
  readonly name: string;
  readonly namespace: string;
  readonly storageNamespace: string;
  readonly chartName: string;
  /** What it was made from, where `upgrade.preserveValues` takes its values over. */
  readonly kept?: Pick<HelmRequest, "chart" | "helmRelease" | "objects" | "assumed" | "remotes">;
}

/** One HelmRelease, rendered as helm-controller does. */
export interface HelmRequest {
  readonly chart: ChartInput;
  /** The HelmRelease as the API server would hold it. */
  readonly helmRelease: object;
  readonly flux: FluxMinor;
  /** `v1.36.4`; absent means the newest Kubernetes that the engine knows. */
  readonly kubeVersion?: string;
  /** Beyond the built-in ones of that Kubernetes: `group/version` and `group/version/Kind` of custom resources. Sorted. */
  readonly apiVersions: readonly string[];
  /** Custom kinds (`group/Kind`) that are cluster-scoped, so that they get no namespace. Sorted. */
  readonly clusterScoped: readonly string[];
  /** False: the first installation. True: an upgrade of a release that is there. */
  readonly isUpgrade: boolean;
  /** `.Release.Revision`. */
  readonly revision: number;
  /** Feature gates of helm-controller that change renders: AllowDNSLookups is never honoured; UseHelm3Defaults is. */
  readonly useHelm3Defaults: boolean;
  readonly objects: readonly DataObject[];
  /** As in `KustomizeRequest`. */
  readonly assumed: readonly string[];
  /** Chart dependencies and remote schemas, by the key of the need. */
  readonly remotes: readonly RemoteInput[];
  readonly lookups: readonly LookupAnswer[];
  /** Only for upgrades: a release that becomes another one is uninstalled and installed, at revision 1. */
  readonly previous?: PreviousRelease;
  readonly mode: "exact" | "masked" | "origins";
}

export interface HelmResult extends RenderResult {
  readonly chart?: {
    readonly name: string;
    /** With the metadata of the controllers. */
    readonly version: string;
    readonly appVersion?: string;
  };
  readonly release?: { readonly name: string; readonly namespace: string };
  /** Effective values (chart defaults, then what the HelmRelease gives) as JSON; only in modes `masked` and `origins`. */
  readonly values?: string;
  /** Where each leaf of `values` comes from; only in mode `origins`. `from` is `chart`, `values`, or `valuesFrom[<index>]`. */
  readonly valueOrigins?: readonly { readonly pointer: string; readonly from: string }[];
  readonly notes?: string;
  /**
   * What templates asked `.Capabilities.APIVersions.Has` for, sorted; `*` when they used the list in another way.
   * Absent means that anything may have been asked. The render is the same for other lists that answer these the same.
   */
  readonly apiVersionsAsked?: readonly string[];
}

/** What a chart holds, for showing and comparing charts. */
export interface ChartRequest {
  readonly chart: ChartInput;
  readonly remotes: readonly RemoteInput[];
}
export interface ChartResult {
  readonly reads: ReadSet;
  readonly needs: readonly Need[];
  readonly failure?: EngineFailure;
  readonly name?: string;
  readonly version?: string;
  readonly appVersion?: string;
  readonly description?: string;
  /** Default values as JSON. */
  readonly values?: string;
  /** `values.schema.json`, as it is. */
  readonly schema?: string;
  /** Names under which subcharts take values. */
  readonly subcharts?: readonly string[];
}
