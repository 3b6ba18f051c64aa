/** The text of one rendered object on one side of a snapshot, secrets digested. */
import type { Simulator } from "#simulator";

import type { ObjectTextParams, ObjectTextResult } from "../protocol.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

export async function objectText(
  simulator: Simulator,
  snapshot: Snapshot,
  params: ObjectTextParams,
  signal: AbortSignal,
): Promise<ObjectTextResult> {
  const simulation = params.side === "base" ? snapshot.base : snapshot.target;
  if (!simulation) return {};
  const text = await simulator.objectText(simulation, params.applier, params.object, signal);
  return text === undefined ? {} : { text };
}
