/** The messages about what makes objects, artifacts and versions out of others; see `protocol.ts`. */
import type { DataObject, EngineFailure, ReadSet, RenderResult } from "./protocol.ts";

/** One ResourceSet of flux-operator, from its public documentation. */
export interface ResourceSetRequest {
  readonly resourceSet: object;
  /** All ResourceSetInputProviders of its namespace; the engine picks by name and selector. */
  readonly providers: readonly object[];
  /** What `copyFrom`, `checksumFrom` and `convertKubeConfigFrom` read. */
  readonly objects: readonly DataObject[];
  readonly assumed: readonly string[];
  /** As in `KustomizeRequest`; `exact` when absent. */
  readonly mode?: "exact" | "masked";
}
export interface ResourceSetResult extends RenderResult {
  /** Number of input sets; 0 with `inputsFrom` means that everything is garbage-collected. */
  readonly inputs: number;
}

/** One ArtifactGenerator of source-watcher. */
export interface GeneratorRequest {
  readonly generator: object;
  readonly sources: readonly {
    readonly alias: string;
    readonly artifact: string;
    readonly revision: string;
  }[];
}
export interface GeneratedArtifact {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: string;
  readonly files: readonly {
    readonly path: string;
    /** `<artifact>/<path>` of the file it is a copy of. */
    readonly from?: string;
    /** Base64 of its content when it is merged or extracted. */
    readonly content?: string;
  }[];
}
export interface GeneratorResult {
  readonly artifacts: readonly GeneratedArtifact[];
  readonly reads: ReadSet;
  readonly failure?: EngineFailure;
}

/** An ImagePolicy on a list of tags (`fluxcd/image-reflector-controller internal/policy`). */
export interface ImagePolicyRequest {
  readonly policy: object;
  readonly tags: readonly string[];
}
export interface ImagePolicyResult {
  readonly latest?: string;
  readonly failure?: EngineFailure;
}

/** What an ImageUpdateAutomation would write (`fluxcd/image-automation-controller pkg/update`). */
export interface ImageUpdateRequest {
  readonly artifact: string;
  /** `spec.update.path`, cleaned. */
  readonly path: string;
  /** Policies with their latest image: name, tag and digest. */
  readonly policies: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly image: string;
    readonly tag: string;
    readonly digest?: string;
  }[];
}
export interface ImageUpdateResult {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly changes: readonly {
    readonly path: string;
    readonly object: string;
    readonly setter: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly reads: ReadSet;
  readonly failure?: EngineFailure;
}

/** Picks among version strings as the controllers do (`Masterminds/semver`). */
export interface VersionRequest {
  readonly versions: readonly string[];
  readonly constraint: string;
  /** Regular expression that versions must match first (`semverFilter`). */
  readonly filter?: string;
  /** `git`: equal versions by list order. `helm`: exact match first, an empty constraint is `*`, stable only. */
  readonly rule: "git" | "oci" | "helm";
}
export interface VersionResult {
  readonly version?: string;
  readonly failure?: EngineFailure;
}
