/**
 * What a render offers to others: child Kustomizations, sources, data for substitution, scopes of custom kinds.
 * Extracted once per engine answer.
 */
import { isFluxKind } from "../flux/kinds.ts";
import { groupOf, localKey } from "../flux/object-ref.ts";
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { DataObject, EngineObject, KustomizeResult } from "../engine/protocol.ts";

export type Scope = "Namespaced" | "Cluster";

export interface Offer {
  readonly kustomizations: readonly EngineObject[];
  /** Flux sources and generators by `Kind/namespace/name`. */
  readonly sources: ReadonlyMap<string, JsonObject>;
  /** ConfigMaps and Secrets by `Kind/namespace/name`. */
  readonly data: ReadonlyMap<string, DataObject>;
  /** Scope of kinds that its CustomResourceDefinitions define, by `group/Kind`. */
  readonly scopes: ReadonlyMap<string, Scope>;
}

const offers = new WeakMap<KustomizeResult, Offer>();

export function offerOf(result: KustomizeResult): Offer {
  const known = offers.get(result);
  if (known !== undefined) return known;
  const offer = extract(result);
  offers.set(result, offer);
  return offer;
}

function extract(result: KustomizeResult): Offer {
  const kustomizations: EngineObject[] = [];
  const sources = new Map<string, JsonObject>();
  const data = new Map<string, DataObject>();
  const scopes = new Map<string, Scope>();
  for (const object of result.objects) {
    if (object.skipped === "reconcile-disabled" || object.skipped === "ssa-ignore") continue;
    if (isFluxKind(object, "Kustomization")) kustomizations.push(object);
    else if (isSource(object))
      sources.set(localKey(object.kind, object.namespace, object.name), parsed(object));
    else if (
      object.apiVersion === "v1" &&
      (object.kind === "ConfigMap" || object.kind === "Secret")
    ) {
      const read = readData(parsed(object));
      if (read !== undefined) data.set(localKey(read.kind, read.namespace, read.name), read);
    } else
      addScope(object.kind === "CustomResourceDefinition" ? parsed(object) : undefined, scopes);
  }
  // Data of a Kustomization that fails never reaches the cluster; its children and sources are there from earlier.
  return { kustomizations, sources, data: result.failure === undefined ? data : new Map(), scopes };
}

function isSource(object: EngineObject): boolean {
  return (
    isFluxKind(object, "GitRepository") ||
    isFluxKind(object, "OCIRepository") ||
    isFluxKind(object, "Bucket") ||
    isFluxKind(object, "ExternalArtifact")
  );
}

const objects = new WeakMap<EngineObject, JsonObject>();

/** The object of an engine answer, parsed once. */
export function parsed(object: EngineObject): JsonObject {
  const known = objects.get(object);
  if (known !== undefined) return known;
  const value = JSON.parse(object.json) as JsonObject;
  objects.set(object, value);
  return value;
}

/** A ConfigMap or Secret as substitution reads it: `data` only, Secrets decoded; `stringData` wins as on the server. */
export function readData(object: JsonObject): DataObject | undefined {
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  if ((kind !== "ConfigMap" && kind !== "Secret") || name === undefined) return undefined;
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(object, "data"))) {
    if (typeof value === "string") data[key] = kind === "Secret" ? decodeBase64(value) : value;
  }
  if (kind === "Secret") {
    for (const [key, value] of Object.entries(objectAt(object, "stringData"))) {
      if (typeof value === "string") data[key] = value;
    }
  }
  return { kind, namespace: textAt(object, "metadata", "namespace") ?? "", name, data };
}

function decodeBase64(text: string): string {
  try {
    const binary = atob(text.replace(/\s+/g, ""));
    return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return text;
  }
}

/** Adds the scope that a CustomResourceDefinition gives to its kind. */
export function addScope(definition: JsonObject | undefined, scopes: Map<string, Scope>): void {
  if (
    definition === undefined ||
    groupOf(textAt(definition, "apiVersion") ?? "") !== "apiextensions.k8s.io"
  )
    return;
  const group = textAt(definition, "spec", "group");
  const kind = textAt(definition, "spec", "names", "kind");
  const scope = textAt(definition, "spec", "scope");
  if (group === undefined || kind === undefined || (scope !== "Namespaced" && scope !== "Cluster"))
    return;
  if (listAt(definition, "spec", "versions").some(isObject)) scopes.set(`${group}/${kind}`, scope);
}
