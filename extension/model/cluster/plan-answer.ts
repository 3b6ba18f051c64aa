/** The plan as an answer for assistants: what a push would change, bounded. Values of Secrets are digests in every plan. Pure. */
import type { Plan } from "#simulator";

import { planMarkdown } from "../plan-markdown.ts";

const longest = 12_000;

export function planAnswer(plans: readonly Plan[]): string {
  if (plans.length === 0)
    return "There is no plan: no open folder has Flux manifests, or it is still being simulated.";
  const text = plans.map(planMarkdown).join("\n");
  if (text.length <= longest) return text;
  const kept = text.slice(0, text.lastIndexOf("\n", longest));
  const left = text.slice(kept.length).split("\n").length - 2;
  return `${kept}\n\n… and ${left} more lines, which the Preview shows.`;
}
