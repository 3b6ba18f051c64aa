/** Whether a plan stops a push until a person insists. Pure. */
import type { Plan, Problem } from "#simulator";
import { problemKey } from "#simulator";

import { count, loudRisks } from "../words.ts";

/** The setting `sluice.push.stopOn`; each stops on what stands before it as well. */
export const stopWords = ["never", "error", "high", "medium", "low"] as const;
export type StopOn = (typeof stopWords)[number];

/** Errors that the other side of the plan does not have. */
export function newErrors({ problems, oldProblems }: Plan): readonly Problem[] {
  const known = new Set(oldProblems);
  return problems.filter(
    (problem) => problem.severity === "error" && !known.has(problemKey(problem)),
  );
}

/** Why the push has to be confirmed by name: `1 new error and 2 risks`. */
export function stopReason(plan: Plan, stopOn: StopOn): string | undefined {
  if (stopOn === "never") return undefined;
  const errors = newErrors(plan).length;
  const limit = stopWords.indexOf(stopOn);
  const risks = loudRisks(plan).filter(({ severity }) => stopWords.indexOf(severity) <= limit);
  const parts = [
    ...(errors > 0 ? [count(errors, "new error")] : []),
    ...(risks.length > 0 ? [count(risks.length, "risk")] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" and ");
}
