/** `sluice build`: every object on stdout, every problem on stderr. */
import type { ApplierRecord, Problem, RenderedEntry } from "#simulator";

import { buildJson, buildText, buildYaml } from "../print/build-text.ts";
import { printableRecord } from "../print/printable.ts";
import {
  countProblems,
  noRootsText,
  problemCountsText,
  problemText,
  sortedProblems,
} from "../print/problems-text.ts";
import { didYouMean } from "../suggestion.ts";
import { UserError } from "../user-error.ts";
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
  const chosen = chosenAppliers(simulation.appliers, request.only);
  const ids = new Set(chosen.map(({ id }) => id));
  const isChosen = ({ cluster, applier: { kind, namespace, name } }: RenderedEntry): boolean =>
    ids.has(`${cluster}|${kind}/${namespace}/${name}`);
  const isOne = request.only !== undefined;
  const problems = isOne
    ? simulation.problems.filter(({ applier }) => applier === undefined || ids.has(applier))
    : simulation.problems;
  await context.print(output(context, chosen, isOne ? entries.filter(isChosen) : entries));
  await context.report(problemReport(context, problems));
  return countProblems(problems).errors > 0 ? 1 : 0;
}

/** Those that `--only` names, or all. Throws a `UserError` for a name that nothing has. */
function chosenAppliers(
  appliers: readonly ApplierRecord[],
  only: readonly string[] | undefined,
): readonly ApplierRecord[] {
  if (only === undefined) return appliers;
  const names = ({ ref: { kind, namespace, name } }: ApplierRecord): readonly string[] => [
    name,
    `${namespace}/${name}`,
    `${kind}/${namespace}/${name}`,
    ...(namespace === "" ? [`${kind}/${name}`] : []),
  ];
  for (const wanted of only) {
    if (appliers.some((applier) => names(applier).includes(wanted))) continue;
    const guess = didYouMean(wanted, appliers.flatMap(names));
    throw new UserError(
      `--only: nothing is called ${wanted}.${guess} sluice tree lists what there is.`,
    );
  }
  return appliers.filter((applier) => names(applier).some((name) => only.includes(name)));
}

function output(
  { request, style }: VerbContext,
  appliers: readonly ApplierRecord[],
  entries: readonly RenderedEntry[],
): Iterable<string> {
  switch (request.format) {
    case "json":
      return buildJson(entries);
    case "yaml":
      return buildYaml(entries);
    default:
      return buildText(appliers, entries, style);
  }
}

function* problemReport(
  { reportStyle }: VerbContext,
  problems: readonly Problem[],
): Generator<string> {
  yield* noRootsText(problems, reportStyle);
  const serious = printableRecord(problems).filter((problem) => problem.severity !== "information");
  for (const problem of sortedProblems(serious)) yield problemText(problem, reportStyle);
  if (serious.length > 0) yield `${problemCountsText(countProblems(serious), reportStyle)}.\n`;
}
