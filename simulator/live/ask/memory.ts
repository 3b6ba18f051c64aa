/**
 * Answers of earlier plans by question: an edit asks only about what it touches. Bounded by the size of what is kept and by age; the
 * oldest go first. Answers that say nothing about the object are not kept.
 */
import type { LiveAnswer, LiveQuestion } from "../question.ts";

export interface Recalled {
  readonly answer: LiveAnswer;
  /** Nobody had time to change the object since; otherwise its version has to be looked at (`still-true.ts`). */
  readonly isFresh: boolean;
}

export interface LiveMemory {
  recall(cluster: string, question: LiveQuestion): Recalled | undefined;
  keep(cluster: string, question: LiveQuestion, answer: LiveAnswer): void;
  /** The object has not changed since the answer. */
  confirm(cluster: string, question: LiveQuestion): void;
  /** What is remembered of one cluster, or of all. */
  forget(cluster?: string): void;
}

export interface LiveMemoryOptions {
  /** Characters of JSON. */
  readonly limit?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

interface Entry {
  readonly question: Omit<LiveQuestion, "object">;
  readonly answer: LiveAnswer;
  readonly size: number;
  readonly asked: number;
  checked: number;
}

const usualLimit = 64 * 1024 * 1024;
/** While somebody types, nothing is looked at again. */
const freshFor = 15_000;
/** Admission and definitions change as well, without a version to see it by. */
const oldAfter = 600_000;

export function createLiveMemory({
  limit = usualLimit,
  now = Date.now,
}: LiveMemoryOptions = {}): LiveMemory {
  const entries = new Map<string, Entry>();
  let size = 0;
  const drop = (key: string): void => {
    size -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    recall(cluster, question) {
      const key = keyOf(cluster, question);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (!isSame(entry.question, question) || now() - entry.asked > oldAfter) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return { answer: entry.answer, isFresh: now() - entry.checked <= freshFor };
    },
    keep(cluster, question, answer) {
      const key = keyOf(cluster, question);
      drop(key);
      if (!isWorthKeeping(answer)) return;
      const { object: _, ...rest } = question;
      const [asked, checked] = [now(), now()];
      const entry = { question: rest, answer, size: sizeOf(question, answer), asked, checked };
      entries.set(key, entry);
      size += entry.size;
      for (const oldest of entries.keys()) {
        if (size <= limit) break;
        drop(oldest);
      }
    },
    confirm(cluster, question) {
      const entry = entries.get(keyOf(cluster, question));
      if (entry !== undefined) entry.checked = now();
    },
    forget(cluster) {
      for (const key of [...entries.keys()])
        if (cluster === undefined || key.startsWith(`${cluster}\n`)) drop(key);
    },
  };
}

function keyOf(cluster: string, { id }: LiveQuestion): string {
  return `${cluster}\n${id}`;
}

function isSame(a: Omit<LiveQuestion, "object">, b: LiveQuestion): boolean {
  return (
    a.json === b.json &&
    a.state === b.state &&
    a.manager === b.manager &&
    a.ask === b.ask &&
    a.recreates === b.recreates
  );
}

/** What arrives may have arrived since, and what could not be answered is asked again. */
function isWorthKeeping(answer: LiveAnswer): boolean {
  if (answer.outcome === "unanswered") return false;
  return !(answer.outcome === "absent" && answer.known === "arrives");
}

/** Live objects have about the size of what is applied, twice with defaults and status. */
function sizeOf({ json }: LiveQuestion, answer: LiveAnswer): number {
  const isCompared = answer.outcome === "compared";
  const sides = isCompared && answer.live !== answer.applied ? 4 : 2;
  return 500 + json.length * (1 + sides);
}
