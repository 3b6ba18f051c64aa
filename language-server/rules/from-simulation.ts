/** Problems of the simulation that belong to an object of a file, for rules that put them to the exact place. */
import type { ProblemCode } from "#simulator";

import type { SaidProblem } from "../model/truth.ts";
import type { RuleContext } from "./rule.ts";

/** Of the appliers that this document writes. */
export function problemsOf(
  { model, file, document }: Pick<RuleContext, "model" | "file" | "document">,
  codes: readonly ProblemCode[],
): readonly SaidProblem[] {
  const { truth } = model;
  if (!truth) return [];
  const problems = truth
    .appliersOf(file.path, document.kind, document.name)
    .flatMap((id) => truth.problemsOf(id));
  const seen = new Set<string>();
  return problems.filter(({ code, message }) => {
    if (!codes.includes(code)) return false;
    // Several clusters have the same problem.
    return !seen.has(message) && seen.add(message) !== undefined;
  });
}
