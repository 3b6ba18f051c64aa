/** `sluice images`: the container images of everything that would be applied, or how they change. */
import type { ImageUse, Plan, Simulation } from "#simulator";

import { documentText } from "../print/document.ts";
import { grouped } from "../print/grouped.ts";
import { refText } from "../print/names.ts";
import { printableRecord } from "../print/printable.ts";
import { countProblems, noRootsText } from "../print/problems-text.ts";
import type { Style } from "../print/style.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function images(context: VerbContext): Promise<ExitCode> {
  const { simulator, options, target, base } = context.session;
  const simulation = await simulator.simulate(target, options, context);
  await context.report(noRootsText(simulation.problems, context.reportStyle));
  if (base === undefined) {
    await context.print(listed(context, await simulator.images(simulation, context.signal)));
    return countProblems(simulation.problems).errors > 0 ? 1 : 0;
  }
  const before = await simulator.simulate(base, options, context);
  const plan = await simulator.plan(before, simulation, context.signal);
  await context.print(changed(context, plan, simulation));
  return plan.images.added.length + plan.images.removed.length > 0 ? 1 : 0;
}

function listed({ request, style }: VerbContext, uses: readonly ImageUse[]): Iterable<string> {
  switch (request.format) {
    case "json":
    case "yaml":
      return [documentText({ images: uses }, request.format)];
    default:
      return textOf(printableRecord(uses), style);
  }
}

function* textOf(uses: readonly ImageUse[], style: Style): Generator<string> {
  if (uses.length === 0) yield "No container image was found.\n";
  const clusters = [...grouped(uses, ({ cluster }) => cluster)];
  for (const [cluster, members] of clusters) {
    if (clusters.length > 1) yield `${style.strong(`Cluster ${cluster}`)}\n`;
    for (const { image, objects } of members) {
      const names = objects.map(({ ref }) => refText(ref)).join(", ");
      yield `${image}  ${style.faint(names)}\n`;
    }
  }
}

function changed(
  { request, style }: VerbContext,
  plan: Plan,
  { tree }: Simulation,
): Iterable<string> {
  const { added, removed } = printableRecord(plan.images);
  switch (request.format) {
    case "json":
    case "yaml":
      return [
        documentText({ base: plan.base, target: tree.label, added, removed }, request.format),
      ];
    default:
      if (added.length + removed.length === 0) return ["The images are the same.\n"];
      return [
        ...removed.map((image) => `${style.bad(`- ${image}`)}\n`),
        ...added.map((image) => `${style.good(`+ ${image}`)}\n`),
      ];
  }
}
