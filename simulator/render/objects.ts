/**
 * What a render offers to others: child appliers, sources, data for substitution, scopes of custom kinds.
 * Extracted once per engine answer.
 */
import { fluxKindOf, isFluxKind } from "../flux/kinds.ts";
import { groupOf, localKey } from "../flux/object-ref.ts";
import { applierKindOf } from "../flux/read-applier.ts";
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { DataObject, EngineObject, RenderResult } from "../engine/protocol.ts";

export type Scope = "Namespaced" | "Cluster";

export interface Offer {
  /** Objects that are rendered in turn. */
  readonly appliers: readonly EngineObject[];
  /** Flux sources and generators by `Kind/namespace/name`. */
  readonly sources: ReadonlyMap<string, JsonObject>;
  /** ConfigMaps and Secrets by `Kind/namespace/name`. */
  readonly data: ReadonlyMap<string, DataObject>;
  /** Scope of kinds that its CustomResourceDefinitions define, by `group/Kind`. */
  readonly scopes: ReadonlyMap<string, Scope>;
  /** API versions that its CustomResourceDefinitions serve, as `group/version` and `group/version/Kind`. */
  readonly apiVersions: readonly string[];
  /** ResourceSetInputProviders by namespace. */
  readonly providers: readonly JsonObject[];
}

const offers = new WeakMap<RenderResult, Offer>();

export function offerOf(result: RenderResult): Offer {
  const known = offers.get(result);
  if (known !== undefined) return known;
  const offer = extract(result);
  offers.set(result, offer);
  return offer;
}

function extract(result: RenderResult): Offer {
  const appliers: EngineObject[] = [];
  const sources = new Map<string, JsonObject>();
  const data = new Map<string, DataObject>();
  const scopes = new Map<string, Scope>();
  const apiVersions: string[] = [];
  const providers: JsonObject[] = [];
  for (const object of result.objects) {
    if (object.skipped !== undefined && object.skipped !== "ssa-ifnotpresent") continue;
    const row = fluxKindOf(object);
    if (row !== undefined) {
      if (applierKindOf(object) !== undefined) appliers.push(object);
      if (row.role === "source")
        sources.set(localKey(object.kind, object.namespace, object.name), parsed(object));
      if (isFluxKind(object, "ResourceSetInputProvider")) providers.push(parsed(object));
    } else if (
      object.apiVersion === "v1" &&
      (object.kind === "ConfigMap" || object.kind === "Secret")
    ) {
      const read = readData(parsed(object));
      if (read !== undefined) data.set(localKey(read.kind, read.namespace, read.name), read);
    } else if (object.kind === "CustomResourceDefinition") {
      addScope(parsed(object), scopes);
      apiVersions.push(...servedVersions(parsed(object)));
    }
  }
  // Data of an applier that fails never reaches the cluster; its children and sources are there from earlier.
  const reached = result.failure === undefined ? data : new Map<string, DataObject>();
  return { appliers, sources, data: reached, scopes, apiVersions, providers };
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

/** A ConfigMap or Secret as others read it: Secrets decoded; `stringData` wins as on the server. */
export function readData(object: JsonObject): DataObject | undefined {
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  if ((kind !== "ConfigMap" && kind !== "Secret") || name === undefined) return undefined;
  const data: Record<string, string> = {};
  const binary: Record<string, string> = {};
  for (const [key, value] of texts(object, "data")) {
    data[key] = kind === "Secret" ? decodeBase64(value) : value;
    if (kind === "Secret" && data[key].includes("\ufffd")) binary[key] = value;
  }
  if (kind === "Secret")
    for (const [key, value] of texts(object, "stringData")) {
      data[key] = value;
      delete binary[key];
    }
  else for (const [key, value] of texts(object, "binaryData")) binary[key] = value;
  const type = kind === "Secret" ? textAt(object, "type") : undefined;
  return {
    kind,
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name,
    data,
    ...(type === undefined ? {} : { type }),
    ...(Object.keys(binary).length === 0 ? {} : { binary }),
  };
}

function texts(object: JsonObject, field: string): readonly (readonly [string, string])[] {
  return Object.entries(objectAt(object, field)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
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

/** `group/version` and `group/version/Kind` of every version that a CustomResourceDefinition serves. */
export function servedVersions(definition: JsonObject): readonly string[] {
  const group = textAt(definition, "spec", "group");
  const kind = textAt(definition, "spec", "names", "kind");
  if (group === undefined || kind === undefined) return [];
  return listAt(definition, "spec", "versions").flatMap((version) => {
    const name = textAt(version, "name");
    if (name === undefined || (isObject(version) && version["served"] === false)) return [];
    return [`${group}/${name}`, `${group}/${name}/${kind}`];
  });
}
