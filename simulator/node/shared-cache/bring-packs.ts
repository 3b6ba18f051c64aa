/** Brings what a shared cache has into the cache folder. A pack that is missing, damaged or none of ours is left out. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { identitiesOf, merged, readPack } from "./pack.ts";
import type { CacheFile } from "./pack.ts";
import type { PackRef, PackStore } from "./pack-store.ts";

export interface Brought {
  /** What each pack holds, by its digest; see `identitiesOf`. */
  readonly packs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Digests of those that could not be used, so that nobody is led to them again. */
  readonly broken: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/** As it is stored. */
const maxBytes = 1024 * 1024 * 1024;

/** Rejects when the store can't be asked at all. */
export async function bringPacks(
  store: PackStore,
  cacheDir: string,
  signal: AbortSignal,
): Promise<Brought> {
  const packs = new Map<string, ReadonlySet<string>>();
  const broken = new Set<string>();
  const notes: string[] = [];
  for (const pack of newestFirst((await store.indexes()).flat())) {
    signal.throwIfAborted();
    try {
      const what = `Pack ${pack.digest.slice(7, 19)}`;
      const files = await readPack(await store.read(pack), what, signal);
      for (const file of files) await addTo(cacheDir, file);
      packs.set(pack.digest, new Set(files.flatMap(identitiesOf)));
    } catch (error) {
      signal.throwIfAborted();
      broken.add(pack.digest);
      const why = error instanceof Error ? error.message : String(error);
      notes.push(`A part of the shared cache ${store.shown} was left out. ${why}`);
    }
  }
  return { packs, broken, notes };
}

/** The newest that fit; the same pack may be in the indexes of several shards. */
function newestFirst(packs: readonly PackRef[]): readonly PackRef[] {
  const byDigest = new Map(packs.map((pack) => [pack.digest, pack]));
  let left = maxBytes;
  return [...byDigest.values()]
    .sort((a, b) => Date.parse(b.made) - Date.parse(a.made))
    .filter(({ size }) => (left -= size) >= 0);
}

/** What is in the folder already stays; answers to the same question come together. */
async function addTo(cacheDir: string, file: CacheFile): Promise<void> {
  const target = join(cacheDir, ...file.path.split("/"));
  const isThere = (await stat(target).catch(() => undefined)) !== undefined;
  const mine = isThere ? { path: file.path, bytes: await readFile(target) } : undefined;
  const wanted = mine === undefined ? file : merged(mine, file);
  if (wanted !== undefined) await write(target, wanted.bytes);
}

async function write(target: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const beside = `${target}.${randomUUID()}.new`;
  try {
    await writeFile(beside, bytes, { flag: "wx", mode: 0o600 });
    await rename(beside, target);
  } finally {
    await rm(beside, { force: true });
  }
}
