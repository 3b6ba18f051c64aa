/** What the engine is asked for a Kustomization. */
import type { DataObject, KustomizeRequest } from "../engine/protocol.ts";
import { buildPart } from "../flux/kustomization.ts";
import type { KustomizationSpec } from "../flux/kustomization.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ResolvedSource } from "../graph/sources.ts";
import type { BuildInputs } from "./build.ts";
import { gate } from "./context.ts";
import type { RenderContext } from "./context.ts";

/** Looks up a ConfigMap or Secret by `Kind/namespace/name`. */
export type DataLookup = (key: string) => DataObject | undefined;

const partTexts = new WeakMap<JsonObject, { readonly part: JsonObject; readonly text: string }>();

/** The part of an applier that decides its render, with its text; made once per object. */
export function partOf(
  object: JsonObject,
  reduce: (object: JsonObject) => JsonObject,
): { readonly part: JsonObject; readonly text: string } {
  const known = partTexts.get(object);
  if (known !== undefined) return known;
  const part = reduce(object);
  const entry = { part, text: JSON.stringify(part) };
  partTexts.set(object, entry);
  return entry;
}

/** The data an applier reads, and which of it only the cluster would know. */
export function dataOf(
  keys: readonly string[],
  lookup: DataLookup,
  { live }: Pick<RenderContext, "live">,
): { readonly objects: readonly DataObject[]; readonly assumed: readonly string[] } {
  const distinct = [...new Set(keys)];
  return {
    objects: distinct.flatMap((key) => lookup(key) ?? []),
    assumed: live.complete ? [] : distinct.filter((key) => lookup(key) === undefined),
  };
}

export function kustomizeInputs(
  node: { readonly object: JsonObject; readonly spec: KustomizationSpec },
  source: ResolvedSource,
  lookup: DataLookup,
  context: RenderContext,
): BuildInputs {
  const { options, live } = context;
  const { part, text } = partOf(node.object, buildPart);
  const { objects, assumed } = dataOf(node.spec.data, lookup, context);
  const request: KustomizeRequest = {
    artifact: source.id,
    kustomization: part,
    flux: options.flux,
    strict: gate(options, "StrictPostBuildSubstitutions", options.flux === "2.9"),
    objects,
    assumed,
    ageIdentities: node.spec.decryption ? options.ageIdentities : [],
    undecryptable: live.complete ? "fail" : "placeholder",
    remotes: [],
    mode: "exact",
  };
  const key = JSON.stringify([
    text,
    source.id,
    request.flux,
    request.strict,
    objects,
    assumed,
    request.ageIdentities,
    request.undecryptable,
  ]);
  return {
    key,
    question: { call: "kustomize", request },
    trees: new Map([[source.id, source.tree]]),
    ...(source.isTree ? { treeArtifact: source.id } : {}),
  };
}
