/** `sluice tree`: clusters, appliers and their states. */
import type { Simulation } from "#simulator";

import { documentText } from "../print/document.ts";
import { grouped } from "../print/grouped.ts";
import { printableRecord } from "../print/printable.ts";
import { countProblems, problemTexts, sortedProblems } from "../print/problems-text.ts";
import { treeText } from "../print/tree-text.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function tree(context: VerbContext): Promise<ExitCode> {
  const { simulator, options, target } = context.session;
  const simulation = await simulator.simulate(target, options, context);
  await context.print(output(context, simulation));
  return countProblems(simulation.problems).errors > 0 ? 1 : 0;
}

function output({ request, style }: VerbContext, simulation: Simulation): Iterable<string> {
  switch (request.format) {
    case "json":
      return [documentText(treeRecord(simulation), "json")];
    case "yaml":
      return [documentText(treeRecord(simulation), "yaml")];
    default:
      return textOf(simulation);
  }

  function* textOf({ appliers, problems }: Simulation): Generator<string> {
    yield* treeText(printableRecord(appliers), style);
    // An applier's own trouble stands at its line; what belongs to none would be lost.
    const others = sortedProblems(printableRecord(problems)).filter(
      (problem) => problem.applier === undefined,
    );
    if (others.length > 0) yield "\n";
    yield* problemTexts(others, style);
  }
}

function treeRecord({ tree: { label }, appliers, problems }: Simulation): object {
  const clusters = [...grouped(appliers, (applier) => applier.cluster)].map(([name, members]) => ({
    name,
    appliers: members,
  }));
  return { target: label, clusters, problems };
}
