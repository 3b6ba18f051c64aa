/**
 * Where something that decides a line is written: a field of an applier, a key of a ConfigMap, a variable that a value is made of, a
 * patch. What is not written where it should be was brought there by the applier above, which is then asked the same.
 */
import type { ApplierRecord, FieldPath, Place, Simulation, Simulator, Site } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toPath, toUri } from "../workspace/tree-uri.ts";
import { dataIn, isNamed } from "./chart-origin-data.ts";
import { definition } from "./definition.ts";
import type { Step, WrittenField } from "./line-origin.ts";
import { fieldIn, toStep } from "./line-origin.ts";

export interface OriginContext {
  readonly simulator: Simulator;
  readonly simulation: Simulation;
  readonly folder: FolderModel;
  readonly signal: AbortSignal;
}

type TreeSite = Exclude<Site, { readonly in: "defaults" }>;

/** Appliers of appliers are followed as far as this. */
const maxDepth = 4;

/** `steps` are those of the line, by which it is found in a patch. */
export async function placesOf(
  site: TreeSite,
  record: ApplierRecord,
  steps: readonly Step[],
  context: OriginContext,
  depth = 0,
): Promise<readonly Place[]> {
  if (site.in === "applier") return fieldPlaces(site.path, record, steps, context, depth);
  const places = dataPlaces(site, record, context);
  if (places.length > 0) return places;
  const field =
    record.ref.kind === flux.HelmRelease ? ["valuesFrom"] : ["postBuild", "substituteFrom"];
  return fieldPlaces(["spec", ...field], record, [], context, depth);
}

async function fieldPlaces(
  path: FieldPath,
  record: ApplierRecord,
  steps: readonly Step[],
  context: OriginContext,
  depth: number,
): Promise<readonly Place[]> {
  const { origin } = record;
  const text = origin && textAt(context, origin.path);
  const found =
    text === undefined ? undefined : fieldIn(text, origin ?? { path: "" }, path.map(toStep));
  if (found?.isWhole === true) {
    const patch = path.at(-2) === "patches" ? inPatch(text ?? "", record, path, steps) : undefined;
    return [patch ?? found.place, ...variablePlaces(found, context)];
  }
  const above = depth < maxDepth ? await fromAbove(path, record, context, depth) : [];
  if (above.length > 0) return above;
  const nearest = found?.place ?? origin;
  return nearest ? [nearest] : [];
}

/** A patch of the Kustomization above, for example. */
async function fromAbove(
  path: FieldPath,
  { parent, ref }: ApplierRecord,
  context: OriginContext,
  depth: number,
): Promise<readonly Place[]> {
  const { simulator, simulation, signal } = context;
  const record = simulation.appliers.find(({ id }) => id === parent);
  if (!record) return [];
  const object = [ref.apiVersion, ref.kind, ref.namespace, ref.name].join("/");
  const question = { object, path, shown: "" };
  const answer = await simulator.lineOrigins(simulation, record.id, question, signal);
  const places = (answer?.deciders ?? []).map(async ({ site, effect }) =>
    site.in === "defaults" || effect === "object"
      ? []
      : placesOf(site, record, path.map(toStep), context, depth + 1),
  );
  return (await Promise.all(places)).flat();
}

export function textAt({ simulation }: OriginContext, path: string): string | undefined {
  const bytes = simulation.tree.files.get(path)?.bytes;
  return bytes && new TextDecoder().decode(bytes);
}

/** Where the variables are set that a value is made of. */
export function variablePlaces(
  { place, scalar }: WrittenField,
  context: OriginContext,
): readonly Place[] {
  if (scalar?.includes("${") !== true) return [];
  const line = (textAt(context, place.path) ?? "").split("\n")[(place.line ?? 1) - 1] ?? "";
  const found = [...line.matchAll(/\$\{/g)].flatMap(({ index }) =>
    definitionsAt(place.path, (place.line ?? 1) - 1, index + 2, context),
  );
  return found.map(({ path, line: at, column }) => ({ path, line: at, column }));
}

function definitionsAt(
  path: string,
  line: number,
  character: number,
  { folder }: OriginContext,
): readonly Required<Pick<Place, "path" | "line" | "column">>[] {
  const position = { line, character };
  const textDocument = { uri: toUri(folder.root, path) };
  return definition(folder, path, { textDocument, position }).flatMap((link) => {
    const target = toPath(folder.root, link.targetUri);
    const { start } = link.targetRange;
    return target === undefined
      ? []
      : [{ path: target, line: start.line + 1, column: start.character + 1 }];
  });
}

function dataPlaces(
  site: Extract<Site, { readonly in: "data" }>,
  { origin, ref }: ApplierRecord,
  context: OriginContext,
): readonly Place[] {
  const text = origin && textAt(context, origin.path);
  if (!origin || text === undefined) return [];
  const list = ref.kind === flux.HelmRelease ? ["valuesFrom"] : ["postBuild", "substituteFrom"];
  for (let index = 0; ; index++) {
    const steps = ["spec", ...list, index].map(toStep);
    const at = (key: string): WrittenField | undefined => {
      const found = fieldIn(text, origin, [...steps, { key }]);
      return found?.isWhole === true ? found : undefined;
    };
    const name = at("name");
    if (!name) return [];
    const written = name.scalar ?? "";
    if (!isNamed(written, site.name) || at("kind")?.scalar !== site.kind) continue;
    const line = text.split("\n")[(name.place.line ?? 1) - 1] ?? "";
    const character = line.indexOf(written, (name.place.column ?? 1) + "name".length - 1);
    return definitionsAt(origin.path, (name.place.line ?? 1) - 1, character, context).flatMap(
      (place) => {
        const declared = textAt(context, place.path);
        const read = (path: string): string | undefined => textAt(context, path);
        const found = declared === undefined ? undefined : dataIn(declared, place, site, read);
        return found ? [found] : [];
      },
    );
  }
}

/** The line of an inline patch that writes the field: of a part of the object, or of a list of operations. */
function inPatch(
  text: string,
  { origin }: ApplierRecord,
  path: FieldPath,
  steps: readonly Step[],
): Place | undefined {
  if (!origin) return undefined;
  const patch = fieldIn(text, origin, [...path, "patch"].map(toStep));
  if (patch?.scalar === undefined || !patch.isWhole) return undefined;
  const inner = { path: origin.path, line: 1 };
  const isList = /^\s*(?:#.*\n\s*)*- /.test(patch.scalar);
  const found = isList
    ? operationIn(patch.scalar, steps)
    : fieldIn(patch.scalar, inner, steps)?.place.line;
  return { path: origin.path, line: (patch.place.line ?? 0) + (found ?? 0) };
}

function operationIn(patch: string, steps: readonly Step[]): number | undefined {
  const pointer = steps
    .map((step) =>
      "key" in step ? step.key.replaceAll("~", "~0").replaceAll("/", "~1") : step.index,
    )
    .join("/");
  const at = patch.split("\n").findIndex((line) => {
    const written = /^\s*(?:- )?["']?path["']?: *["']?\/([^"'\s]*)/.exec(line)?.[1];
    return written !== undefined && `${pointer}/`.startsWith(`${written}/`);
  });
  return at < 0 ? undefined : at + 1;
}
