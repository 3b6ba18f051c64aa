/**
 * From a folder, the unsaved texts and the previous snapshot to the next snapshot.
 * Takes over whatever the previous snapshot already knows; an edit that changes nothing gives the previous plan.
 */
import type { Simulation, SimulationOptions, Simulator } from "#simulator";
import { defaultOptions, withRiskSettings } from "#simulator";

import type { PlanNote, SluiceSettings } from "../protocol.ts";
import type { AgeKeys, FolderHost } from "../workspace/host.ts";
import type { LiveCluster } from "../workspace/live-clusters.ts";
import { fluxMinor } from "../workspace/settings.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { contextOfBase, simulateLive } from "./simulate-live.ts";
import type { LiveSide, SimulateContext } from "./simulate-live.ts";

export interface SimulateInputs {
  readonly revision: number;
  readonly host: FolderHost;
  /** Asked for when the files are read: the rules do without it where it is missing. */
  readonly simulator: () => Promise<Simulator>;
  readonly settings: SluiceSettings;
  readonly ageKeys: AgeKeys;
  readonly overlay: ReadonlyMap<string, string>;
  /** Paths touched since `previous`; `everything` reads the folder and asks for the base again. */
  readonly changed: readonly string[] | "everything";
  readonly previous?: Snapshot;
  /** The cluster of a context, when the base is one. */
  readonly clusters: (context: string) => LiveCluster;
  /** Called as soon as the files are read, long before the simulation ends. */
  readonly onTree?: (tree: Snapshot["tree"]) => void;
  /** Awaited then: what was waiting for the files goes first. */
  readonly afterTree?: () => Promise<void>;
}

interface BaseSide {
  readonly base?: Simulation;
  readonly baseNote?: PlanNote;
}

export async function simulateFolder(
  inputs: SimulateInputs,
  context: SimulateContext,
): Promise<Snapshot> {
  const { host, settings, previous, revision } = inputs;
  const tree = await readTree(inputs, context.signal);
  inputs.onTree?.(tree);
  await inputs.afterTree?.();
  context.signal.throwIfAborted();
  const given = await toOptions(inputs);
  const optionsKey = JSON.stringify([settings, { ...given, sources: [] }]);
  // The same object as before, because a simulator recognises options that it has seen.
  const options = previous?.optionsKey === optionsKey ? previous.options : given;
  const reusable =
    previous?.optionsKey === optionsKey && inputs.changed !== "everything" ? previous : undefined;
  const name = contextOfBase(settings.base);
  const cluster = name === undefined ? undefined : inputs.clusters(name);
  const baseKey =
    reusable?.baseKey ?? (cluster ? settings.base : await host.baseKey(settings.base));
  if (
    !(cluster && inputs.changed === "everything") &&
    previous?.tree === tree &&
    previous.optionsKey === optionsKey &&
    previous.baseKey === baseKey
  ) {
    return { ...previous, revision };
  }
  const known =
    previous?.optionsKey === optionsKey && previous.baseKey === baseKey ? previous : undefined;
  const sides = await simulateSides(inputs, { tree, options, known, cluster }, context);
  const { side, target, plan, live } = sides;
  const notes = [
    ...(live && "note" in live ? [live.note] : []),
    ...(side.baseNote ? [side.baseNote] : []),
    ...host.notes(),
    ...inputs.ageKeys.notes,
  ];
  return {
    revision,
    tree,
    settings,
    baseKey,
    options,
    optionsKey,
    ...(side.base ? { base: side.base } : {}),
    ...(side.baseNote ? { baseNote: side.baseNote } : {}),
    target,
    plan,
    ...(live && "plan" in live ? { live } : {}),
    notes,
  };
}

interface SidesInputs {
  readonly tree: Snapshot["tree"];
  readonly options: SimulationOptions;
  /** Its base still counts. */
  readonly known: BaseSide | undefined;
  readonly cluster: LiveCluster | undefined;
}

async function simulateSides(
  inputs: SimulateInputs,
  { tree, options, known, cluster }: SidesInputs,
  context: SimulateContext,
): Promise<
  Pick<Snapshot, "target" | "plan"> & { readonly side: BaseSide; readonly live?: LiveSide }
> {
  const { settings } = inputs;
  const simulator = await inputs.simulator();
  const side =
    known ?? (cluster ? {} : await simulateBase(inputs, simulator, options, tree, context));
  const target = await simulator.simulate(tree, options, context);
  await context.turn?.();
  const found = await simulator.plan(side.base, target, context.signal);
  const plan = withRiskSettings(found, settings.risks);
  if (!cluster) return { side, target, plan };
  const both = { simulator, tree, options, settings, target, cluster };
  return { side, target, plan, live: await simulateLive(both, context) };
}

function readTree({ host, overlay, changed, previous }: SimulateInputs, signal: AbortSignal) {
  if (changed === "everything" || !previous) return host.read(overlay, signal);
  if (changed.length === 0) return previous.tree;
  return host.refresh(previous.tree, changed, overlay, signal);
}

async function toOptions({ host, settings, ageKeys }: SimulateInputs): Promise<SimulationOptions> {
  return {
    ...defaultOptions,
    paths: settings.paths,
    remoteUrls: await host.remoteUrls(),
    flux: fluxMinor(settings),
    ...(settings.kubeVersion ? { kubeVersion: settings.kubeVersion } : {}),
    featureGates: settings.featureGates,
    ageIdentities: ageKeys.identities,
  };
}

async function simulateBase(
  { host, settings }: SimulateInputs,
  simulator: Simulator,
  options: SimulationOptions,
  tree: Snapshot["tree"],
  context: SimulateContext,
): Promise<BaseSide> {
  const answer = await host.base(settings.base, tree, context.signal);
  switch (answer.outcome) {
    case "none":
      return { baseNote: answer.note };
    case "tree":
      return { base: await simulator.simulate(answer.tree, options, context) };
  }
}
