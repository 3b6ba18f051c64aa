/**
 * Fetched trees on disk: contents by their Git blob id, trees as lists of paths and ids. Everything is written beside
 * and then renamed, so that several processes may use one folder; what doesn't match its own digest counts as absent.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { TreeFile } from "#simulator";

import { blobId, isTreePath, type ReadTree, type TreeProblem } from "./read-tree.ts";

export interface StoredTree {
  readonly tree: ReadTree;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
}

export interface SourceStore {
  /** `undefined` when it is not there, or not whole. */
  load(key: string): Promise<StoredTree | undefined>;
  /** Also answers when the disk is full or read-only: the tree is then just not kept. */
  save(key: string, tree: ReadTree, fetchedAt: number): Promise<void>;
  /** A new empty folder on the same disk; the caller removes it. */
  temporaryFolder(): Promise<string>;
}

interface Manifest {
  readonly key: string;
  readonly fetchedAt: number;
  readonly label: string;
  readonly revision: string;
  /** Path, id, size, kind, and whether the content is kept. */
  readonly files: readonly (readonly [string, string, number, TreeFile["kind"], boolean])[];
  readonly problems: readonly TreeProblem[];
}

export function createSourceStore(
  cacheDir: string,
  onError: (message: string) => void,
): SourceStore {
  const root = join(cacheDir, "sources-1");
  const blobPath = (id: string): string => join(root, "blobs", id.slice(0, 2), id);
  const treePath = (key: string): string => join(root, "trees", `${sha256(key)}.json`);

  async function saveBlob(file: TreeFile): Promise<void> {
    if (file.bytes === undefined) return;
    const path = blobPath(file.id);
    const known = await stat(path).catch(() => undefined);
    if (known?.size !== file.size || !(await isWhole(path, file.id)))
      await writeAtomically(root, path, file.bytes);
  }

  return {
    async load(key) {
      const manifest = parseManifest(await readFile(treePath(key), "utf8").catch(() => ""), key);
      if (manifest === undefined) return undefined;
      const files = new Map<string, TreeFile>();
      for (const part of batches(manifest.files, 64)) {
        const read = await Promise.all(part.map((entry) => loadFile(entry, blobPath(entry[1]))));
        for (const [index, [path]] of part.entries()) {
          const file = read[index];
          if (file === undefined) return undefined;
          files.set(path, file);
        }
      }
      const { label, revision, problems, fetchedAt } = manifest;
      return { tree: { label, revision, files, problems }, fetchedAt };
    },
    async save(key, tree, fetchedAt) {
      try {
        for (const part of batches([...tree.files.values()], 64))
          await Promise.all(part.map(saveBlob));
        const body = JSON.stringify(manifestOf(key, tree, fetchedAt));
        await writeAtomically(root, treePath(key), `${sha256(body)}\n${body}`);
      } catch (error) {
        const { code = String(error) } = error as NodeJS.ErrnoException;
        onError(`The cache in ${root} can't be written (${code}).`);
      }
    },
    async temporaryFolder() {
      const folder = join(await temporaryRoot(root), randomUUID());
      await mkdir(folder, { mode: 0o700 });
      return folder;
    },
  };
}

async function writeAtomically(
  root: string,
  path: string,
  content: Uint8Array | string,
): Promise<void> {
  const temporary = join(await temporaryRoot(root), randomUUID());
  await writeFile(temporary, content, { flag: "wx", mode: 0o600 });
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await rename(temporary, path).catch(async (error: unknown) => {
    await rm(temporary, { force: true });
    throw error;
  });
}

async function temporaryRoot(root: string): Promise<string> {
  const folder = join(root, "tmp");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function manifestOf(key: string, tree: ReadTree, fetchedAt: number): Manifest {
  const { label, revision, problems } = tree;
  const files = [...tree.files].map(([path, file]): Manifest["files"][number] => {
    return [path, file.id, file.size, file.kind, file.bytes !== undefined];
  });
  return { key: sha256(key), fetchedAt, label, revision, files, problems };
}

async function loadFile(
  entry: Manifest["files"][number],
  blob: string,
): Promise<TreeFile | undefined> {
  const [, id, size, kind, kept] = entry;
  if (!kept) return { id, size, kind };
  const bytes = await readFile(blob).catch(() => undefined);
  const isWhole = bytes !== undefined && blobId(bytes) === id;
  return isWhole ? { id, size, kind, bytes: new Uint8Array(bytes) } : undefined;
}

function parseManifest(text: string, key: string): Manifest | undefined {
  const newline = text.indexOf("\n");
  const body = text.slice(newline + 1);
  if (newline === -1 || text.slice(0, newline) !== sha256(body)) return undefined;
  const manifest = JSON.parse(body) as Manifest;
  const isGood =
    manifest.key === sha256(key) &&
    manifest.files.every(([path, id]) => isTreePath(path) && /^[0-9a-f]+$/.test(id));
  return isGood ? manifest : undefined;
}

async function isWhole(path: string, id: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && blobId(bytes) === id;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
