/** The text of one rendered object, of all of an applier, or of the values of a release, on one side of a snapshot, secrets digested. */
import type { Change, ObjectRef, Simulation, Simulator } from "#simulator";

import type {
  LineOriginParams,
  LineOriginResult,
  ObjectTextParams,
  ObjectTextResult,
} from "../protocol.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { lineOrigin } from "./line-origin.ts";

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
  // What does not change on the cluster is the same on both sides: a diff that is still open shows that.
  const simulation = live?.target ?? (params.side === "base" ? snapshot.base : snapshot.target);
  if (!simulation) return {};
  const text = await textOf(simulator, simulation, params, signal);
  return text === undefined ? {} : { text };
}

/** The place in the manifests that a line of such a text comes from. */
export async function originOfLine(
  simulator: Simulator,
  snapshot: Snapshot,
  params: LineOriginParams,
  signal: AbortSignal,
): Promise<LineOriginResult> {
  const { plan, target } = snapshot.live ?? snapshot;
  const origin =
    changeOf({ plan }, { ...params, side: "target" })?.origin ??
    target.appliers.find(({ id }) => id === params.applier)?.origin;
  const bytes = origin && snapshot.tree.files.get(origin.path)?.bytes;
  const { text } = await objectText(simulator, snapshot, params, signal);
  if (!origin || !bytes || text === undefined) return origin ? { place: origin } : {};
  return { place: lineOrigin(text, params.line, new TextDecoder().decode(bytes), origin) };
}

/** Both sides of an object that changes on a cluster are known only as the change. */
function changeOf(
  { plan }: Pick<Snapshot, "plan">,
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
