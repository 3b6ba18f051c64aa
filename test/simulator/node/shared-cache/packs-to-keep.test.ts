/** Which packs the index of a shard goes on leading to. */
import { expect, test } from "vitest";

import { isFull, keptPacks } from "../../../../simulator/node/shared-cache/packs-to-keep.ts";
import type { PackRef } from "../../../../simulator/node/shared-cache/pack-store.ts";

const now = "2026-03-31T12:00:00.000Z";
const pack = (name: string, used: string, size = 1): PackRef => ({
  digest: name,
  size,
  made: "2026-01-01T00:00:00.000Z",
  used,
});
const kept = (own: readonly PackRef[], ...inUse: readonly string[]): readonly string[] =>
  keptPacks(own, { isUsed: ({ digest }) => inUse.includes(digest), now }).map(
    ({ digest, used }) => `${digest} ${used}`,
  );

test("what nobody used for a month goes; what this run used stays, marked with the day", () => {
  const own = [pack("old", "2026-02-27"), pack("new", "2026-03-30"), pack("again", "2026-01-01")];
  expect(kept(own, "again")).toEqual(["again 2026-03-31", "new 2026-03-30"]);
});

test("the least recently used go when there is too much", () => {
  const half = 600 * 1024 * 1024;
  const own = [pack("older", "2026-03-20", half), pack("newer", "2026-03-21", half)];
  expect(kept(own)).toEqual(["newer 2026-03-21"]);
  expect(kept(own, "older")).toEqual(["older 2026-03-31"]);
});

test("too many packs are packed anew", () => {
  const packs = (count: number): readonly PackRef[] =>
    Array.from({ length: count }, (_, at) => pack(`${at}`, "2026-03-30"));
  expect(isFull(packs(23))).toBe(false);
  expect(isFull(packs(24))).toBe(true);
});
