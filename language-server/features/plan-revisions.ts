/** The plan between two commits, as the gate before a push asks for it. Unsaved text and the working tree have no part in it. */
import type { FileTree, Simulation, Simulator } from "#simulator";
import { withRiskSettings } from "#simulator";

import type { NamedRevision, PlanRevisionsParams, PlanRevisionsResult } from "../protocol.ts";
import type { FolderHost } from "../workspace/host.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

/** Simulates with the options of the last snapshot, so that both answer alike. */
export async function planRevisions(
  simulator: Simulator,
  host: FolderHost,
  snapshot: Snapshot,
  { base, target }: PlanRevisionsParams,
  signal: AbortSignal,
): Promise<PlanRevisionsResult> {
  const after = await read(host, target, snapshot.tree, signal);
  if ("failure" in after) return after;
  const before = base && (await read(host, base, after.tree, signal));
  if (before && "failure" in before) return before;
  const { options } = snapshot.target;
  const old: Simulation | undefined =
    before && (await simulator.simulate(before.tree, options, { signal }));
  const simulation = await simulator.simulate(after.tree, options, { signal });
  const plan = await simulator.plan(old, simulation, signal);
  return { plan: withRiskSettings(plan, snapshot.settings.risks) };
}

async function read(
  host: FolderHost,
  { revision, label }: NamedRevision,
  known: FileTree,
  signal: AbortSignal,
): Promise<{ readonly tree: FileTree } | { readonly failure: string }> {
  const answer = await host.base(revision, known, signal);
  switch (answer.outcome) {
    case "none":
      return { failure: answer.note.message };
    case "tree":
      return { tree: { ...answer.tree, label } };
  }
}
