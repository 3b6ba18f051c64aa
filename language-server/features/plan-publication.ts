/** The plan of an artifact that is to be published, against the one that its tag leads to now. */
import type { PublicationBase, Simulator } from "#simulator";
import { simulatePublication, withRiskSettings } from "#simulator";

import type { PlanPublicationParams, PlanPublicationResult } from "../protocol.ts";
import type { ServerHost } from "../workspace/host.ts";
import { HostFailure } from "../workspace/host.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

/** Simulates with the options of the last snapshot, so that both answer alike. */
export async function planPublication(
  simulator: Simulator,
  { readArchive }: ServerHost,
  snapshot: Snapshot,
  { url, tag, path, before, after }: PlanPublicationParams,
  signal: AbortSignal,
): Promise<PlanPublicationResult> {
  if (readArchive === undefined) return { failure: "Artifacts can't be read here." };
  try {
    const label = path === "" ? "the repository" : path;
    const publication = {
      ...{ url, tag, path },
      after: await readArchive(after, label, signal),
      before: await baseOf(readArchive, snapshot, before, signal),
    };
    const { options, tree } = snapshot.target;
    const made = await simulatePublication(simulator, tree, options, publication, { signal });
    const isKnown = before !== "base" || snapshot.base !== undefined;
    const plan = await simulator.plan(isKnown ? made.base : undefined, made.target, signal);
    const { followers } = made;
    return { plan: withRiskSettings(plan, snapshot.settings.risks), followers };
  } catch (error) {
    if (error instanceof HostFailure) return { failure: error.message };
    throw error;
  }
}

async function baseOf(
  read: NonNullable<ServerHost["readArchive"]>,
  { base }: Snapshot,
  before: PlanPublicationParams["before"],
  signal: AbortSignal,
): Promise<PublicationBase> {
  if (before === "base")
    return base === undefined ? { kind: "nothing" } : { kind: "revision", tree: base.tree };
  if (before === undefined) return { kind: "nothing" };
  return { kind: "artifact", tree: await read(before.file, before.label, signal) };
}
