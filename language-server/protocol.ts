/**
 * Every message between client and server that is not standard LSP. `PROTOCOL.md` is the prose for the same.
 * Types and names only: it is bundled into both sides, so it imports no LSP library.
 */
import type {
  ClusterOutlook,
  KubeconfigSecret,
  LiveRequest,
  LiveResponse,
  ObjectRef,
  Place,
  Plan,
  Progress,
  RemoteAnswer,
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
   * These two have no use for `object`, which is empty then. `chart`: a file of its chart, and `object` is the path of it.
   */
  readonly part?: "object" | "applier" | "values" | "chart";
}
/** `text` is absent when this side doesn't have the object. */
export interface ObjectTextResult {
  readonly text?: string;
}

/** A line of the document that `sluice/objectText` gave. */
export interface LineOriginParams extends ObjectTextParams {
  /** 1-based. */
  readonly line: number;
  /** JSON pointer of a field, in the place of `line`: its first line is meant. */
  readonly pointer?: string;
}
/** Absent where nobody knows. */
export interface LineOriginResult {
  /** Where the line is written, or else what is around it, or what makes the object. */
  readonly place?: Place;
  /** What decides the line, the most direct first. Absent where that is `place` and nothing else. */
  readonly origins?: readonly LineOriginSpot[];
  /** Not everything could be tried in the time that one question may take. */
  readonly isPartial?: true;
}

/**
 * `text`: what stands on the line comes from there; `value`: it decides what stands there; `presence`: whether the line is there;
 * `object`: whether the object is; `template`: the file of the chart that makes it.
 */
export type OriginEffect = "text" | "value" | "presence" | "object" | "template";

/** Either `place` or `chartFile` is there. */
export interface LineOriginSpot {
  /** `image.tag`, `spec.targetNamespace`, `templates/deployment.yaml`. */
  readonly title: string;
  readonly effect: OriginEffect;
  /** It is the chart's own value, which the release does not set. */
  readonly isDefault?: true;
  readonly place?: Place;
  /** In the chart; its text is that of part `chart`. */
  readonly chartFile?: { readonly path: string; readonly line?: number };
  /** It is what "Go to Definition" leads to. */
  readonly isTarget: boolean;
}

export interface ValueEffectsParams {
  readonly folder: string;
  /** In the tree. */
  readonly path: string;
  /** 0-based. */
  readonly position: { readonly line: number; readonly character: number };
}
/** Absent where there is no value. */
export interface ValueEffectsResult {
  /** `image.tag`. */
  readonly title?: string;
  readonly objects?: readonly ValueEffectObject[];
  /** The chart refuses every other value, so nothing could be tried. */
  readonly isRefused?: true;
  readonly isPartial?: true;
}
export interface ValueEffectObject {
  readonly applier: string;
  readonly ref: ObjectRef;
  /** 1-based lines of the text of part `object`; none where the whole object is there because of the value. */
  readonly lines: readonly number[];
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

/** An artifact that is to be published under a tag, and the one that is there now: gzipped tar archives on this machine. */
export interface PlanPublicationParams {
  readonly folder: string;
  /** `oci://host/path`. */
  readonly url: string;
  readonly tag: string;
  /** Folder of the repository that is published; empty for all of it. */
  readonly path: string;
  /** Absent: the tag leads to nothing yet. `base`: it can't be read, so the folder's base is taken for it. */
  readonly before?: { readonly file: string; readonly label: string } | "base";
  readonly after: string;
}
/** A `plan`, or a `failure` that says why there is none. */
export interface PlanPublicationResult extends PlanRevisionsResult {
  /** Sources that follow the tag, as `OCIRepository/namespace/name`. */
  readonly followers?: readonly string[];
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
  readonly "sluice/valueEffects": readonly [ValueEffectsParams, ValueEffectsResult];
  readonly "sluice/outlook": readonly [OutlookParams, OutlookResult];
  readonly "sluice/planRevisions": readonly [PlanRevisionsParams, PlanRevisionsResult];
  readonly "sluice/planPublication": readonly [PlanPublicationParams, PlanPublicationResult];
  /** Reads everything again; resolves when the new plan has been sent. */
  readonly "sluice/refresh": readonly [Record<string, never>, null];
}
/** Begins a base (`SluiceSettings.base`) that is a cluster: `cluster:<context of the kubeconfig>`. */
export const clusterBase = "cluster:";

export interface AskClusterParams {
  /** The context of the kubeconfig. The client answers for a context only that its user chose to compare with. */
  readonly context: string;
  readonly request: LiveRequest;
  /** A handle of `sluice/openRemote`: this other cluster is asked, and not the one of the context. */
  readonly remote?: string;
}

/** The client reads the Secret with the rights of its user, and keeps what is in it to itself. */
export interface OpenRemoteParams {
  readonly context: string;
  readonly secret: KubeconfigSecret;
}
/** The handle is the same as long as the Secret says the same. `name` is what a person calls the cluster. */
export type OpenRemoteResult =
  | { readonly outcome: "opened"; readonly remote: string; readonly name: string }
  | Extract<RemoteAnswer, { readonly outcome: "refused" }>;

/** Server to client. But for those about clusters they are for the web, where the server has no file system. */
export interface ServerRequests {
  readonly "sluice/askCluster": readonly [AskClusterParams, LiveResponse];
  readonly "sluice/openRemote": readonly [OpenRemoteParams, OpenRemoteResult];
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
