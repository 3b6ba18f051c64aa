/** Problems of the simulation that belong to an object of a file, for rules that put them to the exact place. */
import type { Problem, ProblemCode } from "#simulator";

import type { RuleContext } from "./rule.ts";

/** Of the appliers that this document writes. */
export function problemsOf(
  { model, file, document }: Pick<RuleContext, "model" | "file" | "document">,
  codes: readonly ProblemCode[],
): readonly Problem[] {
  const { truth } = model;
  if (!truth) return [];
  const ids = truth
    .appliersAt(file.path)
    .filter(({ ref }) => ref.kind === document.kind && ref.name === document.name)
    .map(({ id }) => id);
  const seen = new Set<string>();
  return truth.problems.filter(({ code, applier, message }) => {
    if (applier === undefined || !ids.includes(applier) || !codes.includes(code)) return false;
    // Several clusters have the same problem.
    return !seen.has(message) && seen.add(message) !== undefined;
  });
}
