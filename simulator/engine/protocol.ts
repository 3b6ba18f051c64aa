/**
 * The messages between the host and the Go engine (JSON in, JSON out), shared by both sides' documentation.
 * The Go side of the same shapes is `api/` in this folder.
 */

import type {
  ResourceSetRequest,
  ResourceSetResult,
  GeneratorRequest,
  GeneratorResult,
  ImagePolicyRequest,
  ImagePolicyResult,
  ImageUpdateRequest,
  ImageUpdateResult,
  VersionRequest,
  VersionResult,
} from "./generator-protocol.ts";
import type {
  HelmPart,
  HelmRequest,
  HelmResult,
  ChartRequest,
  ChartResult,
} from "./helm-protocol.ts";

export type {
  ResourceSetRequest,
  ResourceSetResult,
  GeneratorRequest,
  GeneratedArtifact,
  GeneratorResult,
  ImagePolicyRequest,
  ImagePolicyResult,
  ImageUpdateRequest,
  ImageUpdateResult,
  VersionRequest,
  VersionResult,
} from "./generator-protocol.ts";
export type {
  HelmPart,
  ChartInput,
  LookupAnswer,
  PreviousRelease,
  HelmRequest,
  HelmResult,
  ChartRequest,
  ChartResult,
} from "./helm-protocol.ts";

/** The minor of Flux whose controllers are imitated. */
export type FluxMinor = "2.6" | "2.7" | "2.8" | "2.9";

/** A ConfigMap or Secret that `substituteFrom` or decryption may read. Values are decoded text. */
export interface DataObject {
  readonly kind: "ConfigMap" | "Secret";
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  /** Of a Secret. */
  readonly type?: string;
  /** What is no text, as Base64; of a Secret it is in `data` as well, as far as it can be. */
  readonly binary?: Readonly<Record<string, string>>;
}

/** A remote that the host has fetched: `key` is the key of the need it answers. */
export interface RemoteInput {
  readonly key: string;
  /** Id of the artifact that holds it. For `http` the artifact has one file named `content`. */
  readonly artifact?: string;
  /** Set instead of `artifact` when it can't be had: the build fails with this text where kustomize would have failed. */
  readonly unavailable?: string;
}

export interface KustomizeRequest {
  /** Id of the artifact that is the source of the Kustomization. */
  readonly artifact: string;
  /** The Kustomization as the API server would hold it: apiVersion, kind, metadata, spec. */
  readonly kustomization: object;
  readonly flux: FluxMinor;
  /** Feature gate StrictPostBuildSubstitutions. */
  readonly strict: boolean;
  /** Everything `substituteFrom` and `decryption.secretRef` of this Kustomization name, as far as known. */
  readonly objects: readonly DataObject[];
  /**
   * `Kind/namespace/name` of objects that are assumed to exist on the cluster with unknown content (no cluster is given).
   * A variable that only they can define becomes a visible placeholder instead of an error.
   */
  readonly assumed: readonly string[];
  /** Age identities (`AGE-SECRET-KEY-1…`) of the user, tried after those of `decryption.secretRef`. */
  readonly ageIdentities: readonly string[];
  /** `placeholder`: what can't be decrypted becomes a digest placeholder. `fail`: it fails as in the controller. */
  readonly undecryptable: "placeholder" | "fail";
  readonly remotes: readonly RemoteInput[];
  /**
   * `exact`: the objects as the controller applies them.
   * `masked`: the same with every value that came from a Secret replaced by its digest, for showing to people.
   * `origins`: like `exact`, and each object says which file it came from.
   */
  readonly mode: "exact" | "masked" | "origins";
}

/** One object after build, decryption, substitution, owner labels, native defaults and commonMetadata. */
export interface EngineObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty when the object has none. */
  readonly namespace: string;
  readonly name: string;
  /** Canonical JSON of the object: keys sorted, numbers as Go prints them. Equal text means equal object. */
  readonly json: string;
  /** Scope of built-in kinds; absent for kinds that only a CRD knows. */
  readonly scope?: "Namespaced" | "Cluster";
  /**
   * Why the controller would not apply it although it is in the inventory. The last two are for what a chart has in `crds/`:
   * the policy is Skip, or it is no CustomResourceDefinition.
   */
  readonly skipped?:
    "reconcile-disabled" | "ssa-ignore" | "ssa-ifnotpresent" | "crd-policy" | "not-a-crd";
  /** `kustomize.toolkit.fluxcd.io/prune: disabled`. */
  readonly keepOnPrune?: boolean;
  /** Path inside the artifact, when mode is `origins` and kustomize knows it. `remote` is set for a remote base. */
  readonly origin?: { readonly path: string; readonly remote?: string };
  /** Set on what a HelmRelease applies: which part of the chart it comes from. */
  readonly helm?: HelmPart;
  /** Name of the ResourceSet step that applies it. */
  readonly step?: string;
}

/** Every path an answer depends on, as `<artifact>/<path>`; a folder listing has a trailing slash. */
export interface ReadSet {
  readonly files: readonly string[];
  /** Folders whose list of names was read. */
  readonly listings: readonly string[];
  /** Paths that were looked for and are not there (neither file nor folder). */
  readonly absent: readonly string[];
}

/**
 * `key` is `git:<url>@<ref>` (with `?submodules=false` where they are not wanted), `http:<url>`, or `Kind/namespace/name`.
 */
export type Need =
  | {
      readonly kind: "git";
      readonly key: string;
      readonly url: string;
      readonly ref: string;
      readonly submodules: boolean;
    }
  | { readonly kind: "http"; readonly key: string; readonly url: string }
  | { readonly kind: "ConfigMap" | "Secret"; readonly key: string }
  /** A dependency of a chart in a directory that is not in its `charts/`; answered like a remote, with one file `chart.tgz`. */
  | {
      readonly kind: "chart";
      readonly key: string;
      /** `https://…`, `oci://…`; empty when Chart.yaml names none. */
      readonly repository: string;
      readonly name: string;
      /** Version or range. */
      readonly version: string;
    }
  /** `lookup` in a template; `name` is empty for a list. `key` is `lookup:<apiVersion>/<kind>/<namespace>/<name>`. */
  | {
      readonly kind: "lookup";
      readonly key: string;
      readonly apiVersion: string;
      readonly objectKind: string;
      readonly namespace: string;
      readonly name: string;
    };

/** Where in the controller's pipeline an applier failed. */
export type FailureStage =
  | "path"
  | "generate"
  | "build"
  | "decrypt"
  | "substitute"
  | "apply"
  /** Loading a chart, its dependencies, its valuesFiles. */
  | "chart"
  /** Composing values. */
  | "values"
  /** `values.schema.json`. */
  | "schema"
  | "template"
  | "post-render"
  /** Inputs of a ResourceSet. */
  | "inputs"
  | "engine";

/** `reason` is the controller's own condition reason: `BuildFailed`, `InstallFailed`, `ValuesError` … */
export interface EngineFailure {
  readonly stage: FailureStage;
  readonly reason: string;
  /** The controller's message; temporary folders are left out, so paths start at the artifact root. */
  readonly message: string;
  /** The file inside the artifact at fault, when known. */
  readonly path?: string;
  /** 1-based line in `path`. */
  readonly line?: number;
  /** `Kind/namespace/name` of the object at fault, when known. */
  readonly object?: string;
  /** Why the engine itself gave up; only with stage `engine`. */
  readonly cause?: "timeout" | "crash" | "limit";
}

export type EngineWarningCode =
  | "placeholder-variable"
  | "undecrypted"
  /** Values that only the cluster knows (`assumed`) were left out or stand as placeholders. */
  | "values-unknown"
  /** A template asked the cluster and got no answer, so it was told that there is nothing. */
  | "lookup-unanswered"
  /** A template uses a function whose real answer differs each time; the answer here is made from the release and the place. */
  | "nondeterministic"
  /** Something the controller says as a warning: an unresolvable value of a chart, an object in `crds/` that is no CRD … */
  | "upstream";

export interface EngineWarning {
  readonly code: EngineWarningCode;
  readonly message: string;
  readonly path?: string;
  readonly object?: string;
}

/** What every render answers with. */
export interface RenderResult {
  /** Empty when `failure` is set and the failure came before the apply stage. */
  readonly objects: readonly EngineObject[];
  readonly reads: ReadSet;
  /** Inputs that were missing. The host fetches them and calls again; `failure` then says what their absence did. */
  readonly needs: readonly Need[];
  readonly failure?: EngineFailure;
  readonly warnings: readonly EngineWarning[];
}

export interface KustomizeResult extends RenderResult {
  /** True when the build used `openapi:`, so that the engine resets its schema before the next one. */
  readonly customSchema: boolean;
}

/** Every question of the engine that is about artifacts or values, with its answer. */
export interface EngineCalls {
  readonly kustomize: readonly [KustomizeRequest, KustomizeResult];
  readonly helm: readonly [HelmRequest, HelmResult];
  readonly chart: readonly [ChartRequest, ChartResult];
  readonly resourceSet: readonly [ResourceSetRequest, ResourceSetResult];
  readonly generator: readonly [GeneratorRequest, GeneratorResult];
  readonly imagePolicy: readonly [ImagePolicyRequest, ImagePolicyResult];
  readonly imageUpdate: readonly [ImageUpdateRequest, ImageUpdateResult];
  readonly version: readonly [VersionRequest, VersionResult];
}
export type EngineCall = keyof EngineCalls;
