// When the pool keeps a worker and when it replaces it, with workers and a clock that the test moves by hand.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Engine } from "#simulator";
import {
  createEnginePool,
  type EngineWorker,
  type EngineWorkerEvents,
  type KustomizeResult,
  type ToWorker,
} from "#simulator/engine";

import { requestFor } from "./fixture.ts";

/** A worker that answers when it is told to. */
interface Puppet {
  readonly events: EngineWorkerEvents;
  readonly jobs: Extract<ToWorker, { readonly type: "job" }>[];
  spentMs: number | undefined;
  isTerminated: boolean;
}

const puppets: Puppet[] = [];
const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
const limit = 1000;
let engine: Engine;

/** Without `spent` the workers can't tell their processor time. */
function start({ tells }: { readonly tells: boolean }): void {
  const spawn = (events: EngineWorkerEvents): EngineWorker => {
    const puppet: Puppet = { events, jobs: [], spentMs: undefined, isTerminated: false };
    puppets.push(puppet);
    return {
      post: (message) => {
        if (message.type === "start") events.onMessage({ type: "ready" });
        else puppet.jobs.push(message);
      },
      holdProcess: () => {},
      ...(tells ? { spentMs: () => puppet.spentMs } : {}),
      terminate: () => {
        puppet.isTerminated = true;
      },
    };
  };
  const load = () => Promise.resolve(module);
  engine = createEnginePool({ spawn, module: load, jobs: 1, timeoutMs: limit, memoryBytes: 100 });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  vi.useRealTimers();
  puppets.splice(0);
  await engine.dispose();
});

/** Asks, and gives the promise with the worker that was asked. */
async function ask(): Promise<{
  readonly answer: Promise<KustomizeResult>;
  readonly puppet: Puppet;
}> {
  const answer = engine.call("kustomize", requestFor({}), new Map());
  // What is still open at the end of a test is cancelled.
  answer.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  const puppet = puppets.at(-1);
  if (puppet === undefined) throw new Error("no worker was started");
  return { answer, puppet };
}

const built: KustomizeResult = {
  objects: [],
  reads: { files: [], listings: [], absent: [] },
  needs: [],
  warnings: [],
  customSchema: false,
};

function answerOf(puppet: Puppet, memoryBytes: number): void {
  const id = puppet.jobs.at(-1)?.id ?? -1;
  puppet.events.onMessage({ type: "done", id, value: built, memoryBytes });
}

describe("a worker's memory", () => {
  it("up to the limit is kept", async () => {
    start({ tells: false });
    const first = await ask();
    answerOf(first.puppet, 100);
    await first.answer;
    const second = await ask();
    expect(second.puppet).toBe(first.puppet);
    expect(second.puppet.jobs).toHaveLength(2);
  });

  it("above the limit ends it after its answer, and the next build has a fresh one", async () => {
    start({ tells: false });
    const first = await ask();
    answerOf(first.puppet, 101);
    expect(await first.answer).toEqual(built);
    expect(first.puppet.isTerminated).toBe(true);
    const second = await ask();
    expect(second.puppet).not.toBe(first.puppet);
    expect(second.puppet.jobs).toHaveLength(1);
  });
});

describe("a build that does not end", () => {
  it("is stopped when the worker has used up its processor time", async () => {
    start({ tells: true });
    const { answer, puppet } = await ask();
    puppet.spentMs = limit - 1;
    await vi.advanceTimersByTimeAsync(limit);
    expect(puppet.isTerminated).toBe(false);
    puppet.spentMs = limit;
    await vi.advanceTimersByTimeAsync(limit);
    expect(puppet.isTerminated).toBe(true);
    expect((await answer).failure).toMatchObject({ stage: "engine", cause: "timeout" });
  });

  it("counts from the start of the build, not of the worker", async () => {
    start({ tells: true });
    const first = await ask();
    first.puppet.spentMs = 5 * limit;
    answerOf(first.puppet, 0);
    await first.answer;
    const { answer, puppet } = await ask();
    puppet.spentMs = 5.5 * limit;
    await vi.advanceTimersByTimeAsync(1.2 * limit);
    expect(puppet.isTerminated).toBe(false);
    answerOf(puppet, 0);
    expect(await answer).toEqual(built);
  });

  it("may wait for a processor, but not for ever", async () => {
    start({ tells: true });
    const { answer, puppet } = await ask();
    puppet.spentMs = 0;
    await vi.advanceTimersByTimeAsync(9 * limit);
    expect(puppet.isTerminated).toBe(false);
    await vi.advanceTimersByTimeAsync(2 * limit);
    expect(puppet.isTerminated).toBe(true);
    expect((await answer).failure).toMatchObject({ cause: "timeout" });
  });

  it.each([{ tells: true }, { tells: false }])(
    "is stopped by the clock where processor time is not known ($tells)",
    async (how) => {
      start(how);
      const { answer, puppet } = await ask();
      await vi.advanceTimersByTimeAsync(limit - 1);
      expect(puppet.isTerminated).toBe(false);
      await vi.advanceTimersByTimeAsync(2);
      expect(puppet.isTerminated).toBe(true);
      expect((await answer).failure).toMatchObject({ cause: "timeout" });
    },
  );

  it("is taken at its word when its answer came while this thread was held up", async () => {
    start({ tells: false });
    const { answer, puppet } = await ask();
    // The message waits behind the timer that is due.
    setTimeout(() => answerOf(puppet, 0), limit);
    await vi.advanceTimersByTimeAsync(limit + 5);
    expect(await answer).toEqual(built);
    expect(puppet.isTerminated).toBe(false);
  });
});
