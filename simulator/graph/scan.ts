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

const fluxGroup = /toolkit\.fluxcd\.io|fluxcd\.controlplane\.io/;
const syncValues = /^[ \t]*instance:/m;

function scanText(path: string, text: string): FileScan {
  const hasSync = syncValues.test(text) && text.includes("sync:");
  if (!fluxGroup.test(text))
    return hasSync ? { ...nothing, syncs: syncsOf(path, 1, text) } : nothing;
  const lines = text.split("\n");
  const documents = headlines(text);
  const slice = (headline: Headline): string =>
    lines.slice(headline.line - 1, headline.endLine).join("\n");
  const pick = (test: (headline: Headline) => boolean): readonly FoundDocument[] =>
    documents.filter(test).map((headline) => found(path, headline, slice(headline)));
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

function found(file: string, headline: Headline, text: string): FoundDocument {
  let parsed: Parsed | undefined;
  const parse = (): Parsed => (parsed ??= parseManifest(text, file));
  const read = (): JsonObject | undefined => parse().objects[0]?.object;
  const path = (): string | undefined => {
    const object = read();
    return object === undefined ? undefined : readKustomization(object).path;
  };
  const problems = (): readonly Problem[] =>
    parse().problems.map((problem) => below(problem, headline.line));
  return { file, headline, read, path, problems };
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
