/** What an applier is rendered from, as single things that an experiment can change. */
import { isCollection, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";

import type { DataObject, HelmResult } from "../engine/protocol.ts";
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/json.ts";
import type { Question } from "../render/node.ts";
import type { Candidate, FieldPath, Site, Way } from "./site.ts";

export type Examined = Extract<Question, { readonly call: "helm" | "kustomize" }>;

/** A document of values is not looked into beyond this. */
const maxLeaves = 4000;

export function applierOf({ call, request }: Examined): JsonObject {
  return (call === "helm" ? request.helmRelease : request.kustomization) as JsonObject;
}

/** What the user wrote, without what names the release. */
export function givenCandidates(question: Examined): readonly Candidate[] {
  const applier = applierOf(question);
  const spec = objectAt(applier, "spec");
  const fields = question.call === "helm" ? helmFields : kustomizationFields;
  const own = fields.flatMap((path) =>
    leaves(at(spec, path), path).map((leaf) => toCandidate(leaf, ["spec"])),
  );
  const { objects } = question.request;
  const data =
    question.call === "helm" ? valuesData(applier, objects) : objects.flatMap(substituteData);
  return [...own, ...data, ...patches(question.call, spec)].slice(0, maxLeaves);
}

const helmFields: readonly FieldPath[] = [["values"], ["commonMetadata"]];
const kustomizationFields: readonly FieldPath[] = [
  ["postBuild", "substitute"],
  ["commonMetadata"],
  ["images"],
  ["namePrefix"],
  ["nameSuffix"],
  ["targetNamespace"],
];

/** What names the release and its chart: it decides a little of nearly everything, so it is tried by itself. */
export function namingCandidates(question: Examined): readonly Candidate[] {
  if (question.call !== "helm") return [];
  const applier = applierOf(question);
  const paths: FieldPath[] = [
    textAt(applier, "spec", "releaseName") === undefined
      ? ["metadata", "name"]
      : ["spec", "releaseName"],
    textAt(applier, "spec", "targetNamespace") === undefined
      ? ["metadata", "namespace"]
      : ["spec", "targetNamespace"],
    "chartRef" in objectAt(applier, "spec") ? ["spec", "chartRef"] : ["spec", "chart", "spec"],
  ];
  return paths.map((path) => toCandidate({ path, value: at(applier, path) ?? "" }, []));
}

/** Keys that the user chose and that the text of a line holds. */
export function keyCandidates(question: Examined, text: string): readonly Candidate[] {
  if (question.call !== "helm") return [];
  const applier = applierOf(question);
  const lower = text.toLowerCase();
  return keys(objectAt(applier, "spec", "values"), ["spec", "values"])
    .filter((path) => lower.includes(String(path.at(-1)).toLowerCase()))
    .map((path) => ({
      site: { in: "applier", path },
      ways: ["rename", "remove"],
      text: String(path.at(-1)),
    }));
}

/**
 * The chart's own values that nobody overrides, by what Helm composed, and that could stand on the line. A chart has hundreds: what
 * is made of the others is left to its template.
 */
export function defaultCandidates(traced: HelmResult, text: string): readonly Candidate[] {
  if (traced.values === undefined) return [];
  const values = JSON.parse(traced.values) as Json;
  return (traced.valueOrigins ?? []).slice(0, maxLeaves).flatMap(({ pointer, from }) => {
    // Helm copies what is global into each subchart: it is the same value.
    if (from !== "chart" || /.\/global\//.test(pointer)) return [];
    const path = pathOf(values, pointer);
    const value = at(values, path);
    if (typeof value === "object" || !holdsText(text, textOf(value))) return [];
    const ways: readonly Way[] = ["other", "remove"];
    const site: Site = { in: "defaults", path };
    return [{ site, ways, text: textOf(value) }];
  });
}

/** Of a text of several lines, one that the line holds is enough. */
export function holdsText(line: string, text: string): boolean {
  if (text === "true" || text === "false") return line.endsWith(text);
  return text
    .split("\n")
    .map((one) => one.trim())
    .some((one) => one !== "" && line.includes(one));
}

function pathOf(values: Json, pointer: string): FieldPath {
  let value: Json | undefined = values;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(key) : key;
      value = at(value, [step]);
      return step;
    });
}

interface Leaf {
  readonly path: FieldPath;
  readonly value: Json;
}

function leaves(value: Json | undefined, path: FieldPath): readonly Leaf[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [{ path, value }];
  const entries = Object.entries(value as JsonObject);
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([key, inner]) =>
    leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function keys(value: Json | undefined, path: FieldPath): readonly FieldPath[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    return [...(Array.isArray(value) ? [] : [own]), ...keys(inner, own)];
  });
}

function toCandidate({ path, value }: Leaf, above: FieldPath): Candidate {
  return {
    site: { in: "applier", path: [...above, ...path] },
    ways: typeof value === "object" && value !== null ? ["remove"] : ["other", "remove"],
    text: textOf(value),
  };
}

export function at(value: Json | undefined, path: FieldPath): Json | undefined {
  return path.reduce<Json | undefined>((found, step) => {
    if (typeof step === "number")
      return Array.isArray(found) ? (found as readonly Json[])[step] : undefined;
    return isObject(found) ? found[step] : undefined;
  }, value);
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Inline patches are taken out one by one. */
function patches(call: Examined["call"], spec: JsonObject): readonly Candidate[] {
  const holders: readonly FieldPath[] =
    call === "kustomize"
      ? [["spec"]]
      : listAt(spec, "postRenderers").map((_, index) => [
          "spec",
          "postRenderers",
          index,
          "kustomize",
        ]);
  return holders.flatMap((holder) => {
    const value = at({ spec }, holder);
    const taken = listAt(value, "patches").map((_, index): Candidate => {
      const path = [...holder, "patches", index];
      return { site: { in: "applier", path }, ways: ["remove"], text: "" };
    });
    const images = call === "helm" ? leaves(at(value, ["images"]), [...holder, "images"]) : [];
    return [...taken, ...images.map((leaf) => toCandidate(leaf, []))];
  });
}

function valuesData(applier: JsonObject, objects: readonly DataObject[]): readonly Candidate[] {
  return listAt(applier, "spec", "valuesFrom").flatMap((reference) => {
    const data = objects.find(
      ({ kind, name }) => kind === textAt(reference, "kind") && name === textAt(reference, "name"),
    );
    const key = textAt(reference, "valuesKey") ?? "values.yaml";
    const text = data?.data[key];
    if (data === undefined || text === undefined) return [];
    const { kind, namespace, name } = data;
    const site = { in: "data", kind, namespace, name, key } as const;
    const ways: readonly Way[] = ["other", "remove"];
    if (textAt(reference, "targetPath") !== undefined)
      return [{ site: { ...site, path: [] }, ways: ["other"], text }];
    const document = readYaml(text);
    return nodeLeaves(document?.contents, []).map(({ path, text: leaf }) => ({
      site: { ...site, path },
      ways,
      text: leaf,
    }));
  });
}

function substituteData({ kind, namespace, name, data }: DataObject): readonly Candidate[] {
  return Object.entries(data).map(([key, text]) => ({
    site: { in: "data", kind, namespace, name, key, path: [] },
    ways: ["other"],
    text,
  }));
}

const read = new Map<string, Document.Parsed | undefined>();
const maxRead = 20;

/** Values as they are written, so that what is not changed stays as it is. The same few texts are read again and again. */
export function readYaml(text: string): Document.Parsed | undefined {
  if (read.has(text)) return read.get(text);
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const usable = document.errors.length === 0 ? document : undefined;
  if (read.size >= maxRead) read.clear();
  read.set(text, usable);
  return usable;
}

/** What aliases repeat belongs to where it is written. */
function nodeLeaves(
  node: Node | null | undefined,
  path: FieldPath,
): readonly { readonly path: FieldPath; readonly text: string }[] {
  if (isScalar(node)) {
    const { value } = node;
    return [{ path, text: typeof value === "string" ? value : (node.source ?? "") }];
  }
  if (!isCollection(node) || path.length > 60) return [];
  if (isMap(node))
    return node.items.flatMap(({ key, value }) =>
      isScalar(key) && typeof key.value === "string"
        ? nodeLeaves(value as Node | null, [...path, key.value])
        : [],
    );
  return isSeq(node)
    ? node.items.flatMap((item, index) => nodeLeaves(item as Node, [...path, index]))
    : [];
}
