/**
 * Reading revisions of a repository without a checkout: the port and the choice between its two adapters, the `git`
 * executable and, where there is none or it refuses, isomorphic-git.
 */
import type { FileTree } from "#simulator";

import { findRepository, type RepositoryPlace } from "./find-repository.ts";
import { findGit, isDubiousOwnership, runGit } from "./git-process.ts";
import { defaultLimits, type ReadTree, type TreeLimits } from "./read-tree.ts";
import { openWithGit } from "./repository-git.ts";

export interface ResolvedRevision {
  readonly commit: string;
  /** The branch that was named or that HEAD is on; of a remote-tracking branch the name at the remote. */
  readonly branch?: string;
  /** As Flux writes it: `<branch>@sha1:<commit>`, or `sha1:<commit>` without a branch. */
  readonly revision: string;
}

export type MergeBase =
  | { readonly found: true; readonly commit: string }
  | { readonly found: false; readonly message: string };

/** Rejects with a `UserError` for what the repository can't answer, and with an `AbortError` when cancelled. */
export interface Repository {
  /** Absolute real path of the working tree, or of the repository when it is bare. */
  readonly root: string;
  readonly adapter: "git" | "isomorphic-git";
  /** Fetch URLs of all remotes, as written in the configuration; those of `origin` come first. */
  remoteUrls(): Promise<string[]>;
  /** A branch, tag, commit or expression such as `HEAD~2`; `undefined` when there is no such commit. */
  resolve(rev: string): Promise<ResolvedRevision | undefined>;
  /** The best common ancestor of two revisions. */
  mergeBase(a: string, b: string): Promise<MergeBase>;
  /** The tree of a revision. Files whose id is in `known` are taken from there and not read. */
  readTree(rev: string, known?: FileTree, signal?: AbortSignal): Promise<ReadTree>;
  dispose(): void;
}

export interface RepositoryOptions extends Partial<TreeLimits> {
  /** Path of the executable; `false` does without it. Looked for in PATH by default. */
  readonly git?: string | false;
}

/** What both adapters start from. */
export interface OpenedRepository {
  readonly place: RepositoryPlace;
  readonly limits: TreeLimits;
}

/** The repository at or above `dir`, if there is one. */
export async function openRepository(
  dir: string,
  options: RepositoryOptions = {},
): Promise<Repository | undefined> {
  const place = await findRepository(dir);
  if (place === undefined) return undefined;
  const opened: OpenedRepository = { place, limits: { ...defaultLimits, ...options } };
  const git = options.git === false ? undefined : (options.git ?? findGit());
  if (git === undefined || (await isRefused(git, place))) {
    // Loaded when needed: it takes longer to load than a repository to read.
    return (await import("./repository-isomorphic.ts")).openWithIsomorphicGit(opened);
  }
  return openWithGit(git, opened);
}

/** isomorphic-git runs nothing that a repository names, so it may read what git doesn't trust. */
async function isRefused(git: string, place: RepositoryPlace): Promise<boolean> {
  const { code, stderr } = await runGit(git, ["rev-parse", "--git-dir"], { cwd: place.root });
  return code !== 0 && isDubiousOwnership(stderr);
}
