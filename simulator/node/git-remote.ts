/**
 * A remote Git repository for the time of one fetch: what both adapters offer, the `git` executable
 * (`fetch-with-git.ts`) and isomorphic-git (`fetch-with-isomorphic-git.ts`). What to fetch is decided in `fetch-git.ts`.
 */
import type { GitAccess } from "./git-access.ts";
import type { NetworkGuard } from "./network-guard.ts";
import type { ReadTree, TreeLimits } from "./read-tree.ts";

export interface GitRemoteOptions {
  /** Without credentials; those are in `access`. */
  readonly url: URL;
  readonly access: GitAccess;
  /** A folder for this fetch alone. */
  readonly folder: string;
  readonly guard: NetworkGuard;
  readonly limits: TreeLimits;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Rejects with a `FetchFailure`, a `RefusedError` or a `TooLargeError`. */
export interface GitRemote {
  /** Names of all tags, without `refs/tags/`. */
  tags(): Promise<readonly string[]>;
  /** The commit that `HEAD` or a full ref name leads to, without fetching it. */
  resolve(name: string): Promise<string | undefined>;
  /**
   * Fetches branches, tags, commits, full ref names or `HEAD`, with as little history as the server allows. Answers the
   * id of the object that each name leads to, which for an annotated tag is the tag's own.
   */
  fetch(names: readonly string[]): Promise<readonly string[]>;
  /** A fetched object as Git stores it. */
  readObject(id: string): Promise<GitRawObject | undefined>;
  /** The tree of a fetched commit. */
  readTree(commit: string): Promise<ReadTree>;
  close(): Promise<void>;
}

export interface GitRawObject {
  readonly type: string;
  readonly bytes: Uint8Array;
}
