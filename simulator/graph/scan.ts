/**
 * What one file of the tree says about Flux: Kustomizations, FluxInstances and instance values, found by a cheap scan.
 * Used to discover roots only; children are always taken from their parent's render.
 */
import { readKustomization } from "../flux/kustomization.ts";
import { fluxKind } from "../flux/kinds.ts";
import { headlines } from "../manifest/headlines.ts";
import type { Headline } from "../manifest/headlines.ts";
import { isObject, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { parseManifest, parseQuietly } from "../manifest/parse.ts";
import type { Parsed } from "../manifest/parse.ts";
import type { FileTree, TreeFile } from "../ports.ts";
import type { Problem } from "../records.ts";

export interface FoundDocument {
  readonly file: string;
  readonly headline: Headline;
  /** Parsed on demand; `undefined` when the document is no valid YAML. */
  readonly read: () => JsonObject | undefined;
  /** `spec.path`, cleaned; `undefined` when the document is no valid YAML. */
  readonly path: () => string | undefined;
  /** Why it can't be read. */
  readonly problems: () => readonly Problem[];
}

/** The `instance.sync` block of the flux-instance chart, wherever its values stand. */
export interface FoundSync {
  readonly file: string;
  readonly line: number;
  readonly instance: JsonObject;
}

export interface TreeScan {
  readonly kustomizations: readonly FoundDocument[];
  readonly instances: readonly FoundDocument[];
  readonly sources: readonly FoundDocument[];
  readonly syncs: readonly FoundSync[];
}

type FileScan = TreeScan;

const scans = new WeakMap<TreeFile, { readonly path: string; readonly scan: FileScan }>();
const nothing: FileScan = { kustomizations: [], instances: [], sources: [], syncs: [] };
const maxSize = 1_000_000;

export function scanTree(tree: FileTree): TreeScan {
  const found = [...tree.files]
    .filter(
      ([path, file]) => /\.ya?ml$/.test(path) && file.bytes !== undefined && file.size <= maxSize,
    )
    .map(([path, file]) => scanOnce(path, file))
    .filter((scan) => scan !== nothing);
  return {
    kustomizations: found.flatMap((scan) => scan.kustomizations),
    instances: found.flatMap((scan) => scan.instances),
    sources: found.flatMap((scan) => scan.sources),
    syncs: found.flatMap((scan) => scan.syncs),
  };
}

function scanOnce(path: string, file: TreeFile): FileScan {
  const known = scans.get(file);
  if (known !== undefined && known.path === path) return known.scan;
  const scan = scanText(path, new TextDecoder().decode(file.bytes));
  scans.set(file, { path, scan });
  return scan;
}

/** What is read of one document, whatever line it stands in. */
type ReadDocument = Pick<FoundDocument, "read" | "path" | "problems">;

/** By path and text: a file that was edited mostly has the documents that it had, and only the others are parsed. */
const lastRead = new Map<string, ReadonlyMap<string, ReadDocument>>();
const maxRemembered = 2_000;

function remember(path: string, documents: ReadonlyMap<string, ReadDocument>): void {
  lastRead.delete(path);
  lastRead.set(path, documents);
  const [oldest] = lastRead.keys();
  if (lastRead.size > maxRemembered && oldest !== undefined) lastRead.delete(oldest);
}

const fluxGroup = /toolkit\.fluxcd\.io|fluxcd\.controlplane\.io/;
const syncValues = /^[ \t]*instance:/m;

function scanText(path: string, text: string): FileScan {
  const hasSync = text.includes("sync:") && syncValues.test(text);
  if (!fluxGroup.test(text))
    return hasSync ? { ...nothing, syncs: syncsOf(path, 1, text) } : nothing;
  const lines = text.split("\n");
  const documents = headlines(text);
  const slice = (headline: Headline): string =>
    lines.slice(headline.line - 1, headline.endLine).join("\n");
  const before = lastRead.get(path);
  const known = new Map<string, ReadDocument>();
  remember(path, known);
  const pick = (test: (headline: Headline) => boolean): readonly FoundDocument[] =>
    documents.filter(test).map((headline) => {
      const own = slice(headline);
      const document = before?.get(own) ?? readDocument(path, own);
      known.set(own, document);
      return found(path, headline, document);
    });
  const ofKind = (name: Parameters<typeof fluxKind>[0]) => (headline: Headline) =>
    headline.kind === name && headline.apiVersion.startsWith(`${fluxKind(name).group}/`);
  const releases = hasSync ? documents.filter(ofKind("HelmRelease")) : [];
  return {
    kustomizations: pick(ofKind("Kustomization")),
    instances: pick(ofKind("FluxInstance")),
    sources: pick((headline) =>
      headline.apiVersion.startsWith(`${fluxKind("GitRepository").group}/`),
    ),
    syncs: releases.flatMap((headline) => syncsOf(path, headline.line, slice(headline))),
  };
}

function readDocument(file: string, text: string): ReadDocument {
  let parsed: Parsed | undefined;
  let folder: { readonly value: string | undefined } | undefined;
  const parse = (): Parsed => (parsed ??= parseManifest(text, file));
  const read = (): JsonObject | undefined => parse().objects[0]?.object;
  const path = (): string | undefined => {
    const object = read();
    folder ??= { value: object === undefined ? undefined : readKustomization(object).path };
    return folder.value;
  };
  return { read, path, problems: () => parse().problems };
}

function found(file: string, headline: Headline, document: ReadDocument): FoundDocument {
  const problems = (): readonly Problem[] =>
    document.problems().map((problem) => below(problem, headline.line));
  return { ...document, file, headline, problems };
}

/** A problem of a document, with the line that it has in the file. */
function below(problem: Problem, start: number): Problem {
  const { place } = problem;
  return place === undefined
    ? problem
    : { ...problem, place: { ...place, line: (place.line ?? 1) + start - 1 } };
}

/** `instance.sync` in the values of a HelmRelease or in a bare values file. */
function syncsOf(file: string, line: number, text: string): readonly FoundSync[] {
  const value = parseQuietly(text);
  if (!isObject(value)) return [];
  const values = value["kind"] === undefined ? value : objectAt(value, "spec", "values");
  const instance = objectAt(values, "instance");
  const isSync =
    textAt(instance, "sync", "kind") !== undefined || textAt(instance, "sync", "url") !== undefined;
  return isSync && textAt(instance, "sync", "path") !== undefined ? [{ file, line, instance }] : [];
}
