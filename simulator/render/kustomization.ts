/** What the engine is asked for a Kustomization. */
import type { DataObject, KustomizeRequest } from "../engine/protocol.ts";
import { buildPart } from "../flux/kustomization.ts";
import type { KustomizationSpec } from "../flux/kustomization.ts";
import { localKey } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ResolvedSource } from "../graph/sources.ts";
import type { BuildInputs } from "./build.ts";
import { gate } from "./context.ts";
import type { RenderContext } from "./context.ts";

/** ConfigMaps and Secrets by `Kind/namespace/name`. */
export interface DataInputs {
  get(key: string): DataObject | undefined;
  /** Whether the cluster decides about it, because the repository does not (certainly) apply it. */
  isOpen(key: string): boolean;
}

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

/** The data an applier reads, and which of it only the cluster would know. `decryption` is the key of the Secret with its keys. */
export function dataOf(
  keys: readonly string[],
  data: DataInputs,
  { live, facts }: Pick<RenderContext, "live" | "facts">,
  decryption?: string,
): { readonly objects: readonly DataObject[]; readonly assumed: readonly string[] } {
  const distinct = [...new Set(keys)];
  const isUnknown = (key: string): boolean => {
    // Asking notes what the cluster has not told yet.
    const isAbsent =
      facts !== undefined &&
      data.isOpen(key) &&
      facts.object(key, key === decryption ? "decryption" : "data") === null;
    return data.get(key) === undefined && !isAbsent;
  };
  return {
    objects: distinct.flatMap((key) => data.get(key) ?? []),
    assumed: live.complete ? [] : distinct.filter(isUnknown),
  };
}

export function kustomizeInputs(
  node: { readonly object: JsonObject; readonly spec: KustomizationSpec },
  source: ResolvedSource,
  data: DataInputs,
  context: RenderContext,
): BuildInputs {
  const { options, live } = context;
  const { part, text } = partOf(node.object, buildPart);
  const { namespace, decryptionSecret } = node.spec;
  const decryption =
    decryptionSecret === undefined ? undefined : localKey("Secret", namespace, decryptionSecret);
  const { objects, assumed } = dataOf(node.spec.data, data, context, decryption);
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
  const withoutRemotes = context.facts?.cluster.flags?.noRemoteBases === true;
  const key = JSON.stringify([
    text,
    source.id,
    request.flux,
    request.strict,
    objects,
    assumed,
    request.ageIdentities,
    request.undecryptable,
    ...(withoutRemotes ? ["without remotes"] : []),
  ]);
  return {
    key,
    ...(withoutRemotes ? { withoutRemotes } : {}),
    question: { call: "kustomize", request },
    trees: new Map([[source.id, source.tree]]),
    ...(source.isTree ? { treeArtifact: source.id } : {}),
  };
}
