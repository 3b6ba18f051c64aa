/** The default values and the values schema of the chart that a HelmRelease was rendered with, for whoever writes its values. */
import { findNode } from "../simulation.ts";
import type { ChartDefaults, Simulation } from "../simulator.ts";
import type { PresentContext } from "./present.ts";

/** `undefined` when the applier is no HelmRelease of this simulation, or its chart could not be had. */
export async function chartDefaults(
  simulation: Simulation,
  applier: string,
  { memory, signal }: PresentContext,
): Promise<ChartDefaults | undefined> {
  const built = findNode(simulation, applier)?.node.built;
  if (built?.outcome !== "built" || built.question.call !== "helm") return undefined;
  const { chart, remotes } = built.question.request;
  const answer = await memory.engine.call("chart", { chart, remotes }, built.trees, signal);
  const { name, version, values, schema, failure } = answer;
  if (failure !== undefined || name === undefined || version === undefined) return undefined;
  return {
    name,
    version,
    ...(values !== undefined && { values }),
    ...(schema !== undefined && { schema }),
  };
}
