/** `sluice diff`: the plan from one state to another. */
import type { Plan, Problem } from "#simulator";
import { problemKey } from "#simulator";

import { diffMarkdown } from "../print/diff-markdown.ts";
import { diffText } from "../print/diff-text.ts";
import { documentText } from "../print/document.ts";
import { printableRecord } from "../print/printable.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function diff(context: VerbContext): Promise<ExitCode> {
  const { session, signal } = context;
  const { simulator, options, base, target } = session;
  const before = base === undefined ? undefined : await simulator.simulate(base, options, context);
  const after = await simulator.simulate(target, options, context);
  const plan = await simulator.plan(before, after, signal);
  await context.print(output(context, plan));
  const { created, changed, deleted, moved, orphaned, errors } = plan.counts;
  return created + changed + deleted + moved + orphaned + errors > 0 ? 1 : 0;
}

function output({ request, style }: VerbContext, plan: Plan): Iterable<string> {
  switch (request.format) {
    case "json":
      return [documentText(withoutTimes(plan), "json")];
    case "yaml":
      return [documentText(withoutTimes(plan), "yaml")];
    case "markdown":
      return [diffMarkdown(printablePlan(plan))];
    default:
      return diffText(printablePlan(plan), style);
  }
}

/** Milliseconds would make each run's output another. */
function withoutTimes({ stats: _stats, ...plan }: Plan): object {
  return plan;
}

/**
 * The plan as people see it: safe text, and of the problems that both sides have only the errors. `oldProblems` still
 * names its problems.
 */
function printablePlan(plan: Plan): Plan {
  const old = new Set(plan.oldProblems);
  const isShown = (problem: Problem): boolean =>
    problem.severity === "error" || !old.has(problemKey(problem));
  const problems = plan.problems.filter(isShown);
  const oldProblems = problems.filter((problem) => old.has(problemKey(problem)));
  const clusters = plan.clusters.map(({ name, appliers }) => ({
    name,
    appliers: appliers.map((entry) => ({ ...entry, problems: entry.problems.filter(isShown) })),
  }));
  return {
    ...printableRecord({ ...plan, clusters, problems }),
    oldProblems: printableRecord(oldProblems).map(problemKey),
  };
}
