/**
 * The plain records that the facade hands out, in the words of someone drawing a screen.
 * They survive `structuredClone`; identity is the string of a ref, never a JavaScript reference.
 */

/** `apiVersion`, `kind`, `namespace` (empty for cluster-scoped objects) and `name` of an object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A place in a file of the tree. Lines and columns are 1-based; without them the whole file is meant. */
export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export type ProblemCode =
  | "yaml-syntax"
  | "too-many-aliases"
  | "build-failed"
  | "artifact-failed"
  | "apply-failed"
  | "path-not-found"
  | "source-not-found"
  | "source-unavailable"
  | "source-unsupported"
  | "substitute-source-missing"
  | "variable-unknown"
  | "undecrypted"
  | "namespace-missing"
  | "namespace-on-cluster-scoped"
  | "dependency-not-found"
  | "dependency-not-ready"
  | "dependency-cycle"
  | "ready-expression"
  | "duplicate-owner"
  | "symlink-dropped"
  | "no-roots"
  | "invalid-root"
  | "engine-crashed"
  | "engine-timeout"
  | "limit-exceeded"
  | "spec-invalid"
  | "chart-failed"
  | "values-failed"
  | "schema-failed"
  | "template-failed"
  | "post-render-failed"
  | "values-unknown"
  | "lookup-unanswered"
  | "nondeterministic"
  | "upstream-warning"
  | "source-invalid"
  | "source-unverified"
  | "source-remark"
  | "inputs-failed"
  | "no-inputs"
  | "generator-failed"
  | "release-replaced"
  | "values-not-in-chart"
  /** The API server would refuse an object. */
  | "live-refused"
  /** A cluster could not be asked about something. */
  | "live-unanswered";

/** Something wrong that a user can mend. Never thrown. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: "error" | "warning" | "information";
  /** What happened, then what to do. One or two sentences, no stack. */
  readonly message: string;
  readonly place?: Place;
  /** The applier (Kustomization …) it belongs to: `ApplierRecord.id`. */
  readonly applier?: string;
  readonly object?: ObjectRef;
}

/**
 * What would become of an applier after the push.
 * `unknown` means its source or an input can't be had here, so nothing is claimed.
 */
export type ApplierState = "ready" | "failed" | "blocked" | "suspended" | "unknown";

/** One applier of one cluster: a Kustomization, a HelmRelease, a ResourceSet … */
export interface ApplierRecord {
  /** `<cluster>|<Kind>/<namespace>/<name>`, stable across simulations. */
  readonly id: string;
  readonly cluster: string;
  readonly ref: ObjectRef;
  /** Id of the applier whose render contains this one; absent for roots. */
  readonly parent?: string;
  readonly state: ApplierState;
  /** Condition reason of the controller (`BuildFailed`, `DependencyNotReady` …) and its message. */
  readonly reason?: string;
  readonly message?: string;
  /** `spec.path`, cleaned, relative to the source's root. */
  readonly path: string;
  readonly source: string;
  /** Where the applier itself is written. */
  readonly origin?: Place;
  readonly dependsOn: readonly string[];
  /** Number of objects in its inventory. */
  readonly objects: number;
  /** HelmReleases: the chart, with the version that the controllers give it. */
  readonly chart?: {
    readonly name: string;
    readonly version: string;
    readonly appVersion?: string;
  };
  readonly release?: { readonly name: string; readonly namespace: string };
  /** What says where it applies to another cluster (`spec.kubeConfig`): `Secret flux-system/far`. */
  readonly remote?: string;
}

export interface FieldChange {
  /** JSON pointer into the object. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Shortened JSON of both sides; secrets are digests. */
  readonly before?: string;
  readonly after?: string;
  /** Of a text of several lines: those that differ, beginning with `-`, `+` or a blank, and `@` for lines left out. */
  readonly lines?: readonly string[];
}

/**
 * How a change is known. `dry-run`: the API server said what it would store; `structural`: compared with the object on the
 * cluster, by the fields that the controller owns; `repository`: two states of the repository were compared.
 */
export type ChangeKnowledge = "dry-run" | "structural" | "repository";

/** One object that would change. `unchanged` objects are not listed. */
export interface Change {
  /** `recreated`: deleted and created, because the API server does not change it in place. Only with a cluster. */
  readonly kind: "created" | "changed" | "recreated" | "deleted" | "moved" | "orphaned";
  /** `<applier id>|<apiVersion>/<Kind>/<namespace>/<name>`. */
  readonly id: string;
  readonly ref: ObjectRef;
  readonly applier: string;
  /** For `moved`: the applier that owned it before. */
  readonly from?: string;
  readonly fields: readonly FieldChange[];
  readonly origin?: Place;
  /** Why an object that left the render is kept (`prune: false`, annotation, deletionPolicy). Set for `orphaned`. */
  readonly kept?: string;
  /** Only with a cluster. */
  readonly known?: ChangeKnowledge;
  /** Managers on the cluster whose fields the controller takes over. */
  readonly takesFrom?: readonly string[];
  /** The template of its pods changes, so they are replaced. */
  readonly restarts?: true;
  /** HelmReleases: fields in which the cluster differs from what the release stored. They are no part of `fields`. */
  readonly drift?: readonly FieldChange[];
  /** A hook of a chart that runs: the events it runs at. What its policies delete afterwards is not told apart. */
  readonly hook?: readonly string[];
}

/** An object of a release that the cluster holds in another form than the release stored, and that stays so. */
export interface DriftedObject {
  readonly ref: ObjectRef;
  /** From the cluster (`before`) to what the release stored. */
  readonly fields: readonly FieldChange[];
}

/** What a plan against a cluster is worth. */
export interface PlanLive {
  /** The context of the kubeconfig. */
  readonly context: string;
  /** Objects by how they are known; `unanswered` ones are not part of the plan. */
  readonly known: Readonly<Record<ChangeKnowledge | "unanswered", number>>;
  /** Set when the connection was lost or asking was not allowed: why the plan is a part of the truth. */
  readonly partial?: string;
  /** What was taken from the cluster because the repository does not have it: `ConfigMap/flux-system/vars`, `kubeVersion v1.36.1` … */
  readonly taken: readonly string[];
}

export interface PlanApplier {
  readonly applier: ApplierRecord;
  /** How the applier itself changed; its own object's change stands with its parent. */
  readonly status: "created" | "deleted" | "changed" | "unchanged";
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** A HelmRelease whose chart is another one. */
  readonly chart?: ChartChange;
  /** Only with a cluster, and for HelmReleases: what differs from the stored release and is only reported, not corrected. */
  readonly drifted?: readonly DriftedObject[];
}

/** What another chart, or another version of it, means for a HelmRelease. */
export interface ChartChange {
  readonly before: { readonly name: string; readonly version: string };
  readonly after: { readonly name: string; readonly version: string };
  /** Default values that differ. Absent when a chart could not be read. */
  readonly defaults?: readonly FieldChange[];
  /** JSON pointers of values that the HelmRelease sets, which the old chart has and the new one no longer has. */
  readonly unknownValues: readonly string[];
}

/** One image that objects of a simulation name. */
export interface ImageUse {
  readonly image: string;
  readonly cluster: string;
  /** Objects that name it, in a stable order. */
  readonly objects: readonly { readonly applier: string; readonly ref: ObjectRef }[];
}

export interface PlanCluster {
  /** What a person calls it: the path of its root, or the name of the root. */
  readonly name: string;
  readonly appliers: readonly PlanApplier[];
}

export interface PlanCounts {
  readonly created: number;
  readonly changed: number;
  readonly deleted: number;
  readonly moved: number;
  readonly orphaned: number;
  /** Only with a cluster. */
  readonly recreated?: number;
  readonly errors: number;
  readonly warnings: number;
}

export type RiskCode =
  | "risk/data-loss"
  | "risk/release-replaced"
  | "risk/prune-by-move"
  | "risk/immutable-field"
  | "risk/force-deletes"
  | "risk/secret-plaintext"
  | "risk/rbac-widened"
  | "risk/webhook-fail"
  | "risk/api-removed"
  | "risk/replicas-zero"
  | "risk/version-backwards"
  | "risk/not-applied"
  | "risk/chart-values"
  | "risk/two-owners";

export type RiskSeverity = "high" | "medium" | "low";

/** Something that a push may do and that nobody may want. It is no mistake: Flux would do as it is told. */
export interface Risk {
  readonly code: RiskCode;
  readonly severity: RiskSeverity;
  /** What happens, why, and what to do. Secrets are digests. */
  readonly message: string;
  /** `ApplierRecord.id`. */
  readonly applier: string;
  readonly object?: ObjectRef;
  /** Where it is written; of what has left the repository, where its applier is. */
  readonly place?: Place;
  /** Page and section that explain it, relative to the repository of Sluice. */
  readonly docs: string;
  /** An annotation or a comment in the repository can silence it; else only a setting can. */
  readonly suppressible: boolean;
  /** By what it is silenced. It counts for nothing then. */
  readonly suppressed?: "annotation" | "comment" | "setting";
}

/** Which part of a plan this is, and the digest of every image that its clusters name on either side. */
export interface PlanShard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
  readonly images: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    /** By digest, of those that only one side of the part has: whether the name is the image itself, and the name. */
    readonly names: Readonly<Record<string, readonly [exact: boolean, shown: string]>>;
  };
}

/** The answer to "what would change if you pushed this tree?" */
export interface Plan {
  /** Labels of the two sides. `base` is absent when there is nothing to compare with. */
  readonly base?: string;
  readonly target: string;
  readonly clusters: readonly PlanCluster[];
  /** Problems of the target side, those of appliers included. */
  readonly problems: readonly Problem[];
  /** Keys (code + applier + message) of problems that the base side has as well. */
  readonly oldProblems: readonly string[];
  /** Images that no object of the base names, and such that none of the target names any more. Sorted. */
  readonly images: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly counts: PlanCounts;
  /** The worst first. Absent when there is nothing to compare with. */
  readonly risks?: readonly Risk[];
  /** Set when `base` is a cluster. */
  readonly live?: PlanLive;
  /** Set on a part of a plan (`SimulationOptions.shard`): what is needed to put the parts together. */
  readonly shard?: PlanShard;
  /** Milliseconds by stage, number of builds done and taken from memory. */
  readonly stats: { readonly [stage: string]: number };
}
