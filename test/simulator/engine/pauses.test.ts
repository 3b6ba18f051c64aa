/** What calls leave behind is freed in the pauses between them, not while somebody waits. */
import { readFileSync } from "node:fs";

import { afterEach, expect, test, vi } from "vitest";

import { EngineInstance, serveEngine, type FromWorker, type ToWorker } from "#simulator/engine";

import { built, engineModule, requestFor, startEngine } from "./fixture.ts";

const files = Array.from({ length: 400 }, (_, at) => ({
  path: `${at}.yaml`,
  bytes: new TextEncoder().encode(
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${at}\ndata:\n  a: b\n`,
  ),
}));

afterEach(() => vi.restoreAllMocks());

test("a pause frees what a call left behind", () => {
  const engine = startEngine();
  engine.putFiles("repo", files);
  engine.tidy();
  const { collections, heap } = engine.stats();
  expect(engine.answer("kustomize", requestFor({})).objects).toHaveLength(400);
  expect(engine.stats().collections).toBe(collections);
  expect(engine.stats().heap).toBeGreaterThan(heap + 12 * 2 ** 20);
  expect(engine.tidy().collections).toBe(collections + 1);
  expect(engine.stats().heap).toBeLessThan(heap + 12 * 2 ** 20);
  // There is nothing more to free.
  expect(engine.tidy().collections).toBe(collections + 1);
});

test("a worker takes the pause when no message follows, and not before", () => {
  vi.useFakeTimers();
  try {
    const tidy = vi.spyOn(EngineInstance.prototype, "tidy");
    const posted: FromWorker["type"][] = [];
    const handle = serveEngine(({ type }) => void posted.push(type));
    const image: Uint8Array = readFileSync(built("engine.image"));
    handle({ type: "start", module: engineModule, image });
    const job = (id: number): ToWorker => ({
      type: "job",
      id,
      drop: [],
      batches: [],
      job: { kind: "excluded", request: { paths: ["a"], ignoreFiles: {}, ignore: null } },
    });
    handle(job(1));
    vi.advanceTimersByTime(10);
    handle(job(2));
    vi.advanceTimersByTime(35);
    expect(posted).toEqual(["ready", "done", "done"]);
    expect(tidy).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(tidy).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});
