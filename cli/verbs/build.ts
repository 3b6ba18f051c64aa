/** `sluice build`: every object on stdout, every problem on stderr. */
import type { RenderedEntry, Simulation } from "#simulator";

import { buildJson, buildText, buildYaml } from "../print/build-text.ts";
import { printableRecord } from "../print/printable.ts";
import {
  countProblems,
  problemCountsText,
  problemText,
  sortedProblems,
} from "../print/problems-text.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function build(context: VerbContext): Promise<ExitCode> {
  const { request, session, signal } = context;
  const { simulator, options, target } = session;
  const simulation = await simulator.simulate(target, options, context);
  const entries = await simulator.rendered(
    simulation,
    { secrets: request.showSecrets ? "show" : "omit", origins: request.format === "json" },
    signal,
  );
  await context.print(output(context, simulation, entries));
  await context.report(problemReport(context, simulation));
  return countProblems(simulation.problems).errors > 0 ? 1 : 0;
}

function output(
  { request, style }: VerbContext,
  simulation: Simulation,
  entries: readonly RenderedEntry[],
): Iterable<string> {
  switch (request.format) {
    case "json":
      return buildJson(entries);
    case "yaml":
      return buildYaml(entries);
    default:
      return buildText(simulation.appliers, entries, style);
  }
}

function* problemReport({ reportStyle }: VerbContext, { problems }: Simulation): Generator<string> {
  const serious = printableRecord(problems).filter((problem) => problem.severity !== "information");
  for (const problem of sortedProblems(serious)) yield problemText(problem, reportStyle);
  if (serious.length > 0) yield `${problemCountsText(countProblems(serious), reportStyle)}.\n`;
}
