/**
 * A pack: a gzipped tar archive of files as they are in the cache folder. What comes out of one is looked at file by
 * file, because anybody may have made it: only names and contents that the cache itself would have written are kept.
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { packTar } from "modern-tar";

import { answersFolder } from "../answer-store.ts";
import { unpackTarGzip } from "../archive/unpack.ts";
import { digestOf } from "../oci/digest.ts";
import type { TreeLimits } from "../read-tree.ts";
import { parseEntry } from "../source-store-entry.ts";
import { storeFolder } from "../source-store.ts";
import type { Pack } from "./pack-store.ts";

/** A file of the cache folder: its path below it, with slashes. */
export interface CacheFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const limits: TreeLimits = {
  maxFileBytes: 64 * 1024 * 1024,
  maxFiles: 200_000,
  maxTotalBytes: 1024 * 1024 * 1024,
};

/** The same files give the same bytes. */
export async function makePack(files: readonly CacheFile[]): Promise<Pack> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const tar = await packTar(
    sorted.map(({ path, bytes }) => ({
      header: { name: path, size: bytes.byteLength, type: "file", mode: 0o600, mtime: new Date(0) },
      body: bytes,
    })),
  );
  const bytes = new Uint8Array(await promisify(gzip)(tar));
  return { digest: digestOf(bytes), bytes };
}

/** What of it belongs into a cache. Throws a `FetchFailure` or a `TooLargeError` for what is no pack. */
export async function readPack(
  bytes: Uint8Array,
  what: string,
  signal: AbortSignal,
): Promise<readonly CacheFile[]> {
  const { files } = await unpackTarGzip(bytes, limits, what, signal);
  return [...files].flatMap(([path, file]) =>
    file.bytes !== undefined && isGood(path, file.id, file.bytes)
      ? [{ path, bytes: file.bytes }]
      : [],
  );
}

const answerPath = new RegExp(`^${answersFolder}/[0-9a-f]{64}/[0-9a-f]{64}\\.json$`);
const entryPath = new RegExp(`^${storeFolder}/entries/([0-9a-f]{64})$`);
const blobPath = new RegExp(`^${storeFolder}/blobs/([0-9a-f]{2})/(\\1[0-9a-f]{38})$`);

function isGood(path: string, id: string, bytes: Uint8Array): boolean {
  const blob = blobPath.exec(path)?.[2];
  if (blob !== undefined) return blob === id;
  const entry = entryPath.exec(path)?.[1];
  if (entry !== undefined) return entryOf(bytes, entry) !== undefined;
  return answerPath.test(path) && listIn(bytes).length > 0;
}

function entryOf(bytes: Uint8Array, key: string): ReturnType<typeof parseEntry> {
  try {
    return parseEntry(new TextDecoder().decode(bytes), key);
  } catch {
    return undefined;
  }
}

/** Empty for what is no list. */
function listIn(bytes: Uint8Array): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** The paths of the contents that a file names: those of a source, when the file is its entry. */
export function namedBy({ path, bytes }: CacheFile): readonly string[] {
  const key = entryPath.exec(path)?.[1];
  const entry = key === undefined ? undefined : entryOf(bytes, key);
  return (entry?.files ?? []).flatMap(([, id, , , isKept]) =>
    isKept ? [`${storeFolder}/blobs/${id.slice(0, 2)}/${id}`] : [],
  );
}

/**
 * What a file holds, as digests: who has all of these has no need of it. An entry's time of fetching is no part of it,
 * and a file of answers holds as many as there are answers.
 */
export function identitiesOf({ path, bytes }: CacheFile): readonly string[] {
  if (answerPath.test(path))
    return listIn(bytes).map((answer) => identity(path, JSON.stringify(answer)));
  if (!entryPath.test(path)) return [identity(path, bytes)];
  return [identity(path, new TextDecoder().decode(bytes).split("\n", 3)[2] ?? "")];
}

function identity(path: string, content: Uint8Array | string): string {
  return createHash("sha256").update(`${path}\n`).update(content).digest("hex");
}

/** Answers to one question that is asked of more states than one run keeps. */
const mostAnswers = 8;

/** Both files' content where they can be put together, which is so for answers; `undefined` when `mine` stays as it is. */
export function merged(mine: CacheFile, other: CacheFile): CacheFile | undefined {
  if (!answerPath.test(mine.path)) return undefined;
  const known = listIn(mine.bytes);
  const texts = new Set(known.map((answer) => JSON.stringify(answer)));
  const more = listIn(other.bytes).filter((answer) => !texts.has(JSON.stringify(answer)));
  if (more.length === 0 || known.length >= mostAnswers) return undefined;
  const all = JSON.stringify([...known, ...more].slice(0, mostAnswers));
  return { path: mine.path, bytes: new TextEncoder().encode(all) };
}
