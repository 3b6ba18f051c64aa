/**
 * The working tree as a push would contain it, with unsaved text on top. It remembers what it read, so that reading
 * again costs stats only, and hands out the same tree as long as nothing differs. Contents are the raw bytes on disk:
 * line-ending conversion and filters such as Git LFS are not applied.
 */
import { relative, sep } from "node:path";

import type { FileTree } from "#simulator";

import { type DiskState, isTakenPath, readAll, type Reader, readSome } from "./disk-state.ts";
import { findRepository, realFolder } from "./find-repository.ts";
import { findGit } from "./git-process.ts";
import { isIgnoredPath } from "./ignore-check.ts";
import { createOverlay } from "./overlay.ts";
import { defaultLimits, type ReadTree, type TreeLimits } from "./read-tree.ts";
import { UserError } from "./user-error.ts";

export interface WorkingTreeOptions extends Partial<TreeLimits> {
  /** Path of the executable; `false` does without it. Looked for in PATH by default. */
  readonly git?: string | false;
}

export interface WorkingTree {
  /** Absolute real path that the paths of the trees are relative to: the repository's root, or the folder without one. */
  readonly root: string;
  readonly repositoryRoot: string | undefined;
  /** Path of the opened folder below `root`, with `/`; empty when it is the root. */
  readonly subfolder: string;
  /** Reads everything. `overlay` is unsaved text by path relative to `root`. */
  read(overlay?: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<ReadTree>;
  /**
   * The tree after changes at or below `changedPaths` (relative to `root`; added, written, removed or renamed) and
   * with this overlay instead of the one it had. Answers `tree` itself when nothing differs. A change of a
   * `.gitignore` or inside `.git` lists everything again.
   */
  refresh(
    tree: FileTree,
    changedPaths: Iterable<string>,
    overlay?: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadTree>;
}

export async function openWorkingTree(
  dir: string,
  options: WorkingTreeOptions = {},
): Promise<WorkingTree> {
  const folder = await realFolder(dir);
  const reader = await readerFor(folder, options);
  const { root, place } = reader;
  const overlay = createOverlay(async (path, signal) =>
    place === undefined ? false : isIgnoredPath(reader.git, place, path, signal),
  );
  const states = new WeakMap<FileTree, DiskState>();
  let last: DiskState | undefined;
  let lastTree: ReadTree | undefined;

  async function finish(
    state: DiskState,
    texts: ReadonlyMap<string, string>,
    previous: FileTree | undefined,
    signal?: AbortSignal,
  ): Promise<ReadTree> {
    const files = await overlay.apply(state.tree.files, texts, signal);
    const made = files === state.tree.files ? state.tree : { ...state.tree, files };
    const same = previous !== undefined && isReadTree(previous) && isSame(previous, made);
    const tree = same ? previous : made;
    last = same && made === state.tree ? { ...state, tree } : state;
    lastTree = tree;
    states.set(tree, last);
    return tree;
  }

  async function read(
    texts: ReadonlyMap<string, string> = new Map(),
    signal?: AbortSignal,
  ): Promise<ReadTree> {
    overlay.forgetIgnored();
    return finish(await readAll(reader, last, signal), texts, lastTree, signal);
  }

  return {
    root,
    repositoryRoot: place?.root,
    subfolder: relative(root, folder).split(sep).join("/"),
    read,
    async refresh(tree, changedPaths, texts = new Map(), signal) {
      const state = states.get(tree);
      const changed = [...changedPaths].map((path) => path.replace(/\/+$/, ""));
      if (state === undefined || changed.some(changesListing)) {
        overlay.forgetIgnored();
        return finish(await readAll(reader, state ?? last, signal), texts, tree, signal);
      }
      const known = changed.filter(isTakenPath);
      return finish(
        known.length === 0 ? state : await readSome(reader, state, known, signal),
        texts,
        tree,
        signal,
      );
    },
  };
}

async function readerFor(folder: string, options: WorkingTreeOptions): Promise<Reader> {
  const place = await findRepository(folder);
  if (place?.bare) {
    throw new UserError(
      `${folder} is a bare Git repository and has no working tree. Name a revision or another folder.`,
    );
  }
  const git = options.git === false ? undefined : (options.git ?? findGit());
  const limits: TreeLimits = { ...defaultLimits, ...options };
  return { root: place?.root ?? folder, place, git: place && git, limits };
}

function isSame(a: ReadTree, b: ReadTree): boolean {
  if (a.files.size !== b.files.size || a.revision !== b.revision) return false;
  if (JSON.stringify(a.problems) !== JSON.stringify(b.problems)) return false;
  return [...b.files].every(([path, file]) => a.files.get(path) === file);
}

function isReadTree(tree: FileTree): tree is ReadTree {
  return "problems" in tree;
}

function changesListing(path: string): boolean {
  return (
    path === "" || path === "." || /(^|\/)\.gitignore$/.test(path) || /^\.git(\/|$)/.test(path)
  );
}
