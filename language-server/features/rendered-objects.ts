/** What a simulation rendered, as the rules ask for it: names and places only, no content. */
import type { Simulation, Simulator } from "#simulator";

import type { RenderedObject } from "../model/truth.ts";

export async function renderedObjects(
  simulator: Simulator,
  simulation: Simulation,
  signal?: AbortSignal,
): Promise<readonly RenderedObject[]> {
  // Secrets count as objects here; their content is dropped at once.
  const options = { secrets: "show", origins: true } as const;
  const entries = await simulator.rendered(simulation, options, signal);
  return entries.map(({ applier, cluster, ref, origin }) => ({
    ref,
    applier: `${cluster}|${applier.kind}/${applier.namespace}/${applier.name}`,
    origin,
  }));
}
