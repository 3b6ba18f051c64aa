/**
 * A simulation with a live cluster as its input: simulate, see what was lacking, read that, and again, until nothing is lacking
 * that the cluster would tell. A template may look up one thing because of another, so it takes a few rounds the first time.
 */
import type { FileTree, Live } from "../../ports.ts";
import type {
  Simulation,
  SimulationContext,
  SimulationOptions,
  Simulator,
} from "../../simulator.ts";
import type { ClusterFacts } from "../facts.ts";
import { createFactsReader } from "./facts-reader.ts";
import type { FactsReader } from "./facts-reader.ts";

export interface OnClusterContext extends SimulationContext {
  /** One that lives longer than this simulation: then an edit reads only what is new. */
  readonly reader?: FactsReader;
}

const maxRounds = 5;

/** Rejects only with an `AbortError`. What the cluster does not tell stays unknown, and problems say so. */
export async function simulateOnCluster(
  simulator: Pick<Simulator, "simulate">,
  tree: FileTree,
  options: SimulationOptions,
  live: Live,
  context: OnClusterContext = {},
): Promise<Simulation> {
  const { reader = createFactsReader(live), ...inner } = context;
  const { signal, onProgress } = context;
  const report = (done: number, total: number): void => onProgress?.({ stage: "ask", done, total });
  let facts = await reader.current(signal);
  for (let round = 1; ; round++) {
    signal?.throwIfAborted();
    const simulation = await simulator.simulate(tree, withCluster(options, facts), inner);
    const open = (simulation.lacking ?? []).filter((fact) => reader.canRead(fact));
    if (open.length === 0 || round > maxRounds) return simulation;
    const next = await reader.read(open, signal, report);
    if (next === facts) return simulation;
    facts = next;
  }
}

const merged = new WeakMap<SimulationOptions, WeakMap<ClusterFacts, SimulationOptions>>();

/** The same options for the same facts, by which a simulator knows that it was asked before. */
function withCluster(options: SimulationOptions, cluster: ClusterFacts): SimulationOptions {
  let byFacts = merged.get(options);
  if (byFacts === undefined) {
    byFacts = new WeakMap();
    merged.set(options, byFacts);
  }
  let result = byFacts.get(cluster);
  if (result === undefined) {
    result = { ...options, cluster };
    byFacts.set(cluster, result);
  }
  return result;
}
