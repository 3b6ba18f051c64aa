/** The text of one rendered object, of all of an applier, or of the values of a release, on one side of a snapshot, secrets digested. */
import type { Change, ObjectRef, Place, Simulation, Simulator } from "#simulator";

import type {
  LineOriginParams,
  LineOriginResult,
  ObjectTextParams,
  ObjectTextResult,
} from "../protocol.ts";
import { flux } from "../manifest/flux-names.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { originsOf } from "./chart-origin.ts";
import { fieldIn, lineOfPath, lineOrigin, renderedLine, toStep } from "./line-origin.ts";

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

/** The places that a line of such a text comes from. */
export async function originOfLine(
  simulator: Simulator,
  folder: FolderModel,
  snapshot: Snapshot,
  params: LineOriginParams,
  signal: AbortSignal,
): Promise<LineOriginResult> {
  const { plan, target } = snapshot.live ?? snapshot;
  const simulation = params.side === "base" ? (snapshot.base ?? target) : target;
  const { text } = await objectText(simulator, snapshot, params, signal);
  const line = params.pointer === undefined ? params.line : lineOfPointer(text, params.pointer);
  const about = aboutObject(text, { ...params, line });
  const record = simulation.appliers.find(({ id }) => id === params.applier);
  // What a chart makes is written nowhere.
  const isMade = record?.ref.kind === flux.HelmRelease;
  const change = changeOf({ plan }, { ...about, side: "target" });
  const origin = isMade ? undefined : (change?.origin ?? writtenOrigin(folder, about));
  const rendered = text === undefined ? undefined : renderedLine(text, line);
  const place = change?.origin ?? origin ?? record?.origin;
  if (!record || !rendered || about.part !== undefined) {
    const bytes = place && snapshot.tree.files.get(place.path)?.bytes;
    if (!place || !bytes || text === undefined) return place ? { place } : {};
    return { place: lineOrigin(text, line, new TextDecoder().decode(bytes), place) };
  }
  const asked = { record, object: about.object, ...(origin && { origin }), rendered };
  return originsOf(asked, { simulator, simulation, folder, signal });
}

function lineOfPointer(text: string | undefined, pointer: string): number {
  if (text === undefined) return 1;
  const path = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  // Of a field that is gone, what is around it.
  for (let end = path.length; end > 0; end--) {
    const line = lineOfPath(text, { path: path.slice(0, end) });
    if (line !== undefined) return line;
  }
  return 1;
}

/** In the text of all that an applier applies, the object that the line belongs to. */
function aboutObject(text: string | undefined, params: LineOriginParams): ObjectTextParams {
  const { folder, applier, side, line } = params;
  if (params.part !== "applier" || text === undefined) return params;
  const scalar = (...path: readonly string[]): string =>
    fieldIn(text, { path: "", line }, path.map(toStep))?.scalar ?? "";
  const names = [scalar("metadata", "namespace"), scalar("metadata", "name")];
  const object = [scalar("apiVersion"), scalar("kind"), ...names].join("/");
  return { folder, applier, side, object };
}

/** Of what does not change, the last simulation knows where it is written. */
function writtenOrigin(
  { model }: FolderModel,
  { applier, object }: ObjectTextParams,
): Place | undefined {
  return model.truth?.rendered.find((one) => one.applier === applier && nameOf(one.ref) === object)
    ?.origin;
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
    case "chart":
      return simulator.chartFile(simulation, applier, object);
  }
}
