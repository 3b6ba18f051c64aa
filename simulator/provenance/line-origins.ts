/** The facade's questions about provenance: what decides a line of a rendered object, and what a value decides. */
import type { ChartInput } from "../engine/protocol.ts";
import { normaliseObjectId } from "../flux/object-ref.ts";
import { isObject } from "../manifest/json.ts";
import type { Json } from "../manifest/json.ts";
import type { ObjectRef, Place } from "../records.ts";
import { inventoryOf } from "../render/inventory.ts";
import type { InventoryItem } from "../render/inventory.ts";
import type { Built } from "../render/node.ts";
import { parsed } from "../render/objects.ts";
import { findNode } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";
import { bisect } from "./bisect.ts";
import type { Verdict } from "./bisect.ts";
import { givenCandidates } from "./candidates.ts";
import type { Examined } from "./candidates.ts";
import { chartFolder, chartReader } from "./chart-files.ts";
import type { ReadChartFile } from "./chart-files.ts";
import { lineOfDefault, placeInTemplate, placeOfDefault } from "./chart-place.ts";
import type { ChartPlace } from "./chart-place.ts";
import { decidersOf } from "./deciders.ts";
import type { Decider } from "./deciders.ts";
import { experimentsOn, fateOf, idOf } from "./experiments.ts";
import type { Access, Outcome } from "./experiments.ts";
import { lineState } from "./line-state.ts";
import type { LinePath } from "./line-state.ts";
import type { Candidate, FieldPath, Site } from "./site.ts";

/** A line of an object that `objectText` gave. */
export interface LineQuestion extends LinePath {
  /** `<apiVersion>/<Kind>/<namespace>/<name>`. */
  readonly object: string;
  /** What the line shows. */
  readonly shown: string;
}

/** A file of a chart: in the tree, where the chart lies there. */
export interface ChartSpot extends ChartPlace {
  readonly place?: Place;
}

export interface LineOrigins {
  /** What decides it, the most direct first. */
  readonly deciders: readonly (Decider & { readonly chart?: ChartSpot })[];
  /** The template that makes the object. */
  readonly template?: ChartSpot;
  /** False when the limit was reached before everything had been tried. */
  readonly isComplete: boolean;
}

export async function lineOrigins(
  simulation: Simulation,
  applier: string,
  { object, shown, ...line }: LineQuestion,
  context: Access,
): Promise<LineOrigins | undefined> {
  const found = findNode(simulation, applier);
  if (found?.node.built.outcome !== "built") return undefined;
  const { built } = found.node;
  const wanted = normaliseObjectId(object);
  const item = inventoryOf(built.result, found.cluster.scopes).find(({ id }) => id === wanted);
  if (item === undefined || item.object.helm?.part === "chart") return undefined;
  if (built.question.call !== "helm") return decidersOf(built, item.object, line, context);
  const { chart } = built.question.request;
  const read = chartReader(chart, built.trees);
  const made = await placeInTemplate(read, item.object, line, shown);
  const template = made && inTree(made, built);
  // What stands in `crds/` goes through no template.
  const answer =
    item.object.helm?.part === "crd"
      ? { deciders: [], isComplete: true }
      : await decidersOf(built, item.object, line, context);
  const deciders = await Promise.all(
    answer.deciders.map(async (decider) => {
      const { site } = decider;
      const spot =
        site.in === "defaults" ? await placeOfValue(site.path, built, chart, read) : undefined;
      return { ...decider, ...(spot && { chart: spot }) };
    }),
  );
  return { ...answer, deciders, ...(template && { template }) };
}

/** Values files of the HelmChart take the place of the chart's own; the last one wins. */
async function placeOfValue(
  path: FieldPath,
  built: Built,
  chart: ChartInput,
  read: ReadChartFile,
): Promise<ChartSpot | undefined> {
  const isFolder = chart.form === "directory";
  for (const file of chart.valuesFiles.toReversed()) {
    // Those of a folder are named from the root of its artifact.
    const name = file.replace(/^(?:\.?\/)+/, "");
    const bytes = built.trees.get(chart.artifact)?.files.get(name)?.bytes;
    const text = isFolder ? bytes && new TextDecoder().decode(bytes) : await read(file);
    const line = text === undefined ? undefined : lineOfDefault(text, path);
    if (line === undefined) continue;
    if (!isFolder) return { file, line };
    if (chart.artifact === built.treeArtifact)
      return { file: name, line, place: { path: name, line } };
  }
  const place = await placeOfDefault(read, path);
  return place && inTree(place, built);
}

function inTree(place: ChartPlace, { question, treeArtifact }: Built): ChartSpot {
  if (question.call !== "helm" || treeArtifact === undefined) return place;
  const { chart } = question.request;
  if (chart.form !== "directory" || chart.artifact !== treeArtifact) return place;
  const folder = chartFolder(chart);
  const path = folder === "" ? place.file : `${folder}/${place.file}`;
  return { ...place, place: { path, ...(place.line !== undefined && { line: place.line }) } };
}

/** `undefined` for what is no HelmRelease, or has no such file. */
export async function chartFile(
  simulation: Simulation,
  applier: string,
  path: string,
): Promise<string | undefined> {
  const built = findNode(simulation, applier)?.node.built;
  if (built?.outcome !== "built" || built.question.call !== "helm") return undefined;
  return chartReader(built.question.request.chart, built.trees)(path);
}

/** What becomes of an object when a value is another one. */
export interface ValueEffect {
  readonly ref: ObjectRef;
  /** `removed`: the object is there because of the value. */
  readonly kind: "changed" | "removed";
  /** The lines that change or go away, as far as they can be told. */
  readonly lines: readonly LinePath[];
}

export interface ValueEffects {
  readonly effects: readonly ValueEffect[];
  /** Nothing of the value is known to the render, or the chart refuses every other value. */
  readonly refused: boolean;
  readonly isComplete: boolean;
}

/** What hangs on a value, or on any value below a field, of a HelmRelease or Kustomization. */
export async function valueEffects(
  simulation: Simulation,
  applier: string,
  site: Site,
  context: Access,
): Promise<ValueEffects | undefined> {
  const found = findNode(simulation, applier);
  if (found?.node.built.outcome !== "built") return undefined;
  const { built } = found.node;
  const { question } = built;
  if (question.call !== "helm" && question.call !== "kustomize") return undefined;
  const candidates = givenCandidates(question).filter((one) => isWithin(one.site, site));
  const items = inventoryOf(built.result, found.cluster.scopes);
  const { outcomes, isComplete } = await outcomesOf(candidates, built, question, context);
  const effects = items.flatMap((item) => effectOn(item, outcomes));
  return { effects, refused: outcomes.length === 0, isComplete };
}

/** Of several values together, unless the chart refuses that. */
async function outcomesOf(
  candidates: readonly Candidate[],
  built: Built,
  question: Examined,
  context: Access,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly isComplete: boolean }> {
  const experiments = experimentsOn(built, question);
  const outcomes: Outcome[] = [];
  const ask = async (group: readonly Candidate[]): Promise<Verdict> => {
    const tried = group.filter((one) => !experiments.isFixed(one));
    const [only] = tried;
    if (only === undefined) return "same";
    const outcome = await experiments.try(tried, context);
    if (outcome === undefined) return "unknown";
    if (outcome.failed)
      return group.length === 1 && experiments.another(only) ? ask(group) : "failed";
    outcomes.push(outcome);
    return "same";
  };
  const { isComplete } = await bisect(candidates, ask);
  return { outcomes, isComplete };
}

function isWithin(site: Site, around: Site): boolean {
  if (site.in !== around.in || !around.path.every((step, at) => site.path[at] === step))
    return false;
  if (site.in !== "data" || around.in !== "data") return true;
  return (
    site.kind === around.kind &&
    isNamed(around.name, site.name) &&
    site.key === around.key &&
    (around.namespace === "" || site.namespace === around.namespace)
  );
}

/** A generator adds a hash to the name. */
function isNamed(written: string, name: string): boolean {
  return name.startsWith(written) && /^(?:-[a-z0-9]{10})?$/.test(name.slice(written.length));
}

function effectOn(
  { object, ref }: InventoryItem,
  outcomes: readonly Outcome[],
): readonly ValueEffect[] {
  if (object.helm?.part === "chart") return [];
  const lines = new Map<string, LinePath>();
  let isRemoved = false;
  for (const outcome of outcomes) {
    const fate = fateOf(outcome, object);
    if (fate === object.json) continue;
    if (fate === undefined) isRemoved = outcome.removed.some((one) => idOf(one) === idOf(object));
    else {
      const after = JSON.parse(fate) as ReturnType<typeof parsed>;
      for (const line of changedLines(parsed(object), after)) lines.set(JSON.stringify(line), line);
    }
  }
  if (!isRemoved && lines.size === 0) return [];
  return [{ ref, kind: isRemoved ? "removed" : "changed", lines: [...lines.values()] }];
}

const maxLines = 500;

/** The outermost fields that differ: what stands below one that is gone goes with it. */
function changedLines(
  before: ReturnType<typeof parsed>,
  after: ReturnType<typeof parsed>,
): readonly LinePath[] {
  const found: LinePath[] = [];
  const walk = (value: Json | undefined, path: FieldPath): void => {
    if (found.length >= maxLines) return;
    if (path.length > 0) {
      const state = lineState(before, after, { path });
      if (state === "gone") {
        found.push({ path });
        return;
      }
      if (state === "differs") {
        found.push(...rowsOf(value, before, after, path));
        return;
      }
    }
    if (isObject(value))
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    if (Array.isArray(value))
      for (const [index, inner] of (value as readonly Json[]).entries())
        walk(inner, [...path, index]);
  };
  walk(before, []);
  return found;
}

function rowsOf(
  value: Json | undefined,
  before: ReturnType<typeof parsed>,
  after: ReturnType<typeof parsed>,
  path: FieldPath,
): readonly LinePath[] {
  if (typeof value !== "string" || !value.trimEnd().includes("\n")) return [{ path }];
  return value
    .trimEnd()
    .split("\n")
    .map((_, row) => ({ path, row }))
    .filter((line) => lineState(before, after, line) !== "same");
}
