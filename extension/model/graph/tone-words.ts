/** How a tone is called in filters and counts. Pure. */
import type { GraphTone } from "./graph.ts";

const words: Readonly<Record<GraphTone, string>> = {
  failed: "failing",
  missing: "not found",
  waiting: "waiting",
  working: "in progress",
  changed: "changed",
  unknown: "unknown",
  suspended: "suspended",
  ready: "ready",
};

export function toneWord(tone: GraphTone): string {
  return words[tone];
}
