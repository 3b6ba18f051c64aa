/**
 * All questions of a plan to answers: side by side, remembered, cancelled at once. A connection that is gone is noticed once:
 * what was not asked by then is answered as lost without waiting.
 */
import type { Live } from "../../ports.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../question.ts";
import { lost } from "./answers.ts";
import { askOne } from "./ask-one.ts";
import type { Asker } from "./asker.ts";
import { inFlightLimit, untilAborted } from "./gate.ts";
import type { Wait } from "./gate.ts";
import type { LiveMemory } from "./memory.ts";
import { stillTrue } from "./still-true.ts";

export interface AskOptions {
  readonly arrivals: Arrivals;
  readonly memory: LiveMemory;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** How pauses between attempts are spent; for tests. */
  readonly wait?: Wait;
}

/** Losses in a row after which the connection counts as gone. */
const patience = 3;

/** By id of the question. Rejects with the reason of the signal when cancelled, and never otherwise. */
export async function askLive(
  live: Live,
  questions: readonly LiveQuestion[],
  options: AskOptions,
): Promise<ReadonlyMap<string, LiveAnswer>> {
  const { memory, signal } = options;
  signal?.throwIfAborted();
  const answers = new Map<string, LiveAnswer>();
  for (const [question, answer] of await recalled(live, questions, options))
    answers.set(question.id, answer);
  signal?.throwIfAborted();
  const open = questions.filter(({ id }) => !answers.has(id));
  const finish = (question: LiveQuestion, answer: LiveAnswer): void => {
    answers.set(question.id, answer);
    memory.keep(live.name, question, answer);
    options.onProgress?.(answers.size, questions.length);
  };
  options.onProgress?.(answers.size, questions.length);
  const boss = { options, gone: new AbortController() };
  let lossesInRow = 0;
  const asker: Asker = {
    live,
    arrivals: options.arrivals,
    signal: signal === undefined ? boss.gone.signal : AbortSignal.any([signal, boss.gone.signal]),
    wait: options.wait,
    refreshed: { done: false },
    heard: (loss) => {
      lossesInRow = loss === undefined ? 0 : lossesInRow + 1;
      if (loss !== undefined && lossesInRow >= patience) boss.gone.abort(new Error(loss));
    },
  };
  const queue = open.values();
  const workers = Array.from({ length: inFlightLimit }, () => work(boss, asker, queue, finish));
  await untilAborted(Promise.all(workers), signal);
  signal?.throwIfAborted();
  return answers;
}

/** What earlier plans learnt and what still holds. */
async function recalled(
  live: Live,
  questions: readonly LiveQuestion[],
  { memory, signal }: AskOptions,
): Promise<readonly (readonly [LiveQuestion, LiveAnswer])[]> {
  const known = questions.flatMap((question) => {
    const found = memory.recall(live.name, question);
    return found === undefined ? [] : [{ question, ...found }];
  });
  const stale = known.filter(({ isFresh }) => !isFresh);
  const held = stale.length === 0 ? new Set() : await stillTrue(live, stale, signal);
  return known.flatMap(({ question, answer, isFresh }) => {
    if (!isFresh && !held.has(question.id)) return [];
    if (!isFresh) memory.confirm(live.name, question);
    return [[question, answer] as const];
  });
}

interface Boss {
  readonly options: AskOptions;
  /** Aborted when the connection counts as gone. */
  readonly gone: AbortController;
}

async function work(
  boss: Boss,
  asker: Asker,
  queue: Iterator<LiveQuestion>,
  finish: (question: LiveQuestion, answer: LiveAnswer) => void,
): Promise<void> {
  const { gone, options } = boss;
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const question = next.value;
    const answer = await askOne(asker, question).catch((error: unknown): LiveAnswer => {
      if (options.signal?.aborted === true || !gone.signal.aborted) throw error;
      return lost(question.id, wordsOf(gone.signal.reason));
    });
    if (options.signal?.aborted === true) return;
    finish(question, answer);
  }
}

function wordsOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : "The connection was lost.";
}
