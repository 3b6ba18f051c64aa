/**
 * Fetched sources on disk, of every kind: contents by their Git blob id, and one entry for each request that lists them.
 * Everything is written beside and then renamed, so that several processes may use one folder; what doesn't match its
 * own digest counts as absent. Which entries have to go is decided in `source-store-sweep.ts`.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { FileTree, TreeFile } from "#simulator";

import { blobId } from "./read-tree.ts";
import { type EntryHead, parseEntry, sha256, writeEntry } from "./source-store-entry.ts";
import { sweepStore } from "./source-store-sweep.ts";

export interface StoredSource {
  readonly tree: FileTree;
  readonly digest?: string;
  readonly remarks?: readonly string[];
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
}

/** What a list of the store shows of a request. */
export type StoredName = Pick<EntryHead, "kind" | "address" | "version">;

export interface SourceStore {
  /** `undefined` when it is not there, or not whole. */
  load(key: string): Promise<StoredSource | undefined>;
  /** Also answers when the disk is full or read-only: the source is then just not kept. */
  save(key: string, name: StoredName, source: StoredSource): Promise<void>;
  /** The same for a source whose contents were loaded or saved before: only when it was fetched is written. */
  confirm(key: string, name: StoredName, source: StoredSource): Promise<void>;
  /** A new empty folder on the same disk; the caller removes it. */
  temporaryFolder(): Promise<string>;
  /** Path of the lock file for a request. */
  lockPath(key: string): string;
}

export interface SourceStoreOptions {
  readonly onError: (message: string) => void;
  /** Hears of every entry that is read or written: its path below the folder for caches. */
  readonly onUse?: (path: string) => void;
  /** Above this the least recently used entries go. */
  readonly maxBytes?: number;
}

export const storeFolder = "sources-2";
const defaultMaxBytes = 2 * 1024 * 1024 * 1024;
const hour = 60 * 60 * 1000;

export function createSourceStore(cacheDir: string, options: SourceStoreOptions): SourceStore {
  const { onError, onUse, maxBytes = defaultMaxBytes } = options;
  const root = join(cacheDir, storeFolder);
  const entryPath = (key: string): string => join(root, "entries", sha256(key));
  const used = (key: string): void => onUse?.(`${storeFolder}/entries/${sha256(key)}`);
  const sweepEvery = Math.min(maxBytes / 16, 64 * 1024 * 1024);
  let untilSweep = 0;

  /** Sweeping reads every entry, so it is not done for each small one that is added. */
  async function sweepNowAndThen(tree: FileTree): Promise<void> {
    for (const { size } of tree.files.values()) untilSweep -= size;
    if (untilSweep > 0) return;
    untilSweep = sweepEvery;
    await sweepStore(root, maxBytes);
  }

  async function orError(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      onError(`The cache in ${root} can't be written (${code}).`);
    }
  }

  return {
    async load(key) {
      const path = entryPath(key);
      const entry = parseEntry(await readFile(path, "utf8").catch(() => ""), sha256(key));
      if (entry === undefined) return undefined;
      const files = await loadFiles(root, entry.files);
      if (files === undefined) return undefined;
      await keepYoung(path);
      used(key);
      const { label, revision, digest, remarks } = entry;
      return {
        tree: { label, revision, files },
        fetchedAt: entry.head.fetchedAt,
        ...(digest !== undefined && { digest }),
        ...(remarks !== undefined && { remarks }),
      };
    },
    save: (key, name, source) =>
      orError(async () => {
        for (const part of batches([...source.tree.files.values()], 64))
          await Promise.all(part.map((file) => saveBlob(root, file)));
        await writeAtomically(root, entryPath(key), writeEntry(sha256(key), name, source));
        used(key);
        await sweepNowAndThen(source.tree);
      }),
    confirm: (key, name, source) =>
      orError(() => writeAtomically(root, entryPath(key), writeEntry(sha256(key), name, source))),
    async temporaryFolder() {
      const folder = join(await temporaryRoot(root), randomUUID());
      await mkdir(folder, { mode: 0o700 });
      return folder;
    },
    lockPath: (key) => join(root, "locks", sha256(key)),
  };
}

function blobPath(root: string, id: string): string {
  return join(root, "blobs", id.slice(0, 2), id);
}

/** The time of last use is the file's own; it is written at most once an hour. */
async function keepYoung(path: string): Promise<void> {
  const known = await stat(path).catch(() => undefined);
  if (known === undefined || Date.now() - known.mtimeMs < hour) return;
  await utimes(path, new Date(), new Date()).catch(() => undefined);
}

async function saveBlob(root: string, file: TreeFile): Promise<void> {
  if (file.bytes === undefined) return;
  const path = blobPath(root, file.id);
  const known = await stat(path).catch(() => undefined);
  if (known?.size !== file.size || !(await isWhole(path, file.id)))
    await writeAtomically(root, path, file.bytes);
  else await keepYoung(path);
}

async function loadFiles(
  root: string,
  entries: readonly (readonly [string, string, number, TreeFile["kind"], boolean])[],
): Promise<ReadonlyMap<string, TreeFile> | undefined> {
  const files = new Map<string, TreeFile>();
  for (const part of batches(entries, 64)) {
    const read = await Promise.all(
      part.map(async ([, id, size, kind, isKept]): Promise<TreeFile | undefined> => {
        if (!isKept) return { id, size, kind };
        const bytes = await readFile(blobPath(root, id)).catch(() => undefined);
        const isGood = bytes !== undefined && blobId(bytes) === id;
        return isGood ? { id, size, kind, bytes: new Uint8Array(bytes) } : undefined;
      }),
    );
    for (const [index, [path]] of part.entries()) {
      const file = read[index];
      if (file === undefined) return undefined;
      files.set(path, file);
    }
  }
  return files;
}

async function writeAtomically(
  root: string,
  path: string,
  content: Uint8Array | string,
): Promise<void> {
  const temporary = join(await temporaryRoot(root), randomUUID());
  try {
    await writeFile(temporary, content, { flag: "wx", mode: 0o600 });
    await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function temporaryRoot(root: string): Promise<string> {
  const folder = join(root, "tmp");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

async function isWhole(path: string, id: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && blobId(bytes) === id;
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
