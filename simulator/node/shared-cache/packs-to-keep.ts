/** Keeps the index of a shard small: packs that nobody used for a month go, then the least recently used. */
import type { PackRef } from "./pack-store.ts";

/** With more packs than this everything that a run uses is packed anew, into one. */
const mostPacks = 24;
/** So many of the others stay then. */
const keptBeside = 8;
const keptDays = 30;
const maxBytes = 1024 * 1024 * 1024;
const day = 24 * 60 * 60 * 1000;

/** Marked as used by this run, the most recently used first. `now` is a time in RFC 3339. */
export function keptPacks(
  own: readonly PackRef[],
  { isUsed, now }: { readonly isUsed: (pack: PackRef) => boolean; readonly now: string },
): readonly PackRef[] {
  const today = now.slice(0, 10);
  let left = maxBytes;
  return own
    .map((pack) => (isUsed(pack) && pack.used < today ? { ...pack, used: today } : pack))
    .filter(({ used }) => Date.parse(now) - Date.parse(used) <= keptDays * day)
    .sort((a, b) => Date.parse(b.used) - Date.parse(a.used))
    .filter(({ size }) => (left -= size) >= 0);
}

export function isFull(kept: readonly PackRef[]): boolean {
  return kept.length >= mostPacks;
}

export function mostRecent(kept: readonly PackRef[]): readonly PackRef[] {
  return kept.slice(0, keptBeside);
}

export function sameIndex(a: readonly PackRef[], b: readonly PackRef[]): boolean {
  const text = (packs: readonly PackRef[]): string =>
    packs
      .map(({ digest, used }) => `${digest} ${used}`)
      .sort()
      .join("\n");
  return text(a) === text(b);
}
