/** The four verbs of the plan on a real cluster. Answers are remembered as long as the connection lives. */
import type { Live } from "../../ports.ts";
import { askLive } from "../ask/ask.ts";
import { createLiveMemory } from "../ask/memory.ts";
import type { LiveMemory } from "../ask/memory.ts";
import { listObjects, readObject } from "../ask/read.ts";
import type { ClusterFacts } from "../facts.ts";
import { readRelease } from "../releases.ts";
import type { Asker } from "./asker.ts";

export interface AskerContext {
  readonly signal: AbortSignal | undefined;
  /** How much more there is to ask, and how much more is answered. */
  readonly onProgress?: (answered: number, asked: number) => void;
  /** What was read of the cluster already. */
  readonly facts: ClusterFacts | undefined;
}

const memories = new WeakMap<Live, LiveMemory>();

export function createAsker(live: Live, { signal, onProgress, facts }: AskerContext): Asker {
  const memory = memories.get(live) ?? createLiveMemory();
  memories.set(live, memory);
  return {
    name: live.name,
    ask: (questions, arrivals) =>
      askLive(live, questions, {
        arrivals,
        memory,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress: stepwise(onProgress) }),
      }),
    read: (ref) => readObject(live, ref, signal),
    list: (kind) => listObjects(live, kind, signal),
    async release(storageNamespace, name) {
      const known = facts?.releases.get(`${storageNamespace}/${name}`);
      if (known !== undefined) return known ?? undefined;
      const answer = await readRelease(live, storageNamespace, name, signal);
      return answer.outcome === "found" ? answer.release : undefined;
    },
  };
}

/** Batches run side by side and one after the other: only the steps of each can be added up. */
function stepwise(
  step: (answered: number, asked: number) => void,
): (done: number, total: number) => void {
  let [before, known] = [0, 0];
  return (done, total) => {
    step(done - before, total - known);
    [before, known] = [done, total];
  };
}
