/**
 * Answers of earlier plans by question: an edit asks only about what it touches. Bounded by the size of what is kept; the oldest go
 * first. Answers that say nothing about the object are not kept.
 */
import type { LiveAnswer, LiveQuestion } from "../question.ts";

export interface LiveMemory {
  recall(cluster: string, question: LiveQuestion): LiveAnswer | undefined;
  keep(cluster: string, question: LiveQuestion, answer: LiveAnswer): void;
  /** What is remembered of one cluster, or of all. */
  forget(cluster?: string): void;
}

interface Entry {
  readonly question: Omit<LiveQuestion, "object">;
  readonly answer: LiveAnswer;
  readonly size: number;
}

const usualLimit = 64 * 1024 * 1024;

/** `limit` in characters of JSON. */
export function createLiveMemory(limit = usualLimit): LiveMemory {
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
      if (!isSame(entry.question, question)) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.answer;
    },
    keep(cluster, question, answer) {
      const key = keyOf(cluster, question);
      drop(key);
      if (!isWorthKeeping(answer)) return;
      const { object: _, ...rest } = question;
      const entry = { question: rest, answer, size: sizeOf(question, answer) };
      entries.set(key, entry);
      size += entry.size;
      for (const oldest of entries.keys()) {
        if (size <= limit) break;
        drop(oldest);
      }
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
