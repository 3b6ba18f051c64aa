/**
 * A folder against a cluster: which cluster of the repository it is, the simulation with what the cluster says about itself, and
 * the plan that the API server has confirmed. The simulation of the whole folder, which the rules ask, stays beside it.
 */
import type { FileTree, Progress, Simulation, SimulationOptions, Simulator } from "#simulator";
import { matchCluster, rootsOf, simulateOnCluster, withRiskSettings } from "#simulator";

import type { PlanNote, SluiceSettings } from "../protocol.ts";
import { clusterBase } from "../protocol.ts";
import type { LiveCluster } from "../workspace/live-clusters.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

export interface SimulateContext {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Awaited between steps: who types has the first turn. */
  readonly turn?: () => Promise<void>;
}

/** What the snapshot has of the cluster. */
export type LiveSide =
  | NonNullable<Snapshot["live"]>
  /** Why there is no plan against it. */
  | { readonly note: PlanNote };

export interface LiveInputs {
  readonly simulator: Simulator;
  readonly tree: FileTree;
  readonly options: SimulationOptions;
  readonly settings: SluiceSettings;
  /** The simulation of the whole folder. */
  readonly target: Simulation;
  readonly cluster: LiveCluster;
}

/** The context that a base names; `undefined` for revisions. */
export function contextOfBase(base: string): string | undefined {
  return base.startsWith(clusterBase) ? base.slice(clusterBase.length) : undefined;
}

export async function simulateLive(
  { simulator, tree, options, settings, target, cluster }: LiveInputs,
  context: SimulateContext,
): Promise<LiveSide> {
  const { live, reader } = cluster;
  const name = await nameOf(cluster, target, options, context.signal);
  if (typeof name === "object") return { note: name };
  const simulation = await simulateOnCluster(simulator, tree, onlyOf(options, name), live, {
    ...context,
    reader,
  });
  const asked = await simulator.livePlan(simulation, live, context);
  return { target: simulation, plan: withRiskSettings(asked, settings.risks), asked };
}

const narrowed = new WeakMap<SimulationOptions, Map<string, SimulationOptions>>();

/** The same options for the same cluster: a simulator recognises those that it has seen. */
function onlyOf(options: SimulationOptions, only: string): SimulationOptions {
  const byName = narrowed.get(options) ?? new Map<string, SimulationOptions>();
  narrowed.set(options, byName);
  const known = byName.get(only) ?? { ...options, only };
  byName.set(only, known);
  return known;
}

async function nameOf(
  { live, matches }: LiveCluster,
  target: Simulation,
  { remoteUrls }: SimulationOptions,
  signal: AbortSignal,
): Promise<string | PlanNote> {
  const names = target.allClusters ?? [];
  const [only, ...others] = names;
  if (only === undefined) return note("There is no cluster in this folder to compare.");
  if (others.length === 0) return only;
  const roots = rootsOf(target);
  const key = JSON.stringify([roots, remoteUrls]);
  const match = matches.get(key) ?? (await matchCluster(live, roots, remoteUrls, signal));
  switch (match.outcome) {
    case "one":
      matches.set(key, match);
      return match.cluster;
    case "none":
      return note(
        `Nothing on ${live.name} syncs a cluster of this repository (${names.join(", ")}). Name the folder in the setting sluice.paths.`,
      );
    case "several":
      return note(
        `${live.name} could be ${match.clusters.join(" or ")}. Name the folder in the setting sluice.paths.`,
      );
    case "unanswered":
      return note(`${live.name} did not say what it syncs: ${match.message}`);
  }
}

function note(message: string): PlanNote {
  return { code: "base-not-found", message };
}
