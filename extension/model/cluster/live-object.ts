/** A live object as Sluice keeps it: without what only costs memory, and with its inventory as plain lines. Pure. */
import { inventoryText, isObject, objectAt, objectId, refOf } from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";

export interface LiveObject {
  /** `objectId` of `#simulator`: group, kind, namespace, name. */
  readonly id: string;
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Without managed fields, the last applied text and the inventory. */
  readonly object: JsonObject;
  /** Lines of `<inventory id> <version>`. */
  readonly inventory: string;
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** `undefined` for what is no object. */
export function toLiveObject(raw: JsonObject): LiveObject | undefined {
  const ref = refOf(raw);
  if (ref === undefined) return undefined;
  const { managedFields: _, ...metadata } = objectAt(raw, "metadata");
  const { uid, resourceVersion } = metadata;
  const { [lastApplied]: _text, ...annotations } = objectAt(metadata, "annotations");
  const { inventory, ...status } = objectAt(raw, "status");
  const object: JsonObject = {
    ...raw,
    metadata: isObject(metadata["annotations"]) ? { ...metadata, annotations } : metadata,
    ...(isObject(raw["status"]) ? { status } : {}),
  };
  return {
    id: objectId(ref),
    ref,
    uid: typeof uid === "string" ? uid : "",
    resourceVersion: typeof resourceVersion === "string" ? resourceVersion : "",
    object,
    inventory: inventory === undefined ? "" : inventoryText(raw),
  };
}
