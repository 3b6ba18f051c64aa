/**
 * What decides a line of a rendered object, in words and places: values of the release, variables, patches, the chart's defaults, and
 * the template. The simulator finds it by experiment; here it is looked for in the text.
 */
import type {
  ApplierRecord,
  ChartSpot,
  Decider,
  FieldPath,
  LineOrigins,
  Place,
  Site,
} from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { LineOriginResult, LineOriginSpot, OriginEffect } from "../protocol.ts";
import type { OriginContext } from "./chart-origin-place.ts";
import { placesOf, textAt, variablePlaces } from "./chart-origin-place.ts";
import type { RenderedLine } from "./line-origin.ts";
import { fieldIn } from "./line-origin.ts";

export interface LineOfObject {
  readonly record: ApplierRecord;
  /** `<apiVersion>/<Kind>/<namespace>/<name>`. */
  readonly object: string;
  /** Where the object is written; absent for what an applier makes. */
  readonly origin?: Place;
  readonly rendered: RenderedLine;
}

/** Without `origin` there is no manifest of the object: what makes it is all there is. */
export async function originsOf(
  { record, object, origin, rendered }: LineOfObject,
  context: OriginContext,
): Promise<LineOriginResult> {
  const { simulator, simulation, signal } = context;
  const source = origin && textAt(context, origin.path);
  const field =
    origin && source !== undefined ? fieldIn(source, origin, rendered.steps) : undefined;
  const place = field?.place ?? origin ?? record.origin;
  const written = place ? { place } : {};
  if (field?.isWhole === true) {
    if (field.scalar === undefined || field.scalar === rendered.scalar) return written;
    const variables = variablePlaces(field, context);
    if (variables.length > 0)
      return {
        ...written,
        origins: [field.place, ...variables].map((one) => toWritten(one, rendered)),
      };
  }
  const question = { object, ...rendered.line, shown: rendered.shown };
  const answer = await simulator.lineOrigins(simulation, record.id, question, signal);
  if (answer === undefined)
    return { ...written, ...(await ofChartObject(rendered, record, context)) };
  const spots = await spotsOf(answer, record, rendered, context);
  const first = spots.find((one) => one.isTarget)?.place;
  return {
    ...(first ? { place: first } : written),
    ...(spots.length > 0 && { origins: spots }),
    ...(!answer.isComplete && { isPartial: true }),
  };
}

/** The HelmChart that a HelmRelease makes is its `spec.chart`. */
async function ofChartObject(
  { line: { path }, steps }: RenderedLine,
  record: ApplierRecord,
  context: OriginContext,
): Promise<LineOriginResult> {
  if (record.ref.kind !== flux.HelmRelease || path[0] !== "spec") return {};
  const site = { in: "applier", path: ["spec", "chart", ...path] } as const;
  const [place] = await placesOf(site, record, steps, context);
  return place ? { place } : {};
}

/** A value that is written with variables in it: both decide. Its text may be a secret, so it goes by its path. */
function toWritten(place: Place, { line: { path } }: RenderedLine): LineOriginSpot {
  return { title: dotted(path), effect: "text", place, isTarget: true };
}

const maxSpots = 20;

async function spotsOf(
  { deciders, template }: LineOrigins,
  record: ApplierRecord,
  { steps, shown }: RenderedLine,
  context: OriginContext,
): Promise<readonly LineOriginSpot[]> {
  const targets = targetsAmong(deciders);
  const spots = deciders.slice(0, maxSpots).map(async (decider) => {
    const { site, effect } = decider;
    const common = { title: titleOf(site), effect, isTarget: targets.has(decider) };
    if (site.in === "defaults") return toSpot(decider.chart, { ...common, isDefault: true }) ?? [];
    const places = await placesOf(site, record, steps, context);
    return places.map((place): LineOriginSpot => ({
      ...common,
      place: sameRow(place, shown, context),
    }));
  });
  const made = template && toSpot(template, templateSpot(template, targets.size === 0));
  return distinct([...(await Promise.all(spots)).flat(), ...(made ? [made] : [])]);
}

/** In a value of several lines, the one that is the line. */
function sameRow(place: Place, shown: string, context: OriginContext): Place {
  const lines = (textAt(context, place.path) ?? "").split("\n");
  const first = lines[(place.line ?? 1) - 1] ?? "";
  if (!/[|>][-+0-9]*\s*$/.test(first)) return place;
  const indent = first.search(/\S/);
  for (const [below, line] of lines.slice(place.line ?? 1).entries()) {
    if (line.trim() !== "" && line.search(/\S/) <= indent) break;
    if (line.trim() !== "" && line.trim() === shown.trim())
      return { path: place.path, line: (place.line ?? 1) + below + 1 };
  }
  return place;
}

type Words = Pick<LineOriginSpot, "title" | "effect" | "isDefault" | "isTarget">;

function templateSpot({ file }: ChartSpot, isTarget: boolean): Words {
  return { title: file, effect: "template", isTarget };
}

function toSpot(spot: ChartSpot | undefined, words: Words): LineOriginSpot | undefined {
  if (!spot) return undefined;
  const { place, file, line } = spot;
  if (place) return { ...words, place };
  return { ...words, chartFile: { path: file, ...(line !== undefined && { line }) } };
}

/**
 * What stands on the line, or else what decides it, or else what of the user's makes the line appear. A line that is there with its
 * object is the template's.
 */
function targetsAmong(deciders: LineOrigins["deciders"]): ReadonlySet<Decider> {
  const wanted: readonly OriginEffect[] = ["text", "value", "presence"];
  for (const effect of wanted) {
    const found = deciders.filter(
      (one) => one.effect === effect && (effect !== "presence" || one.site.in !== "defaults"),
    );
    if (found.length > 0) return new Set(found);
  }
  return new Set();
}

function distinct(spots: readonly LineOriginSpot[]): readonly LineOriginSpot[] {
  const keys = spots.map(({ place, chartFile }) => JSON.stringify([place, chartFile]));
  return spots.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
}

/** `image.tag` for a value, else the whole path. */
export function titleOf(site: Site): string {
  const { path } = site;
  const isValue = site.in === "applier" && path[0] === "spec" && path[1] === "values";
  const shown = dotted(isValue ? path.slice(2) : path);
  if (site.in !== "data") return shown;
  const holder = `${site.kind} ${site.name}`;
  return shown === "" ? `${site.key} of ${holder}` : `${shown} of ${holder}`;
}

function dotted(path: FieldPath): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}
