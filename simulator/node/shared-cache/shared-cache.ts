/**
 * One cache for many machines: at the start what a registry or a bucket has is brought into the cache folder, at the end
 * what the run used and nobody has stored yet is put there. Nothing here fails: what goes wrong is a note.
 * Whoever may write to the store decides what other runs see, as with any cache of a pipeline.
 */
import { parseSharedCache } from "./address.ts";
import { bringPacks } from "./bring-packs.ts";
import type { Brought } from "./bring-packs.ts";
import { openOciPacks } from "./oci-packs.ts";
import type { PackStore } from "./pack-store.ts";
import { putPacks } from "./put-packs.ts";
import { openS3Packs } from "./s3-packs.ts";
import { storeContext } from "./store-context.ts";

export interface SharedCacheOptions {
  /** `oci://…` or `s3://…`. */
  readonly address: string;
  readonly cacheDir: string;
  readonly shard?: { readonly index: number; readonly count: number };
  /** Nothing is ever written there. */
  readonly readOnly: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SharedCache {
  /** To be called before the cache folder is used. Answers what the user should know. */
  readonly bring: (signal: AbortSignal) => Promise<readonly string[]>;
  /** A file of the cache folder was read or written; its path below the folder, with slashes. */
  readonly use: (path: string) => void;
  /** To be called when nothing is written to the cache folder any more. */
  readonly put: (signal: AbortSignal) => Promise<readonly string[]>;
}

/** A store that is slower than this is no help. */
const bringMs = 3 * 60_000;
const putMs = 5 * 60_000;

/** Throws a `UserError` when the address can't be read. */
export function openSharedCache(options: SharedCacheOptions): SharedCache {
  const { cacheDir, readOnly, now } = options;
  const open = opener(options);
  const used = new Set<string>();
  let brought: Brought | undefined;
  return {
    use: (path) => void used.add(path),
    async bring(signal) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(bringMs)]);
      const store = open(until);
      const failed = await orNote(`${store.shown} could not be read`, signal, async () => {
        brought = await bringPacks(store, cacheDir, until);
      });
      return [...failed, ...(brought?.notes ?? [])];
    },
    async put(signal) {
      const known = brought;
      // What can't be read is not written either.
      if (readOnly || known === undefined) return [];
      const store = open(AbortSignal.any([signal, AbortSignal.timeout(putMs)]));
      return orNote(`${store.shown} could not be written`, signal, () =>
        putPacks(store, { cacheDir, used, brought: known, now: now() }),
      );
    },
  };
}

function opener({ address, env, shard }: SharedCacheOptions): (signal: AbortSignal) => PackStore {
  const place = parseSharedCache(address, env);
  const part = shard === undefined ? undefined : `${shard.index}of${shard.count}`;
  return (signal) => {
    const context = storeContext(signal);
    return place.kind === "oci"
      ? openOciPacks(place, part, context)
      : openS3Packs(place, part, context);
  };
}

async function orNote(
  what: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    signal.throwIfAborted();
    return [`The shared cache ${what}; the run goes on without it. ${reasonOf(error)}`];
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "It took too long.";
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
