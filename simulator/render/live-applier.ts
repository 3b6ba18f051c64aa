/**
 * An applier as it will stand on the cluster: what `flux suspend` set there stays, because applying a manifest leaves alone what
 * the manifest does not say; and what a suspended applier renders is not applied, so its children are as they are.
 */
import { fluxKindOf } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { readApplier } from "../flux/read-applier.ts";
import { isObject, objectAt, textAt } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/json.ts";
import type { FactsView } from "./facts-view.ts";

/** `undefined`: it will not be there. */
export function asOnCluster(
  object: JsonObject,
  isParentHeld: boolean,
  facts: FactsView | undefined,
): JsonObject | undefined {
  if (facts === undefined) return object;
  const live = facts.cluster.objects.get(keyOf(object));
  if (live === undefined) facts.object(keyOf(object), "applier");
  if (live === undefined || (live === null && !isParentHeld)) return object;
  if (live === null) return undefined;
  return isParentHeld ? reduced(live) : suspendedAs(object, live);
}

function keyOf(object: JsonObject): string {
  return localKey(
    textAt(object, "kind") ?? "",
    textAt(object, "metadata", "namespace") ?? "",
    textAt(object, "metadata", "name") ?? "",
  );
}

const reductions = new WeakMap<JsonObject, JsonObject>();

/** Without what the server adds, and the same object for the same one, since much is remembered by it. */
function reduced(live: JsonObject): JsonObject {
  const known = reductions.get(live);
  if (known !== undefined) return known;
  const { name, namespace, labels, annotations } = objectAt(live, "metadata");
  const made: JsonObject = {
    apiVersion: live["apiVersion"],
    kind: live["kind"],
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: live["spec"],
  };
  reductions.set(live, made);
  return made;
}

const suspended = new WeakMap<JsonObject, JsonObject>();

function suspendedAs(object: JsonObject, live: JsonObject): JsonObject {
  if (!readApplier(live).suspend || readApplier(object).suspend) return object;
  const known = suspended.get(object);
  if (known !== undefined) return known;
  const made = withSwitch(object, live);
  if (made !== object) suspended.set(object, made);
  return made;
}

/** The switch of the live object, unless the manifest sets it. */
function withSwitch(object: JsonObject, live: JsonObject): JsonObject {
  const row = fluxKindOf({
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
  });
  if (row?.suspend === "spec") {
    const spec = objectAt(object, "spec");
    return spec["suspend"] === undefined ? { ...object, spec: { ...spec, suspend: true } } : object;
  }
  const metadata = objectAt(object, "metadata");
  const own = objectAt(metadata, "annotations");
  const added = Object.entries(objectAt(live, "metadata", "annotations")).filter(
    ([key, value]) => own[key] === undefined && isSwitch(value),
  );
  if (added.length === 0) return object;
  const annotations: Record<string, Json | undefined> = { ...own };
  for (const [key, value] of added) annotations[key] = value;
  return { ...object, metadata: { ...metadata, annotations } };
}

function isSwitch(value: unknown): boolean {
  return !isObject(value) && String(value).toLowerCase() === "disabled";
}
