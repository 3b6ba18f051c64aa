/** The text of one rendered object, of all of an applier, or of the values of a release, on one side of a snapshot, secrets digested. */
import type { Simulation, Simulator } from "#simulator";

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
  const text = await textOf(simulator, simulation, params, signal);
  return text === undefined ? {} : { text };
}

function textOf(
  simulator: Simulator,
  simulation: Simulation,
  { applier, object, part = "object" }: ObjectTextParams,
  signal: AbortSignal,
): Promise<string | undefined> {
  switch (part) {
    case "object":
      return simulator.objectText(simulation, applier, object, signal);
    case "applier":
      return simulator.applierText(simulation, applier, signal);
    case "values":
      return simulator.releaseValues(simulation, applier, signal);
  }
}
