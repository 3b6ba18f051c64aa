/**
 * Every message between client and server that is not standard LSP. `PROTOCOL.md` is the prose for the same.
 * Types and names only: it is bundled into both sides, so it imports no LSP library.
 */
import type {
  ClusterOutlook,
  LiveRequest,
  LiveResponse,
  Place,
  Plan,
  Progress,
  RiskSettings,
} from "#simulator";

/** What the client tells the server once, as `initializationOptions`. */
export interface InitializationOptions {
  /** `false`: nothing is fetched and no key is read until `sluice/trustGranted`. */
  readonly trusted: boolean;
  /** Path of `engine.wasm`; unused on the web, where `sluice/readEngine` gives the bytes. */
  readonly engineWasm?: string;
  /** Folder with the packs of schemas, on Node only; on the web `sluice/readSchemas` gives them. */
  readonly schemas?: string;
  /** Address of the folder with a page for each rule, to link diagnostics to. */
  readonly rulesDocs?: string;
}

/** Something that is left out of a plan on purpose, and why. Shown to people, never a problem of their manifests. */
export interface PlanNote {
  readonly code: "no-git" | "base-not-found" | "untrusted" | "files-left-out" | "keys-unreadable";
  readonly message: string;
}

export type FailureReason = "engine-missing" | "unreadable" | "bug";

/** State of one folder. `folder` is the URI of the root of its tree (the Git root when there is one). */
export type PlanParams =
  | {
      readonly state: "running";
      readonly folder: string;
      readonly revision: number;
      readonly progress?: Progress;
    }
  | {
      readonly state: "ready";
      readonly folder: string;
      readonly revision: number;
      readonly plan: Plan;
      readonly notes: readonly PlanNote[];
    }
  | {
      readonly state: "failed";
      readonly folder: string;
      readonly revision: number;
      readonly reason: FailureReason;
      readonly message: string;
    }
  | { readonly state: "closed"; readonly folder: string };

export interface ObjectTextParams {
  readonly folder: string;
  /** `ApplierRecord.id`. */
  readonly applier: string;
  /** `<apiVersion>/<Kind>/<namespace>/<name>`. */
  readonly object: string;
  readonly side: "base" | "target";
  /**
   * `object` (the default), `applier`: everything the applier applies, or `values`: the effective values of a HelmRelease.
   * The last two have no use for `object`, which is empty then.
   */
  readonly part?: "object" | "applier" | "values";
}
/** `text` is absent when this side doesn't have the object. */
export interface ObjectTextResult {
  readonly text?: string;
}

/** A line of the document that `sluice/objectText` gave. */
export interface LineOriginParams extends ObjectTextParams {
  /** 1-based. */
  readonly line: number;
}
/** Absent where nobody knows. */
export interface LineOriginResult {
  readonly place?: Place;
}

export interface OutlookParams {
  readonly folder: string;
}
/** `clusters` is absent while the folder has no simulation. */
export interface OutlookResult {
  readonly clusters?: readonly ClusterOutlook[];
}

/** A commit, branch or tag, and what people call it. */
export interface NamedRevision {
  readonly revision: string;
  readonly label: string;
}
export interface PlanRevisionsParams {
  readonly folder: string;
  /** Absent: there is nothing to compare with. */
  readonly base?: NamedRevision;
  readonly target: NamedRevision;
}
/** Either is there: `failure` says why there is no plan. */
export interface PlanRevisionsResult {
  readonly plan?: Plan;
  readonly failure?: string;
}

export interface ListFilesParams {
  readonly folder: string;
  /** More files than this are not listed. */
  readonly limit: number;
}
export interface ListedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
  readonly kind: "file" | "symlink";
}
export interface ListFilesResult {
  readonly files: readonly ListedFile[];
  /** True when the limit was reached. */
  readonly truncated: boolean;
}

export interface ReadFilesParams {
  readonly folder: string;
  readonly paths: readonly string[];
}
/** In the order asked for; `null` for what can't be read. */
export interface ReadFilesResult {
  readonly contents: readonly (Uint8Array | null)[];
}

/** `null` when the part is not shipped with the extension. */
export interface ReadEngineResult {
  readonly wasm: Uint8Array | null;
  /** Memory of a warmed engine; without it the start takes a second longer. */
  readonly image: Uint8Array | null;
  /** Text of the worker's script. */
  readonly worker: string | null;
}

export interface ReadSchemasParams {
  /** `flux.json.gz` */
  readonly file: string;
}
/** `null` when the pack is not shipped with the extension. */
export interface ReadSchemasResult {
  readonly bytes: Uint8Array | null;
}

/** Server to client. */
export interface ServerNotifications {
  readonly "sluice/plan": PlanParams;
}
/** Client to server. */
export interface ClientNotifications {
  readonly "sluice/trustGranted": Record<string, never>;
  readonly "sluice/clusterMoved": { readonly context: string };
}
/** Client to server: parameters and result. */
export interface ClientRequests {
  readonly "sluice/objectText": readonly [ObjectTextParams, ObjectTextResult];
  readonly "sluice/lineOrigin": readonly [LineOriginParams, LineOriginResult];
  readonly "sluice/outlook": readonly [OutlookParams, OutlookResult];
  readonly "sluice/planRevisions": readonly [PlanRevisionsParams, PlanRevisionsResult];
  /** Reads everything again; resolves when the new plan has been sent. */
  readonly "sluice/refresh": readonly [Record<string, never>, null];
}
/** Begins a base (`SluiceSettings.base`) that is a cluster: `cluster:<context of the kubeconfig>`. */
export const clusterBase = "cluster:";

export interface AskClusterParams {
  /** The context of the kubeconfig. The client answers for a context only that its user chose to compare with. */
  readonly context: string;
  readonly request: LiveRequest;
}

/** Server to client. But for `sluice/askCluster` they are for the web, where the server has no file system. */
export interface ServerRequests {
  readonly "sluice/askCluster": readonly [AskClusterParams, LiveResponse];
  readonly "sluice/listFiles": readonly [ListFilesParams, ListFilesResult];
  readonly "sluice/readFiles": readonly [ReadFilesParams, ReadFilesResult];
  readonly "sluice/readEngine": readonly [Record<string, never>, ReadEngineResult];
  readonly "sluice/readSchemas": readonly [ReadSchemasParams, ReadSchemasResult];
}

/** The `sluice` section of the settings, as the client answers `workspace/configuration`. */
export interface SluiceSettings {
  readonly base: string;
  readonly paths: readonly string[];
  readonly fluxVersion: string;
  readonly kubeVersion: string;
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly offline: boolean;
  readonly allowPrivateNetwork: boolean;
  readonly ageKeyFile: string;
  readonly diagnostics: DiagnosticsSettings;
  /** Secrets with decryption keys may be read from the cluster that is compared with. The user's own setting, not the workspace's. */
  readonly clusterKeys: boolean;
  /** By code, or `risk/*`. */
  readonly risks: RiskSettings;
}

export type DiagnosticSeverityName = "error" | "warning" | "information" | "hint";

/** `sluice.diagnostics`: what is reported, and how loud. */
export interface DiagnosticsSettings {
  /** By code, or `group/*`. */
  readonly severity: Readonly<Record<string, DiagnosticSeverityName | "off">>;
  /** Patterns of paths with the codes that are not reported there; `*` stands for all. */
  readonly ignore: Readonly<Record<string, readonly string[]>>;
}
