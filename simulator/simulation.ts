/** The inside of a `Simulation`: what the facade shows, and the renders behind it. */
import type { ClusterRender, RenderedNode } from "./render/cluster.ts";
import type { Simulation } from "./simulator.ts";

export interface InnerSimulation extends Simulation {
  readonly clusters: readonly ClusterRender[];
  /** The simulation of what is on the cluster before it. */
  readonly previous: Simulation | undefined;
  /** Milliseconds by stage; builds done and remembered. */
  readonly stats: Readonly<Record<string, number>>;
}

/** Gives back the inside. A simulation only ever comes from a simulator. */
export function inner(simulation: Simulation): InnerSimulation {
  if (!("clusters" in simulation)) throw new TypeError("not a simulation of this simulator");
  return simulation as InnerSimulation;
}

export function findNode(
  simulation: Simulation,
  applier: string,
): { readonly node: RenderedNode; readonly cluster: ClusterRender } | undefined {
  for (const cluster of inner(simulation).clusters) {
    const node = cluster.nodes.find(({ id }) => id === applier);
    if (node !== undefined) return { node, cluster };
  }
  return undefined;
}
