/** The same question with some of its inputs changed. */
import { isScalar } from "yaml";
import type { Document } from "yaml";

import type { DataObject } from "../engine/protocol.ts";
import { isObject, textAt } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/json.ts";
import { applierOf, at, readYaml } from "./candidates.ts";
import type { Examined } from "./candidates.ts";
import { otherText, otherValue } from "./other-value.ts";
import type { FieldPath, Site, Way } from "./site.ts";

export interface Alteration {
  readonly site: Site;
  readonly way: Way;
}

type Draft = Record<string, Json | undefined>;

/** `defaults` are the values that templates see; they are needed where a default of the chart is changed. */
export function alter(
  question: Examined,
  alterations: readonly Alteration[],
  defaults: Json | undefined,
): Examined {
  const applier = structuredClone<Draft>(applierOf(question));
  let { objects } = question.request;
  const documents = new Map<string, Document.Parsed>();
  // From the last to the first: what is taken out of a list moves only what follows.
  for (const { site, way } of alterations.toReversed()) {
    switch (site.in) {
      case "applier":
        changeField(applier, site.path, way);
        break;
      case "defaults":
        overrideDefault(applier, site.path, way, defaults);
        break;
      case "data":
        objects = objects.map((object) =>
          isOf(object, site) ? changeData(object, site, way, documents) : object,
        );
        break;
    }
  }
  renameInPatches(applier, question);
  const namespace = textAt(applier, "metadata", "namespace") ?? "";
  return toQuestion(question, applier, moved(objects, question, namespace), alterations);
}

function isOf({ kind, namespace, name }: DataObject, site: Site): boolean {
  return (
    site.in === "data" && kind === site.kind && namespace === site.namespace && name === site.name
  );
}

/** Patches name the objects of a release by its name: under another name they would find nothing. */
function renameInPatches(applier: Draft, question: Examined): void {
  const before = releaseName(applierOf(question));
  const after = releaseName(applier);
  const spec = applier["spec"];
  if (before === after || before === "" || !isObject(spec)) return;
  const renderers = spec["postRenderers"];
  if (renderers === undefined) return;
  const text = JSON.stringify(renderers).replaceAll(before, after);
  applier["spec"] = { ...spec, postRenderers: JSON.parse(text) as Json };
}

function releaseName(applier: JsonObject): string {
  return textAt(applier, "spec", "releaseName") ?? textAt(applier, "metadata", "name") ?? "";
}

/** A release in another namespace finds its data there. */
function moved(
  objects: readonly DataObject[],
  question: Examined,
  namespace: string,
): readonly DataObject[] {
  const before = textAt(applierOf(question), "metadata", "namespace") ?? "";
  if (before === namespace) return objects;
  return objects.map((object) => (object.namespace === before ? { ...object, namespace } : object));
}

function toQuestion(
  question: Examined,
  applier: JsonObject,
  objects: readonly DataObject[],
  alterations: readonly Alteration[],
): Examined {
  if (question.call === "kustomize")
    return {
      call: "kustomize",
      request: { ...question.request, kustomization: applier, objects, mode: "exact" },
    };
  const { request } = question;
  const isOtherVersion = alterations.some(({ site }) => isChart(site));
  const metadata = [request.chart.versionMetadata, "q7"].filter(Boolean).join(".");
  const chart = isOtherVersion ? { ...request.chart, versionMetadata: metadata } : request.chart;
  return {
    call: "helm",
    request: { ...request, chart, helmRelease: applier, objects, mode: "exact" },
  };
}

/** Another chart can't be had by experiment; another version of the same can. */
function isChart(site: Site): boolean {
  return site.in === "applier" && (site.path[1] === "chart" || site.path[1] === "chartRef");
}

function changeField(applier: Draft, path: FieldPath, way: Way): void {
  if (isChart({ in: "applier", path })) return;
  const holder = at(applier, path.slice(0, -1)) as Draft | undefined;
  const key = path.at(-1);
  if (holder === undefined || key === undefined) return;
  changeKey(holder, key, way);
}

function changeKey(holder: Draft | Json[], key: string | number, way: Way): void {
  if (Array.isArray(holder)) {
    if (way === "remove") holder.splice(Number(key), 1);
    else holder[Number(key)] = otherValue(holder[Number(key)]);
    return;
  }
  switch (way) {
    case "other":
      holder[key] = otherValue(holder[key]);
      return;
    case "remove":
      delete holder[key];
      return;
    case "rename": {
      const entries = Object.entries(holder);
      for (const [name] of entries) delete holder[name];
      for (const [name, value] of entries) holder[name === key ? otherText(name) : name] = value;
    }
  }
}

/** The user's values win over those of the chart. A list is taken over as a whole. */
function overrideDefault(
  applier: Draft,
  path: FieldPath,
  way: Way,
  defaults: Json | undefined,
): void {
  let holder = child(child(applier, "spec", {}), "values", {});
  for (const [depth, step] of path.slice(0, -1).entries()) {
    const given = at(defaults, path.slice(0, depth + 1));
    holder = child(holder, step, Array.isArray(given) ? structuredClone(given) : {});
  }
  const key = path.at(-1);
  if (key === undefined) return;
  // Helm takes null for "without this default".
  const value = way === "other" ? otherValue(at(defaults, path)) : null;
  holder[key] = value;
}

function child(holder: Draft, key: string | number, empty: Json): Draft {
  const found = holder[key];
  if (typeof found === "object" && found !== null) return found as Draft;
  holder[key] = empty;
  return empty as Draft;
}

function changeData(
  object: DataObject,
  { key, path }: Extract<Site, { readonly in: "data" }>,
  way: Way,
  documents: Map<string, Document.Parsed>,
): DataObject {
  const text = object.data[key] ?? "";
  if (path.length === 0) return { ...object, data: { ...object.data, [key]: otherText(text) } };
  const id = `${object.kind}/${object.namespace}/${object.name}/${key}`;
  const document = documents.get(id) ?? readYaml(text)?.clone();
  if (document === undefined) return object;
  documents.set(id, document as Document.Parsed);
  if (way === "remove") document.deleteIn(path);
  else {
    const node = document.getIn(path, true);
    const value = isScalar(node) ? (node.value as Json) : undefined;
    document.setIn(path, otherValue(isObject(value) ? undefined : value));
  }
  const changed = textOf(document);
  return changed === undefined ? object : { ...object, data: { ...object.data, [key]: changed } };
}

/** `undefined` when what an alias repeats has been taken out: the library throws then. */
function textOf(document: Document): string | undefined {
  try {
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined;
  }
}
