/**
 * What the simulator asks of the world outside: trees of files, the render engine, sources and a log.
 * Everything here is a plain value or an interface; the adapters live in `node/` and `web/`.
 */
import type { EngineCall, EngineCalls, VersionRequest } from "./engine/protocol.ts";

/** One file of a tree. Immutable. */
export interface TreeFile {
  /** Identity of the content: the Git blob id, SHA-1 of `blob <size>\0<content>` in hex. */
  readonly id: string;
  /** Size in bytes. */
  readonly size: number;
  readonly kind: "file" | "symlink" | "submodule";
  /** Absent for symlinks and submodules, and for files above the size limit of the adapter. */
  readonly bytes?: Uint8Array;
}

/** A whole tree of files at one moment. Keys are relative paths with `/`, never starting with `/` or containing `..`. */
export interface FileTree {
  /** What a person calls this tree: `working tree`, `HEAD`, a revision, a folder. */
  readonly label: string;
  /** The Flux revision string the artifact would have, for example `main@sha1:<commit>`. */
  readonly revision: string;
  readonly files: ReadonlyMap<string, TreeFile>;
}

/** The render engine: the controllers' own Go code. Never rejects for bad input; rejects with an `AbortError` when cancelled. */
export interface Engine {
  /**
   * One question, answered as the controller of that kind does.
   * `artifacts` holds every artifact that `request` names, by id; the engine keeps them between calls and transfers differences only.
   */
  call<Call extends EngineCall>(
    call: Call,
    request: EngineCalls[Call][0],
    artifacts: ReadonlyMap<string, FileTree>,
    signal?: AbortSignal,
  ): Promise<EngineCalls[Call][1]>;
  /**
   * Paths of `tree` that source-controller leaves out of an artifact (`fluxcd/pkg sourceignore`).
   * `ignore` is `spec.ignore` of the source.
   */
  excluded(
    tree: FileTree,
    ignore: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** Decoded data of the Secrets that a source names. The adapter knows the keys of each kind of source. */
export interface SourceAccess {
  /** `spec.secretRef`. Absent: the user's own credentials, where the adapter has any. */
  readonly secret?: Readonly<Record<string, string>>;
  /** `spec.certSecretRef`. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** `spec.insecure`: plain HTTP is allowed. */
  readonly insecure?: boolean;
  /** `generic`, `aws`, `azure`, `gcp`, `github` …; others than `generic` are refused with a clear answer. */
  readonly provider?: string;
}

/** `spec.verify` of a source, with the data of its Secret. */
export interface Verification {
  /** `cosign`, `notation`, or for Git `HEAD`, `Tag`, `TagAndHEAD`. */
  readonly mode: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly identities?: readonly { readonly issuer: string; readonly subject: string }[];
}

interface CommonRequest {
  readonly access?: SourceAccess;
  readonly verify?: Verification;
  /** An answer from the store that is younger may be given without asking (`spec.interval`), in milliseconds. */
  readonly maxAge?: number;
  /** `spec.timeout`, in milliseconds. */
  readonly timeout?: number;
}

/** `spec.ref` of a GitRepository. Precedence: commit, name, tag, semver, branch; nothing means the remote's default branch. */
export interface GitRef {
  readonly branch?: string;
  readonly tag?: string;
  readonly semver?: string;
  readonly name?: string;
  readonly commit?: string;
}

/** A Git repository that is not the working tree: a remote base or an external GitRepository. */
export interface GitSourceRequest extends CommonRequest {
  readonly kind: "git";
  readonly url: string;
  /** A string is a branch, tag, commit or full ref name, as in a remote base. */
  readonly ref?: string | GitRef;
  readonly submodules?: boolean;
  /** `spec.sparseCheckout`: folders. */
  readonly sparse?: readonly string[];
}
/** One file fetched over HTTP: a remote resource of a kustomization, a schema. The tree has one file `content`. */
export interface HttpSourceRequest {
  readonly kind: "http";
  readonly url: string;
}
/** An OCIRepository. `copy`: the tree has the layer as one file `layer.tgz`; `extract`: what the layer holds. */
export interface OciSourceRequest extends CommonRequest {
  readonly kind: "oci";
  /** `oci://host/path`. */
  readonly url: string;
  /** Precedence: digest, semver (with its filter), tag; nothing means `latest`. */
  readonly ref?: {
    readonly tag?: string;
    readonly semver?: string;
    readonly semverFilter?: string;
    readonly digest?: string;
  };
  readonly layer?: { readonly mediaType?: string; readonly operation?: "extract" | "copy" };
}
/** A packaged chart from a Helm repository, `https://…` or `oci://…`. The tree has one file `chart.tgz`. */
export interface ChartSourceRequest extends CommonRequest {
  readonly kind: "chart";
  readonly repository: string;
  readonly name: string;
  /** Version or range; empty means the newest stable one. */
  readonly version: string;
  readonly passCredentials?: boolean;
}
/** A bucket with the S3 API. */
export interface BucketSourceRequest extends CommonRequest {
  readonly kind: "bucket";
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix?: string;
  readonly region?: string;
}
export type SourceRequest =
  | GitSourceRequest
  | HttpSourceRequest
  | OciSourceRequest
  | ChartSourceRequest
  | BucketSourceRequest;

/** `unavailable` is an answer, not an exception: offline, refused address, not found, authentication. */
export type SourceAnswer =
  | {
      readonly outcome: "available";
      /** `revision` of the tree is what source-controller would write: `main@sha1:…`, `6.1.0@sha256:…`, a chart version. */
      readonly tree: FileTree;
      /** Digest of the manifest (OCI), `sha256:<hex>`. */
      readonly digest?: string;
      /** Things to know: a signature that can't be checked here, an answer older than its interval because the network is off. */
      readonly remarks?: readonly string[];
    }
  | {
      readonly outcome: "unavailable";
      readonly reason:
        | "offline"
        | "refused"
        | "not-found"
        | "unauthorized"
        | "failed"
        | "too-large"
        /** `spec.verify` says no. */
        | "unverified"
        /** A provider or a protocol that is not supported here. */
        | "unsupported"
        /** The archive is broken or hostile, the digest is wrong. */
        | "invalid";
      readonly message: string;
    };

/** Fetches what is not in the working tree, through a cache. */
export interface Sources {
  fetch(request: SourceRequest, signal?: AbortSignal): Promise<SourceAnswer>;
}

/**
 * One request to an API server: a read, or a write that the server is told not to carry out. There is no other form, so
 * nothing that passes through `Live` can change a cluster.
 */
export type LiveRequest =
  | {
      readonly verb: "get";
      /** Path and query, names in it encoded: `/api/v1/namespaces/a/configmaps/b`. Lists as well. */
      readonly path: string;
      /** Another form of the answer, where the server knows it: aggregated discovery, or a list with metadata only. */
      readonly as?: "discovery" | "metadata";
    }
  | {
      /** Server-side apply with `dryRun=All`. */
      readonly verb: "dry-run";
      /** Path of the object, without a query. */
      readonly path: string;
      readonly manager: string;
      readonly force: boolean;
      /** The object as JSON. */
      readonly body: string;
    };

/** `status` is the HTTP status; 0: there was no answer, and `body` says why in words. */
export interface LiveResponse {
  readonly status: number;
  readonly body: string;
  /** Seconds to wait before asking again, when the server said so. */
  readonly retryAfter?: number;
}

/** A cluster that may be asked. The adapter knows address and credentials; how many requests run at once is the caller's business. */
export interface Live {
  /** What a person calls it: the context of the kubeconfig. */
  readonly name: string;
  /** Rejects with an `AbortError` when cancelled, and never otherwise. */
  request(request: LiveRequest, signal?: AbortSignal): Promise<LiveResponse>;
  /**
   * The cluster of a kubeconfig that lies in a Secret of this one, read with the rights that there are here. The text of the kubeconfig
   * stays with the adapter. The same object as before where it is the same kubeconfig. Rejects like `request`.
   */
  remote?(secret: KubeconfigSecret, signal?: AbortSignal): Promise<RemoteAnswer>;
}

/** What `spec.kubeConfig.secretRef` names. */
export interface KubeconfigSecret {
  readonly namespace: string;
  readonly name: string;
  /** Absent: the keys that the controllers try. */
  readonly key?: string;
}

/** `why` follows "because" and quotes nothing of the kubeconfig. */
export type RemoteAnswer =
  | { readonly outcome: "opened"; readonly live: Live }
  | { readonly outcome: "refused"; readonly why: string };

/** Picks a version out of a list as the controllers do; the engine's `version` call. */
export type PickVersion = (
  request: VersionRequest,
  signal?: AbortSignal,
) => Promise<string | undefined>;

/** Answers of the engine from earlier processes, by question. What can't be kept or found is simply not there. */
export interface AnswerStore {
  load(question: string): string | undefined;
  save(question: string, answer: string): void;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
