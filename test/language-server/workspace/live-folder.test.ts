/** When a folder is simulated again: at once, or a while after the last edit where that takes long. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LiveFolder } from "../../../language-server/workspace/live-folder.ts";
import type { Snapshot } from "../../../language-server/workspace/snapshot.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const snapshot = { plan: {}, notes: [] } as unknown as Snapshot;

/** A folder whose simulations take as long as is set, and the moments in which they started. */
function timedFolder(delay: number) {
  const started: number[] = [];
  const given = { takes: 0 };
  const folder = new LiveFolder({
    delay,
    log: silent,
    publish: () => {},
    retract: () => {},
    simulate: (_revision, _changed, _previous, { signal }) => {
      started.push(performance.now());
      const { takes } = given;
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        setTimeout(() => resolve(snapshot), takes);
      });
    },
  });
  /** Milliseconds from an edit until it is simulated. */
  const waitAfterEdit = async (): Promise<number> => {
    const [edited, before] = [performance.now(), started.length];
    folder.touch(["a.yaml"]);
    while (started.length === before) await vi.advanceTimersByTimeAsync(1);
    return (started.at(-1) ?? 0) - edited;
  };
  const finish = (): Promise<unknown> => vi.advanceTimersByTimeAsync(given.takes);
  return { folder, given, started, waitAfterEdit, finish };
}

type Timed = ReturnType<typeof timedFolder>;

/** The first simulation reads everything, so its time says nothing about those after it. */
async function opened({ given, waitAfterEdit, finish }: Timed): Promise<void> {
  given.takes = 5_000;
  expect(await waitAfterEdit()).toBe(0);
  await finish();
}

test.each([
  { what: "that is over at once leaves the usual delay", takes: 3, wait: 20 },
  { what: "makes the next wait twice as long as it took", takes: 40, wait: 80 },
  { what: "that takes long makes the next wait no longer than 300 ms", takes: 4_000, wait: 300 },
])("a simulation $what", async ({ takes, wait }) => {
  const timed = timedFolder(20);
  await opened(timed);
  timed.given.takes = takes;
  expect(await timed.waitAfterEdit()).toBe(20);
  await timed.finish();
  expect(await timed.waitAfterEdit()).toBe(wait);
});

test("one that is cancelled counts when it took longer than the one before", async () => {
  const timed = timedFolder(20);
  await opened(timed);
  timed.given.takes = 1_000;
  expect(await timed.waitAfterEdit()).toBe(20);
  await vi.advanceTimersByTimeAsync(60);
  expect(await timed.waitAfterEdit()).toBe(20);
  for (let key = 0; key < 2; key++) {
    await vi.advanceTimersByTimeAsync(5);
    expect(await timed.waitAfterEdit()).toBe(120);
  }
});

test("edits one after the other are simulated together, after the last", async () => {
  const timed = timedFolder(20);
  await opened(timed);
  timed.given.takes = 1;
  const before = timed.started.length;
  for (let key = 0; key < 5; key++) {
    timed.folder.touch(["a.yaml"]);
    await vi.advanceTimersByTimeAsync(15);
  }
  expect(timed.started.length).toBe(before);
  await vi.advanceTimersByTimeAsync(25);
  expect(timed.started.length).toBe(before + 1);
});
