/** A plan in every format that there is, and the exit code that its gate gives: the end of `sluice diff` and `sluice merge`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import type { Plan, Problem } from "#simulator";
import { problemKey, withRiskSettings } from "#simulator";

import { isStopped } from "../gate.ts";
import { diffJunit } from "../print/diff-junit.ts";
import { diffMarkdown } from "../print/diff-markdown.ts";
import { diffSarif } from "../print/diff-sarif.ts";
import { diffText } from "../print/diff-text.ts";
import { documentText } from "../print/document.ts";
import { printableRecord } from "../print/printable.ts";
import { isSaidByRisk } from "../print/risks-text.ts";
import { plainStyle } from "../print/style.ts";
import type { Style } from "../print/style.ts";
import type { PlanRequest } from "../request.ts";
import { UserError } from "../user-error.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export interface PlanPrinter {
  readonly request: PlanRequest;
  readonly style: Style;
  readonly print: VerbContext["print"];
}

/** Prints a plan in the format that was asked for, and answers with the exit code that its gate gives. */
export async function printPlan(context: PlanPrinter, made: Plan): Promise<ExitCode> {
  const plan = withRiskSettings(made, context.request.risks);
  const { format, reports } = context.request;
  for (const report of reports)
    await writeReport(report.file, output(report.format, plan, plainStyle));
  await context.print(output(format, plan, context.style));
  return isStopped(plan, newErrors(plan), context.request.gate) ? 1 : 0;
}

function newErrors({ problems, oldProblems }: Plan): number {
  const known = new Set(oldProblems);
  return problems.filter(
    (problem) => problem.severity === "error" && !known.has(problemKey(problem)),
  ).length;
}

/** Folders on the way are made: a pipeline collects reports in one of its own. */
async function writeReport(file: string, texts: Iterable<string>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, [...texts].join(""));
  } catch (error) {
    throw new UserError(`--report: ${file} can't be written.`, { cause: error });
  }
}

function output(format: string, plan: Plan, style: Style): Iterable<string> {
  switch (format) {
    case "json":
      return [documentText(withoutTimes(plan), "json")];
    case "yaml":
      return [documentText(withoutTimes(plan), "yaml")];
    case "markdown":
      return [diffMarkdown(printablePlan(plan))];
    case "sarif":
      return [diffSarif(printablePlan(plan))];
    case "junit":
      return [diffJunit(printablePlan(plan))];
    default:
      return diffText(printablePlan(plan), style);
  }
}

/** Milliseconds would make each run's output another. */
export function withoutTimes({ stats: _stats, ...plan }: Plan): object {
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
  const said = problems.filter(
    (problem) => problem.severity === "warning" && isSaidByRisk(problem, plan),
  ).length;
  const counts = { ...plan.counts, warnings: plan.counts.warnings - said };
  const oldProblems = problems.filter((problem) => old.has(problemKey(problem)));
  const clusters = plan.clusters.map(({ name, appliers }) => ({
    name,
    appliers: appliers.map((entry) => ({ ...entry, problems: entry.problems.filter(isShown) })),
  }));
  return {
    ...printableRecord({ ...plan, clusters, problems, counts }),
    oldProblems: printableRecord(oldProblems).map(problemKey),
  };
}
