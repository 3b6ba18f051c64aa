/**
 * From a folder, the unsaved texts and the previous snapshot to the next snapshot.
 * Takes over whatever the previous snapshot already knows; an edit that changes nothing gives the previous plan.
 */
import type { Progress, Simulation, SimulationOptions, Simulator } from "#simulator";
import { defaultOptions } from "#simulator";

import type { PlanNote, SluiceSettings } from "../protocol.ts";
import type { AgeKeys, FolderHost } from "../workspace/host.ts";
import { fluxMinor } from "../workspace/settings.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

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
  /** Called as soon as the files are read, long before the simulation ends. */
  readonly onTree?: (tree: Snapshot["tree"]) => void;
}

interface Context {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

interface BaseSide {
  readonly base?: Simulation;
  readonly baseNote?: PlanNote;
}

export async function simulateFolder(inputs: SimulateInputs, context: Context): Promise<Snapshot> {
  const { host, settings, previous, revision } = inputs;
  const tree = await readTree(inputs, context.signal);
  inputs.onTree?.(tree);
  const given = await toOptions(inputs);
  const optionsKey = JSON.stringify([settings, { ...given, sources: [] }]);
  // The same object as before, because a simulator recognises options that it has seen.
  const options = previous?.optionsKey === optionsKey ? previous.target.options : given;
  const reusable =
    previous?.optionsKey === optionsKey && inputs.changed !== "everything" ? previous : undefined;
  const baseKey = reusable?.baseKey ?? (await host.baseKey(settings.base));
  if (
    previous?.tree === tree &&
    previous.optionsKey === optionsKey &&
    previous.baseKey === baseKey
  ) {
    return { ...previous, revision };
  }
  const known =
    previous?.optionsKey === optionsKey && previous.baseKey === baseKey ? previous : undefined;
  const simulator = await inputs.simulator();
  const side = known ?? (await simulateBase(inputs, simulator, options, tree, context));
  const target = await simulator.simulate(tree, options, context);
  const plan = await simulator.plan(side.base, target, context.signal);
  const notes = [
    ...(side.baseNote ? [side.baseNote] : []),
    ...host.notes(),
    ...inputs.ageKeys.notes,
  ];
  return {
    revision,
    tree,
    settings,
    baseKey,
    optionsKey,
    ...(side.base ? { base: side.base } : {}),
    ...(side.baseNote ? { baseNote: side.baseNote } : {}),
    target,
    plan,
    notes,
  };
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
  context: Context,
): Promise<BaseSide> {
  const answer = await host.base(settings.base, tree, context.signal);
  switch (answer.outcome) {
    case "none":
      return { baseNote: answer.note };
    case "tree":
      return { base: await simulator.simulate(answer.tree, options, context) };
  }
}
