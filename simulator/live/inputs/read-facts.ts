/** Single facts, read from a cluster: an object, all Flux objects of a kind, the answer to a template's `lookup`. */
import { fluxKind } from "../../flux/kinds.ts";
import type { FluxKindName } from "../../flux/kinds.ts";
import { localKey } from "../../flux/object-ref.ts";
import { canonicalJson, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import { listObjects, readObject } from "../ask/read.ts";
import type { LackingFact } from "../facts.ts";

/** `null`: it is not there. `source` is what the value was made of, for asking again cheaply. */
export type Read<Value> =
  | { readonly outcome: "told"; readonly value: Value | null; readonly source?: unknown }
  | { readonly outcome: "refused"; readonly reason: string; readonly isLost?: boolean };

type Named = { readonly objectKind: string; readonly namespace: string; readonly name: string };
type LookupFact = Extract<LackingFact, { readonly kind: "lookup" }>;

/** A list that a template asks for may be long, but not endless. */
const maxListText = 8 << 20;

/** An object that did not change since `before` is the same one. */
export async function readOne(
  live: Live,
  { apiVersion, objectKind, namespace, name }: Named & { readonly apiVersion: string },
  before: Read<unknown> | undefined,
  signal: AbortSignal | undefined,
): Promise<Read<JsonObject>> {
  const answer = await readObject(live, { apiVersion, kind: objectKind, namespace, name }, signal);
  switch (answer.outcome) {
    case "found": {
      const known = before?.outcome === "told" ? (before.value as JsonObject | null) : null;
      return { outcome: "told", value: sameOrNew(known, answer.object) };
    }
    case "absent":
    case "unknown-kind":
      return { outcome: "told", value: null };
    case "forbidden":
    case "lost":
      return { outcome: "refused", reason: answer.message, isLost: answer.outcome === "lost" };
  }
}

/** All objects of a Flux kind by `Kind/namespace/name`; those that did not change are the same as in `before`. */
export async function readAllOf(
  live: Live,
  kind: string,
  before: Read<ReadonlyMap<string, JsonObject>> | undefined,
  signal: AbortSignal | undefined,
): Promise<Read<ReadonlyMap<string, JsonObject>>> {
  const { group } = fluxKind(kind as FluxKindName);
  const answer = await listObjects(live, { group, kind }, signal);
  if (answer.outcome === "unknown-kind") return { outcome: "told", value: new Map() };
  if (answer.outcome !== "found")
    return { outcome: "refused", reason: answer.message, isLost: answer.outcome === "lost" };
  if (answer.isPart) return { outcome: "refused", reason: `there are too many objects of ${kind}` };
  const known = before?.outcome === "told" ? before.value : null;
  const all = new Map<string, JsonObject>();
  for (const object of answer.objects) {
    const key = localKey(
      kind,
      textAt(object, "metadata", "namespace") ?? "",
      textAt(object, "metadata", "name") ?? "",
    );
    all.set(key, sameOrNew(known?.get(key) ?? null, object));
  }
  return { outcome: "told", value: all };
}

export async function readLookup(
  live: Live,
  fact: LookupFact,
  signal: AbortSignal | undefined,
): Promise<Read<string>> {
  const { apiVersion, objectKind: kind, namespace, name } = fact;
  if (name !== "") {
    const one = await readOne(live, fact, undefined, signal);
    if (one.outcome === "refused") return one;
    return { outcome: "told", value: one.value === null ? null : canonicalJson(one.value) };
  }
  const where = namespace === "" ? {} : { namespace };
  const answer = await listObjects(live, { apiVersion, kind, ...where }, signal);
  if (answer.outcome === "unknown-kind") return { outcome: "told", value: null };
  if (answer.outcome !== "found")
    return { outcome: "refused", reason: answer.message, isLost: answer.outcome === "lost" };
  const items = answer.objects.map(lean);
  const text = canonicalJson({ apiVersion, items, kind: `${kind}List`, metadata: {} });
  if (answer.isPart || text.length > maxListText)
    return { outcome: "refused", reason: `there is too much of ${kind} to read all` };
  return { outcome: "told", value: text };
}

function sameOrNew(known: JsonObject | null, object: JsonObject): JsonObject {
  const version = textAt(object, "metadata", "resourceVersion");
  const isSame =
    version !== undefined && textAt(known ?? {}, "metadata", "resourceVersion") === version;
  return isSame && known !== null ? known : lean(object);
}

/** Without what no render reads and what is large. */
function lean(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata };
}
