/**
 * Reads named files below a root, never through a symbolic link. Reading is synchronous in short turns, which on a
 * local disk is three times as fast as the asynchronous calls. A file whose stat data is unchanged is not read again.
 */
import { createHash } from "node:crypto";
import fs, { type BigIntStats } from "node:fs";
import { dirname, join } from "node:path";

import type { TreeFile } from "#simulator";
import { blobId, type TreeLimits, type TreeProblem } from "./read-tree.ts";
import { createTurns } from "./turns.ts";

/** A file as it was read, with what tells that it hasn't changed since. */
export interface DiskFile {
  readonly file: TreeFile;
  readonly stamp: string;
  /** The file was written so shortly before it was read that another write could have the same time. */
  readonly racy: boolean;
  readonly problem?: TreeProblem;
}

/** Only the paths that are there; `known` gives the files of the last read. */
export async function readDiskFiles(
  root: string,
  paths: Iterable<string>,
  known: ReadonlyMap<string, DiskFile>,
  limits: TreeLimits,
  signal?: AbortSignal,
): Promise<Map<string, DiskFile>> {
  const turn = createTurns(signal);
  const isRealFolder = createFolderCheck(root);
  const files = new Map<string, DiskFile>();
  let total = 0;
  for (const path of paths) {
    await turn();
    if (!isRealFolder(dirname(path))) continue;
    const maxBytes = Math.min(limits.maxFileBytes, limits.maxTotalBytes - total);
    const read = readOne(root, path, known.get(path), maxBytes);
    if (read === undefined) continue;
    const entry = read.file.id === "" ? await hashLarge(root, path, read, signal) : read;
    total += entry.file.bytes?.byteLength ?? 0;
    files.set(path, entry);
  }
  return files;
}

function readOne(
  root: string,
  path: string,
  known: DiskFile | undefined,
  maxBytes: number,
): DiskFile | undefined {
  const full = join(root, path);
  try {
    const stat = fs.lstatSync(full, { bigint: true });
    const stamp = stampOf(stat);
    const isLarge = stat.size > maxBytes;
    const fits = isLarge || known?.file.bytes !== undefined || known?.file.kind === "symlink";
    if (known?.stamp === stamp && !known.racy && fits) return known;
    if (stat.isSymbolicLink()) return symlinkOf(full, stamp, stat, known);
    if (!stat.isFile()) return undefined;
    if (isLarge) return tooLarge(path, stat, stamp);
    return shared({ file: contentOf(full), stamp, racy: isRacy(stat) }, known);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : unreadable(path, code);
  }
}

/** Keeps the old file's identity when the content turned out to be the same. */
function shared(read: DiskFile, known: DiskFile | undefined): DiskFile {
  const same =
    known?.file.id === read.file.id &&
    known.file.kind === read.file.kind &&
    known.file.bytes !== undefined;
  return same ? { ...read, file: known.file } : read;
}

function contentOf(full: string): TreeFile {
  const fd = fs.openSync(full, openFlags);
  try {
    const read = fs.readFileSync(fd);
    // Small buffers are slices of a shared pool; a copy owns exactly its bytes and can be given away.
    const bytes =
      read.byteLength === read.buffer.byteLength
        ? new Uint8Array(read.buffer)
        : new Uint8Array(read);
    return { id: blobId(bytes), size: bytes.byteLength, kind: "file", bytes };
  } finally {
    fs.closeSync(fd);
  }
}

function symlinkOf(
  full: string,
  stamp: string,
  stat: BigIntStats,
  known: DiskFile | undefined,
): DiskFile {
  const target = fs.readlinkSync(full, { encoding: "buffer" });
  const file: TreeFile = { id: blobId(target), size: target.byteLength, kind: "symlink" };
  const same = known?.file.id === file.id && known.file.kind === "symlink";
  return { file: same ? known.file : file, stamp, racy: isRacy(stat) };
}

/** The id is filled in by `hashLarge`, which takes long and so gives way. */
function tooLarge(path: string, stat: BigIntStats, stamp: string): DiskFile {
  const size = Number(stat.size);
  const message = `${path} has ${size} bytes, more than Sluice reads. Leave it out of the repository or raise the limit.`;
  const problem: TreeProblem = { code: "too-large", path, message };
  return { file: { id: "", size, kind: "file" }, stamp, racy: isRacy(stat), problem };
}

function unreadable(path: string, code: string): DiskFile {
  const message = `${path} can't be read (${code}). Check its permissions.`;
  const id = blobId(new TextEncoder().encode(`unreadable ${path}`));
  return {
    file: { id, size: 0, kind: "file" },
    stamp: "",
    racy: true,
    problem: { code: "unreadable", path, message },
  };
}

/** Above this size not even the id is worth reading the file; its stat data then stands for its content. */
const maxHashedBytes = 512 * 1024 * 1024;

async function hashLarge(
  root: string,
  path: string,
  entry: DiskFile,
  signal?: AbortSignal,
): Promise<DiskFile> {
  const { size } = entry.file;
  const hash = createHash("sha1").update(`blob ${size}\0`);
  if (size > maxHashedBytes) hash.update(entry.stamp);
  else {
    const stream = fs.createReadStream(join(root, path), {
      flags: "r",
      signal,
      highWaterMark: 1024 * 1024,
    });
    try {
      for await (const chunk of stream) hash.update(chunk as Buffer);
    } catch (error) {
      signal?.throwIfAborted();
      return unreadable(path, (error as NodeJS.ErrnoException).code ?? "unknown");
    }
  }
  return { ...entry, file: { ...entry.file, id: hash.digest("hex") } };
}

/** Tells whether a folder below the root is reached without passing a symbolic link. */
function createFolderCheck(root: string): (folder: string) => boolean {
  const verdicts = new Map<string, boolean>([[".", true]]);
  const check = (folder: string): boolean => {
    const known = verdicts.get(folder);
    if (known !== undefined) return known;
    const verdict = check(dirname(folder)) && isFolder(join(root, folder));
    verdicts.set(folder, verdict);
    return verdict;
  };
  return check;
}

function isFolder(full: string): boolean {
  return fs.lstatSync(full, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function stampOf(stat: BigIntStats): string {
  return `${stat.size}.${stat.mtimeNs}.${stat.ctimeNs}.${stat.ino}.${stat.mode}`;
}

/** The same precaution as git's against "racily clean" entries, wide enough for file systems with whole seconds. */
function isRacy(stat: BigIntStats): boolean {
  return Date.now() - Number(stat.mtimeMs) < 2000;
}

/** A name that became a pipe since it was looked at must not make the open wait. Both are absent on Windows. */
const openFlags =
  fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
