/**
 * What a working tree has on disk: which paths are taken, read anew or brought up to date. Unsaved text plays no part.
 */
import fs from "node:fs";
import { join } from "node:path";

import type { FileTree } from "#simulator";

import { type DiskFile, readDiskFiles } from "./disk-files.ts";
import type { RepositoryPlace } from "./find-repository.ts";
import { type Head, headByReading, headWithGit } from "./git-head.ts";
import { createObjectReader } from "./git-objects.ts";
import { listByWalking } from "./list-by-walking.ts";
import { type Listing, listWithGit } from "./list-with-git.ts";
import { contentRevision, fileOf, gitRevision, isTreePath } from "./read-tree.ts";
import type { ReadTree, TreeLimits, TreeProblem } from "./read-tree.ts";

/** What is on disk, without the overlay. */
export interface DiskState {
  readonly listing: Listing;
  readonly disk: ReadonlyMap<string, DiskFile>;
  /** Sorted by path. */
  readonly tree: ReadTree;
}

/** Where a working tree is and how it is read. */
export interface Reader {
  readonly root: string;
  readonly place: RepositoryPlace | undefined;
  readonly git: string | undefined;
  readonly limits: TreeLimits;
}

/** Everything; what `before` knows is not read again. */
export async function readAll(
  reader: Reader,
  before: DiskState | undefined,
  signal?: AbortSignal,
): Promise<DiskState> {
  const [listing, head] = await Promise.all([listAll(reader, signal), headOf(reader, signal)]);
  const wanted = listing.paths.filter(isTakenPath).sort();
  const paths = wanted.slice(0, reader.limits.maxFiles);
  const disk = await readDiskFiles(
    reader.root,
    paths,
    before?.disk ?? new Map(),
    reader.limits,
    signal,
  );
  const problems = [...listing.problems];
  if (wanted.length > paths.length) problems.push(tooMany(reader.limits.maxFiles));
  const full: Listing = { ...listing, problems };
  return stateOf(
    full,
    disk,
    await sparseFiles(reader, full, disk, signal),
    revisionOf(reader, head),
  );
}

/** What is at or below the changed paths; the rest is taken from `before`. */
export async function readSome(
  reader: Reader,
  before: DiskState,
  changed: readonly string[],
  signal?: AbortSignal,
): Promise<DiskState> {
  const isTouched = (path: string): boolean =>
    changed.some((name) => path === name || path.startsWith(`${name}/`));
  const touched = new Set([...before.disk.keys()].filter(isTouched));
  const unlisted = changed.filter((path) => needsListing(reader.root, path, touched));
  const added = unlisted.length === 0 ? undefined : await listSome(reader, unlisted, signal);
  const paths = new Set([...touched, ...(added?.paths ?? [])].filter(isTakenPath));
  if (before.disk.size - touched.size + paths.size > reader.limits.maxFiles)
    return readAll(reader, before, signal);
  const read = await readDiskFiles(reader.root, paths, before.disk, reader.limits, signal);
  const isSameRead =
    read.size === touched.size &&
    [...read].every(([path, entry]) => before.disk.get(path) === entry);
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

async function listSome(
  reader: Reader,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Listing> {
  const { place, git } = reader;
  const listed = place && git && (await listWithGit(git, place, { paths, signal }));
  if (listed) return listed;
  const all = await listAll(reader, signal);
  const isBelow = (path: string): boolean =>
    paths.some((name) => path === name || path.startsWith(`${name}/`));
  return {
    ...all,
    paths: all.paths.filter(isBelow),
    problems: all.problems.filter(({ path }) => path !== undefined && isBelow(path)),
  };
}

async function headOf(reader: Reader, signal?: AbortSignal): Promise<Head | undefined> {
  const { place, git } = reader;
  if (place === undefined) return undefined;
  return (
    (git === undefined ? undefined : await headWithGit(git, place, signal)) ?? headByReading(place)
  );
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
  const problems = [
    ...listing.problems,
    ...[...disk.values()].flatMap(({ problem }) => problem ?? []),
  ];
  return {
    listing,
    disk,
    tree: { label: "working tree", revision: revision(sorted), files: sorted, problems },
  };
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
    const found = await Promise.all(
      missing.map(async ([path, id]) => [path, await objects.read(id)] as const),
    );
    signal?.throwIfAborted();
    return new Map(
      found.flatMap(([path, object]) =>
        object === undefined ? [] : [[path, fileOf(object.bytes)]],
      ),
    );
  } finally {
    objects.dispose();
  }
}

function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Keeps out what a forged index could name: paths that leave the root, and Git's own folder. */
export function isTakenPath(path: string): boolean {
  return isTreePath(path) && !/(^|\/)\.git(\/|$)/i.test(path);
}

function tooMany(maxFiles: number): TreeProblem {
  return {
    code: "too-many-files",
    message: `The folder has more than ${maxFiles} files; the rest is left out. Open a smaller folder or ignore some.`,
  };
}
