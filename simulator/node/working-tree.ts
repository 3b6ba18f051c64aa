/**
 * The working tree as a push would contain it, with unsaved text on top. It remembers what it read, so that reading
 * again costs stats only, and hands out the same tree as long as nothing differs. Contents are the raw bytes on disk:
 * line-ending conversion and filters such as Git LFS are not applied.
 */
import fs from "node:fs";
import { join, relative, sep } from "node:path";

import type { FileTree } from "#simulator";
import { type DiskFile, readDiskFiles } from "./disk-files.ts";
import { findRepository, realFolder, type RepositoryPlace } from "./find-repository.ts";
import { type Head, headByReading, headWithGit } from "./git-head.ts";
import { createObjectReader } from "./git-objects.ts";
import { findGit } from "./git-process.ts";
import { isIgnoredPath } from "./ignore-check.ts";
import { listByWalking } from "./list-by-walking.ts";
import { listWithGit, type Listing } from "./list-with-git.ts";
import { createOverlay } from "./overlay.ts";
import { contentRevision, defaultLimits, fileOf, gitRevision, isTreePath } from "./read-tree.ts";
import type { ReadTree, TreeLimits, TreeProblem } from "./read-tree.ts";
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

/** What is on disk, without the overlay. */
interface DiskState {
  readonly listing: Listing;
  readonly disk: ReadonlyMap<string, DiskFile>;
  /** Sorted by path. */
  readonly tree: ReadTree;
}

export async function openWorkingTree(dir: string, options: WorkingTreeOptions = {}): Promise<WorkingTree> {
  const folder = await realFolder(dir);
  const place = await findRepository(folder);
  if (place?.bare) {
    throw new UserError(`${dir} is a bare Git repository and has no working tree. Name a revision or another folder.`);
  }
  const root = place?.root ?? folder;
  const limits: TreeLimits = { ...defaultLimits, ...options };
  const git = options.git === false ? undefined : (options.git ?? findGit());
  const reader: Reader = { root, place, git: place && git, limits };
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

  async function read(texts: ReadonlyMap<string, string> = new Map(), signal?: AbortSignal): Promise<ReadTree> {
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
      return finish(known.length === 0 ? state : await readSome(reader, state, known, signal), texts, tree, signal);
    },
  };
}

interface Reader {
  readonly root: string;
  readonly place: RepositoryPlace | undefined;
  readonly git: string | undefined;
  readonly limits: TreeLimits;
}

async function readAll(reader: Reader, before: DiskState | undefined, signal?: AbortSignal): Promise<DiskState> {
  const [listing, head] = await Promise.all([listAll(reader, signal), headOf(reader, signal)]);
  const wanted = listing.paths.filter(isTakenPath).sort();
  const paths = wanted.slice(0, reader.limits.maxFiles);
  const disk = await readDiskFiles(reader.root, paths, before?.disk ?? new Map(), reader.limits, signal);
  const problems = [...listing.problems];
  if (wanted.length > paths.length) problems.push(tooMany(reader.limits.maxFiles));
  const full: Listing = { ...listing, problems };
  return stateOf(full, disk, await sparseFiles(reader, full, disk, signal), revisionOf(reader, head));
}

async function readSome(
  reader: Reader,
  before: DiskState,
  changed: readonly string[],
  signal?: AbortSignal,
): Promise<DiskState> {
  const isTouched = (path: string): boolean => changed.some((name) => path === name || path.startsWith(`${name}/`));
  const touched = new Set([...before.disk.keys()].filter(isTouched));
  const unlisted = changed.filter((path) => needsListing(reader.root, path, touched));
  const added = unlisted.length === 0 ? undefined : await listSome(reader, unlisted, signal);
  const paths = new Set([...touched, ...(added?.paths ?? [])].filter(isTakenPath));
  if (before.disk.size - touched.size + paths.size > reader.limits.maxFiles) return readAll(reader, before, signal);
  const read = await readDiskFiles(reader.root, paths, before.disk, reader.limits, signal);
  const isSameRead = read.size === touched.size && [...read].every(([path, entry]) => before.disk.get(path) === entry);
  if (isSameRead && added === undefined) return before;
  const disk = new Map([...before.disk].filter(([path]) => !touched.has(path)));
  for (const [path, entry] of read) disk.set(path, entry);
  const kept = before.listing.problems.filter(({ path }) => path === undefined || !isTouched(path));
  const listing: Listing = {
    ...before.listing,
    submodules: new Map([...before.listing.submodules, ...(added?.submodules ?? [])]),
    problems: [...kept, ...(added?.problems ?? [])],
  };
  const sparse = await sparseFiles(reader, listing, disk, signal);
  return stateOf(listing, new Map([...disk].sort(byPath)), sparse, () => before.tree.revision);
}

/** A path that is known and still no folder needs no look at the ignore rules; neither does one that is gone. */
function needsListing(root: string, path: string, touched: ReadonlySet<string>): boolean {
  const stat = fs.lstatSync(join(root, path), { throwIfNoEntry: false });
  return stat !== undefined && (!touched.has(path) || stat.isDirectory());
}

async function listAll(reader: Reader, signal?: AbortSignal): Promise<Listing> {
  const { root, place, git, limits } = reader;
  const refused: TreeProblem[] = [];
  if (place !== undefined && git !== undefined) {
    const onRefused = (message: string): void => void refused.push({ code: "git", message });
    const listing = await listWithGit(git, place, { signal, onRefused });
    if (listing !== undefined) return listing;
  }
  const listing = await listByWalking(root, place, limits.maxFiles, signal);
  return { ...listing, problems: [...refused, ...listing.problems] };
}

async function listSome(reader: Reader, paths: readonly string[], signal?: AbortSignal): Promise<Listing> {
  const { place, git } = reader;
  const listed = place && git && (await listWithGit(git, place, { paths, signal }));
  if (listed) return listed;
  const all = await listAll(reader, signal);
  const isBelow = (path: string): boolean => paths.some((name) => path === name || path.startsWith(`${name}/`));
  return {
    ...all,
    paths: all.paths.filter(isBelow),
    problems: all.problems.filter(({ path }) => path !== undefined && isBelow(path)),
  };
}

async function headOf(reader: Reader, signal?: AbortSignal): Promise<Head | undefined> {
  const { place, git } = reader;
  if (place === undefined) return undefined;
  return (git === undefined ? undefined : await headWithGit(git, place, signal)) ?? headByReading(place);
}

/** A working tree has the revision of the commit it stands on; what would be pushed has none yet. */
function revisionOf(reader: Reader, head: Head | undefined): (files: FileTree["files"]) => string {
  if (head !== undefined) return () => gitRevision(head.commit, head.branch);
  if (reader.place !== undefined) return () => "sha1:0000000000000000000000000000000000000000";
  return contentRevision;
}

function stateOf(
  listing: Listing,
  disk: ReadonlyMap<string, DiskFile>,
  sparse: FileTree["files"],
  revision: (files: FileTree["files"]) => string,
): DiskState {
  const files = new Map([...disk].map(([path, { file }]) => [path, file]));
  for (const [path, id] of listing.submodules) files.set(path, { id, size: 0, kind: "submodule" });
  for (const [path, file] of sparse) files.set(path, file);
  const extra = listing.submodules.size + sparse.size > 0;
  const sorted = extra ? new Map([...files].sort(byPath)) : files;
  const problems = [...listing.problems, ...[...disk.values()].flatMap(({ problem }) => problem ?? [])];
  return { listing, disk, tree: { label: "working tree", revision: revision(sorted), files: sorted, problems } };
}

/** Files that a sparse checkout keeps off the disk are part of what a push contains; their content is in the repository. */
async function sparseFiles(
  reader: Reader,
  listing: Listing,
  disk: ReadonlyMap<string, DiskFile>,
  signal?: AbortSignal,
): Promise<FileTree["files"]> {
  const missing = [...listing.sparse].filter(([path]) => !disk.has(path) && isTakenPath(path));
  if (missing.length === 0 || reader.git === undefined) return new Map();
  const objects = createObjectReader(reader.git, "contents", { cwd: reader.root });
  try {
    const found = await Promise.all(missing.map(async ([path, id]) => [path, await objects.read(id)] as const));
    signal?.throwIfAborted();
    return new Map(found.flatMap(([path, object]) => (object === undefined ? [] : [[path, fileOf(object.bytes)]])));
  } finally {
    objects.dispose();
  }
}

function isSame(a: ReadTree, b: ReadTree): boolean {
  if (a.files.size !== b.files.size || a.revision !== b.revision) return false;
  if (JSON.stringify(a.problems) !== JSON.stringify(b.problems)) return false;
  return [...b.files].every(([path, file]) => a.files.get(path) === file);
}

function isReadTree(tree: FileTree): tree is ReadTree {
  return "problems" in tree;
}

function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Keeps out what a forged index could name: paths that leave the root, and Git's own folder. */
function isTakenPath(path: string): boolean {
  return isTreePath(path) && !/(^|\/)\.git(\/|$)/i.test(path);
}

function changesListing(path: string): boolean {
  return path === "" || path === "." || /(^|\/)\.gitignore$/.test(path) || /^\.git(\/|$)/.test(path);
}

function tooMany(maxFiles: number): TreeProblem {
  return {
    code: "too-many-files",
    message: `The folder has more than ${maxFiles} files; the rest is left out. Open a smaller folder or ignore some.`,
  };
}
