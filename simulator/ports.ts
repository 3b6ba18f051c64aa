/**
 * What the simulator asks of the world outside: trees of files, the render engine, sources and a log.
 * Everything here is a plain value or an interface; the adapters live in `node/` and `web/`.
 */
import type { KustomizeRequest, KustomizeResult } from "./engine/protocol.ts";

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
   * Builds one Kustomization as kustomize-controller does.
   * `artifacts` holds every artifact that `request` names, by id; the engine keeps them between calls and transfers differences only.
   */
  kustomize(
    request: KustomizeRequest,
    artifacts: ReadonlyMap<string, FileTree>,
    signal?: AbortSignal,
  ): Promise<KustomizeResult>;
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

/** A Git repository that is not the working tree: a remote base or an external GitRepository. */
export interface GitSourceRequest {
  readonly kind: "git";
  readonly url: string;
  /** Branch, tag, commit or full ref name; absent means the remote's default branch. */
  readonly ref?: string;
  readonly submodules?: boolean;
}
/** One file fetched over HTTP: a remote resource of a kustomization. */
export interface HttpSourceRequest {
  readonly kind: "http";
  readonly url: string;
}
export type SourceRequest = GitSourceRequest | HttpSourceRequest;

/** `unavailable` is an answer, not an exception: offline, refused address, not found, authentication. */
export type SourceAnswer =
  | { readonly outcome: "available"; readonly tree: FileTree }
  | {
      readonly outcome: "unavailable";
      readonly reason:
        "offline" | "refused" | "not-found" | "unauthorized" | "failed" | "too-large";
      readonly message: string;
    };

/** Fetches what is not in the working tree, through a cache. */
export interface Sources {
  fetch(request: SourceRequest, signal?: AbortSignal): Promise<SourceAnswer>;
}

/** Answers of the engine from earlier processes, by question. What can't be kept or found is simply not there. */
export interface AnswerStore {
  load(question: string): string | undefined;
  save(question: string, answer: string): void;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
