/** The pace of everything that is drawn. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Paced } from "../../../extension/views/cluster/paced.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** When the work was done, in milliseconds. */
function paced(): { readonly times: number[]; readonly one: Paced } {
  const start = performance.now();
  const times: number[] = [];
  return { times, one: new Paced(250, () => times.push(performance.now() - start)) };
}

test("the first time it is done at once, and four times a second at most, whatever is asked", () => {
  const { times, one } = paced();
  for (let at = 0; at < 995; at += 5) {
    one.soon();
    vi.advanceTimersByTime(5);
  }
  expect(times).toEqual([0, 250, 500, 750]);
});

test("what is asked for during a pause is done at its end, once", () => {
  const { times, one } = paced();
  one.soon();
  vi.advanceTimersByTime(10);
  for (let count = 0; count < 9; count++) one.soon();
  vi.advanceTimersByTime(10_000);
  expect(times).toEqual([0, 250]);
});

test("nothing is done, and no timer is left, after it is disposed", () => {
  const { times, one } = paced();
  one.soon();
  one.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(times).toEqual([]);
});
