/** Puts what a run used, and no pack has yet, into a shared cache, and lets the index of this shard lead to it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Brought } from "./bring-packs.ts";
import { identitiesOf, makePack, namedBy } from "./pack.ts";
import type { CacheFile } from "./pack.ts";
import type { Pack, PackRef, PackStore } from "./pack-store.ts";
import { isFull, keptPacks, mostRecent, sameIndex } from "./packs-to-keep.ts";

export interface Run {
  readonly cacheDir: string;
  /** Paths below the cache folder. */
  readonly used: ReadonlySet<string>;
  readonly brought: Brought;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Of the files in one pack; what is beyond is rendered and fetched again by other machines. */
const maxBytes = 512 * 1024 * 1024;

export async function putPacks(store: PackStore, run: Run): Promise<void> {
  const { packs, broken } = run.brought;
  const now = new Date(run.now).toISOString();
  const files = await usedFiles(run);
  const used = new Set(files.flatMap(identitiesOf));
  const stored = new Set([...packs.values()].flatMap((identities) => [...identities]));
  const isNew = (file: CacheFile): boolean => identitiesOf(file).some((each) => !stored.has(each));
  const isUsed = ({ digest }: PackRef): boolean =>
    [...(packs.get(digest) ?? [])].some((identity) => used.has(identity));

  // Another run of the same shard may have written since this one began.
  const own = await store.ownIndex();
  const kept = keptPacks(
    own.filter(({ digest }) => !broken.has(digest)),
    { isUsed, now },
  );
  const isAnew = isFull(kept) && files.some(isNew);
  const chosen = isAnew ? files : files.filter(isNew);
  const added = chosen.length === 0 ? undefined : await makePack(chosen);
  const others = (isAnew ? mostRecent(kept) : kept).filter(
    ({ digest }) => digest !== added?.digest,
  );
  const index = added === undefined ? others : [refOf(added, now), ...others];
  if (!sameIndex(index, own)) await store.write(index, added);
}

/** With the contents that entries of sources name. */
async function usedFiles({ cacheDir, used }: Run): Promise<readonly CacheFile[]> {
  const files = new Map<string, CacheFile>();
  let bytes = 0;
  const add = async (path: string): Promise<void> => {
    if (files.has(path)) return;
    const content = await readFile(join(cacheDir, ...path.split("/"))).catch(() => undefined);
    bytes += content?.byteLength ?? 0;
    if (content === undefined || bytes > maxBytes) return;
    const file = { path, bytes: new Uint8Array(content) };
    for (const each of namedBy(file)) await add(each);
    files.set(path, file);
  };
  for (const path of [...used].sort()) await add(path);
  return [...files.values()];
}

function refOf({ digest, bytes }: Pack, now: string): PackRef {
  return { digest, size: bytes.byteLength, made: now, used: now.slice(0, 10) };
}
