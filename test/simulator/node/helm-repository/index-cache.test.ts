/** Indexes are remembered for a while, and not for ever. */
import { afterEach, expect, it, vi } from "vitest";

import { createIndexCache } from "../../../../simulator/node/helm-repository/index-cache.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Gets an index of so many bytes; answers with how many were downloaded so far. */
function counting(): (key: string, bytes?: number, now?: number) => Promise<number> {
  const cache = createIndexCache();
  let downloads = 0;
  return async (key, bytes = 1, now = 0) => {
    const download = (): Promise<Uint8Array> => {
      downloads++;
      return Promise.resolve(new Uint8Array(bytes));
    };
    const { signal } = new AbortController();
    await cache.get(key, { now, maxAge: 60_000, download, signal });
    return downloads;
  };
}

it("by their key, as long as they are young", async () => {
  const get = counting();
  expect([await get("a"), await get("a"), await get("b"), await get("a")]).toEqual([1, 1, 2, 2]);
  expect([await get("a", 1, 59_999), await get("a", 1, 60_000)]).toEqual([2, 3]);
});

it("the youngest of them, when they are many", async () => {
  const get = counting();
  const large = 60 * 1024 * 1024;
  await get("a", large);
  await get("b", large);
  await get("c", large);
  expect([await get("c"), await get("b"), await get("a")]).toEqual([3, 3, 4]);
});

it("nothing when nobody has asked for minutes", async () => {
  vi.useFakeTimers();
  const get = counting();
  await get("a");
  vi.advanceTimersByTime(119_000);
  expect(await get("a")).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(await get("a")).toBe(2);
});

it("nothing of a download that failed", async () => {
  const cache = createIndexCache();
  const { signal } = new AbortController();
  const options = { now: 0, maxAge: 60_000, signal };
  const failed = cache.get("a", { ...options, download: () => Promise.reject(new Error("no")) });
  await expect(failed).rejects.toThrow("no");
  const whole = await cache.get("a", {
    ...options,
    download: () => Promise.resolve(new Uint8Array(1)),
  });
  expect(whole.byteLength).toBe(1);
});
