/** `sluice check`: problems only, with `--from` only those that the other state does not have. */
import type { Problem } from "#simulator";
import { problemKey } from "#simulator";

import { documentText } from "../print/document.ts";
import { counted } from "../print/names.ts";
import { printableRecord } from "../print/printable.ts";
import {
  countProblems,
  noRootsText,
  problemCountsText,
  problemText,
  sortedProblems,
} from "../print/problems-text.ts";
import type { Style } from "../print/style.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function check(context: VerbContext): Promise<ExitCode> {
  const { simulator, options, base, target } = context.session;
  const before = base === undefined ? undefined : await simulator.simulate(base, options, context);
  const after = await simulator.simulate(target, options, {
    ...context,
    ...(before !== undefined && { previous: before }),
  });
  const known = new Set(before?.problems.map(problemKey));
  const problems = sortedProblems(
    after.problems.filter((problem) => !known.has(problemKey(problem))),
  );
  await context.report(noRootsText(problems, context.reportStyle));
  await context.print(output(context, target.label, problems));
  const { errors, warnings } = countProblems(problems);
  return errors > 0 || (context.request.failOn === "warning" && warnings > 0) ? 1 : 0;
}

function output(
  { request, style }: VerbContext,
  target: string,
  problems: readonly Problem[],
): Iterable<string> {
  switch (request.format) {
    case "json":
      return [documentText({ target, problems }, "json")];
    case "yaml":
      return [documentText({ target, problems }, "yaml")];
    default:
      return checkText(printableRecord(problems), style);
  }
}

/** The problems must be printable. What is only information is counted. */
export function* checkText(problems: readonly Problem[], style: Style): Generator<string> {
  const serious = problems.filter((problem) => problem.severity !== "information");
  for (const problem of serious) yield problemText(problem, style);
  const counts = problemCountsText(countProblems(problems), style);
  const notes = counted(problems.length - serious.length, "note");
  const more =
    serious.length === problems.length ? "" : style.faint(` (${notes} more with -o json)`);
  yield `${counts === "" ? style.good("No problems") : counts}.${more}\n`;
}
