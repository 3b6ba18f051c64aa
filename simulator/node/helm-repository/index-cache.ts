/** Indexes of Helm repositories that were read lately: many charts come out of one, and it may have fifty megabytes. */
import { createHash } from "node:crypto";

import { createSharedTasks, type SharedTasks } from "../shared-tasks.ts";

export interface IndexCache {
  /** `key` tells apart what different credentials may see. */
  get(key: string, options: GetIndex): Promise<Uint8Array>;
}

export interface GetIndex {
  readonly now: number;
  readonly maxAge: number;
  readonly download: (signal: AbortSignal) => Promise<Uint8Array>;
  readonly signal: AbortSignal;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly at: number;
}

const maxKeptBytes = 128 * 1024 * 1024;
/** An editor runs for days and needs an index for seconds. */
const keptMs = 120_000;

export function createIndexCache(): IndexCache {
  const kept = new Map<string, Kept>();
  const downloads: SharedTasks<Uint8Array> = createSharedTasks();

  function keep(key: string, entry: Kept): void {
    kept.delete(key);
    kept.set(key, entry);
    setTimeout(() => kept.get(key) === entry && kept.delete(key), keptMs).unref();
    let total = [...kept.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    for (const [oldest, { bytes }] of kept) {
      if (total <= maxKeptBytes) return;
      kept.delete(oldest);
      total -= bytes.byteLength;
    }
  }

  return {
    async get(key, { now, maxAge, download, signal }) {
      const found = kept.get(key);
      if (found !== undefined && Math.abs(now - found.at) < maxAge) return found.bytes;
      const bytes = await downloads.run(key, download, signal);
      keep(key, { bytes, at: now });
      return bytes;
    },
  };
}

/** A key that says nothing about what it was made of. */
export function cacheKey(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
