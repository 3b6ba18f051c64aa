/** `sluice diff`: the plan from one state to another, or a part of it for `sluice merge`. */
import type { SimulationOptions } from "#simulator";

import { documentText } from "../print/document.ts";
import { liveDiff } from "./live-diff.ts";
import { printPlan, withoutTimes } from "./print-plan.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function diff(context: VerbContext): Promise<ExitCode> {
  const { session, request, signal } = context;
  const { simulator, options, base, target, live } = session;
  if (live !== undefined) return liveDiff(context, live);
  const before = base === undefined ? undefined : await simulator.simulate(base, options, context);
  const after = await simulator.simulate(target, withOrder(options, before?.allClusters), {
    ...context,
    ...(before !== undefined && { previous: before }),
  });
  const plan = await simulator.plan(before, after, signal);
  if (request.shard === undefined) return printPlan(context, plan);
  await context.print([documentText(withoutTimes(plan), "json")]);
  // The gate is where the parts come together.
  return 0;
}

/** Both sides of a cluster have to be in one part. */
function withOrder(
  options: SimulationOptions,
  order: readonly string[] | undefined,
): SimulationOptions {
  const { shard } = options;
  return shard === undefined || order === undefined
    ? options
    : { ...options, shard: { ...shard, order } };
}
