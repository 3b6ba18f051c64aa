/**
 * What is not a change although the texts differ. Each rule is one small function with a pair of tests
 * ("is a change", "is not a change"). The engine has already done what the controllers do before they apply.
 */
import { isObject } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";

export type Normalisation = (object: JsonObject) => JsonObject;

/** Typed structs send `creationTimestamp: null`; the API server sets the field itself. */
export const withoutNullTimestamp: Normalisation = (object) => {
  const metadata = object["metadata"];
  if (
    !isObject(metadata) ||
    !Object.hasOwn(metadata, "creationTimestamp") ||
    metadata["creationTimestamp"] !== null
  )
    return object;
  const { creationTimestamp: _, ...rest } = metadata;
  return { ...object, metadata: rest };
};

/** An object that moves to another applier gets that one's owner labels; the move itself says so already. */
export const withoutOwnerLabels: Normalisation = (object) => {
  const metadata = object["metadata"];
  const labels = isObject(metadata) ? metadata["labels"] : undefined;
  if (!isObject(metadata) || !isObject(labels)) return object;
  const rest = Object.fromEntries(Object.entries(labels).filter(([key]) => !ownerLabel.test(key)));
  return { ...object, metadata: { ...metadata, labels: rest } };
};

const ownerLabel =
  /^(kustomize\.toolkit\.fluxcd\.io|helm\.toolkit\.fluxcd\.io|resourceset\.fluxcd\.controlplane\.io)\/(name|namespace)$/;

export function normalise(object: JsonObject, rules: readonly Normalisation[]): JsonObject {
  return rules.reduce((current, rule) => rule(current), object);
}
