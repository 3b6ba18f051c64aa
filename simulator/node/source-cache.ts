/** What Sluice keeps on disk, for people: listing and clearing fetched sources and answers of the engine. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import type { SourceRequest } from "#simulator";

import { answersFolder } from "./answer-store.ts";
import { storeFolder } from "./source-store.ts";
import { listEntries, type ListedEntry, removeEntries } from "./source-store-sweep.ts";

export const cacheKinds = ["git", "http", "oci", "chart", "bucket", "answers"] as const;
export type CacheKind = SourceRequest["kind"] | "answers";

export interface CachedSource {
  readonly kind: SourceRequest["kind"];
  /** Without credentials. */
  readonly address: string;
  /** Branch, range, digest …, as it was asked for; empty for the newest. */
  readonly version: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
  readonly usedAt: number;
  readonly files: number;
  /** Contents that several sources share are counted for each. */
  readonly bytes: number;
}

export interface CacheContents {
  readonly folder: string;
  /** The most recently used first. */
  readonly sources: readonly CachedSource[];
  readonly answers: { readonly count: number; readonly bytes: number };
  /** On disk, all of it. */
  readonly bytes: number;
}

export interface CacheFilter {
  /** Nothing means all. */
  readonly kinds: readonly CacheKind[];
  /** Only what was last used before, in milliseconds since 1970. */
  readonly usedBefore?: number;
}

export async function listCache(cacheDir: string): Promise<CacheContents> {
  const entries = await listEntries(join(cacheDir, storeFolder));
  const answers = await filesBelow(join(cacheDir, answersFolder));
  const sources = await filesBelow(join(cacheDir, storeFolder));
  return {
    folder: cacheDir,
    sources: entries.map(withoutPath).reverse(),
    answers: { count: answers.length, bytes: sizeOf(answers) },
    bytes: sizeOf(answers) + sizeOf(sources),
  };
}

/** Answers how much was removed. Another process that is running then fetches again what it needs. */
export async function clearCache(
  cacheDir: string,
  { kinds, usedBefore = Number.POSITIVE_INFINITY }: CacheFilter,
): Promise<{ readonly sources: number; readonly answers: number; readonly bytes: number }> {
  const isMeant = (kind: CacheKind): boolean => kinds.length === 0 || kinds.includes(kind);
  const root = join(cacheDir, storeFolder);
  const before = await listCache(cacheDir);
  const entries = (await listEntries(root)).filter(
    ({ kind, usedAt }: ListedEntry) => isMeant(kind) && usedAt < usedBefore,
  );
  await removeEntries(root, entries, { graceMs: 0 });
  const answers = isMeant("answers")
    ? (await filesBelow(join(cacheDir, answersFolder))).filter(({ usedAt }) => usedAt < usedBefore)
    : [];
  for (const { path } of answers) await rm(path, { force: true });
  // Older layouts that nothing reads any more.
  if (kinds.length === 0)
    await rm(join(cacheDir, "sources-1"), { recursive: true, force: true, maxRetries: 3 });
  const after = await listCache(cacheDir);
  const bytes = Math.max(0, before.bytes - after.bytes);
  return { sources: entries.length, answers: answers.length, bytes };
}

function withoutPath(entry: ListedEntry): CachedSource {
  const { path: _, ...source } = entry;
  return source;
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedAt: number;
}

async function filesBelow(folder: string): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  const options = { recursive: true, withFileTypes: true } as const;
  for (const entry of await readdir(folder, options).catch(() => [])) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const known = await stat(path).catch(() => undefined);
    if (known !== undefined) found.push({ path, bytes: known.size, usedAt: known.mtimeMs });
  }
  return found;
}

function sizeOf(files: readonly FoundFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
