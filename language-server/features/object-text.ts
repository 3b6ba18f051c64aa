/** The text of one rendered object, of all of an applier, or of the values of a release, on one side of a snapshot, secrets digested. */
import type { Change, ObjectRef, Simulation, Simulator } from "#simulator";

import type { ObjectTextParams, ObjectTextResult } from "../protocol.ts";
import type { Snapshot } from "../workspace/snapshot.ts";

export async function objectText(
  simulator: Simulator,
  snapshot: Snapshot,
  params: ObjectTextParams,
  signal: AbortSignal,
): Promise<ObjectTextResult> {
  const { live } = snapshot;
  const change = live && changeOf(live, params);
  if (live && change) {
    const texts = simulator.liveTexts(live.asked, change.id);
    const text = params.side === "base" ? texts?.before : texts?.after;
    return text === undefined ? {} : { text };
  }
  const simulation =
    params.side === "base" ? snapshot.base : (snapshot.live?.target ?? snapshot.target);
  if (!simulation) return {};
  const text = await textOf(simulator, simulation, params, signal);
  return text === undefined ? {} : { text };
}

/** Both sides of an object that changes on a cluster are known only as the change. */
function changeOf(
  { plan }: NonNullable<Snapshot["live"]>,
  { applier, object, side, part = "object" }: ObjectTextParams,
): Change | undefined {
  if (part !== "object") return undefined;
  return plan.clusters
    .flatMap(({ appliers }) => appliers.flatMap(({ changes }) => changes))
    .find(
      (change) =>
        nameOf(change.ref) === object &&
        (side === "base" ? (change.from ?? change.applier) : change.applier) === applier,
    );
}

function nameOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return [apiVersion, kind, namespace, name].join("/");
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
