/**
 * The objects of a stored release, as Helm sent them: with its label and annotations, and the namespace of the release where the manifest
 * leaves it out (`fluxcd/helm-controller internal/action/diff.go`, setHelmMetadata). Hooks are no part of a release.
 */
import { canonicalJson, isObject, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { objectId } from "../../flux/object-ref.ts";
import { refOf } from "../../flux/ownership.ts";
import { parseManifest } from "../../manifest/parse.ts";
import type { ObjectRef } from "../../records.ts";
import type { StoredRelease } from "../facts.ts";

export interface StoredObject {
  readonly ref: ObjectRef;
  readonly object: JsonObject;
  readonly json: string;
}

/** Whether a kind has a namespace; `undefined` where nobody knows, which counts as yes. */
export type IsNamespaced = (ref: ObjectRef) => boolean | undefined;

const read = new WeakMap<StoredRelease, ReadonlyMap<string, StoredObject>>();

/** By `objectId`. Read once for each stored release. */
export function storedObjects(
  release: StoredRelease,
  isNamespaced: IsNamespaced,
): ReadonlyMap<string, StoredObject> {
  const known = read.get(release);
  if (known !== undefined) return known;
  const objects = new Map<string, StoredObject>();
  for (const { object } of parseManifest(release.manifest, "manifest").objects) {
    const stored = storedObject(object, release, isNamespaced);
    if (stored !== undefined) objects.set(objectId(stored.ref), stored);
  }
  read.set(release, objects);
  return objects;
}

function storedObject(
  object: JsonObject,
  release: StoredRelease,
  isNamespaced: IsNamespaced,
): StoredObject | undefined {
  const ref = refOf(object);
  const metadata = objectAt(object, "metadata");
  const annotations = objectAt(metadata, "annotations");
  if (ref === undefined || annotations["helm.sh/hook"] !== undefined) return undefined;
  const isIn = isNamespaced(ref) !== false;
  const namespace = isIn ? (textAt(metadata, "namespace") ?? release.namespace) : undefined;
  const whole: JsonObject = {
    ...object,
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...objectAt(metadata, "labels"), "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        ...annotations,
        "meta.helm.sh/release-name": release.name,
        "meta.helm.sh/release-namespace": release.namespace,
      },
    },
  };
  return { ref: { ...ref, namespace: namespace ?? "" }, object: whole, json: canonicalJson(whole) };
}

/** As `helm.sh/resource-policy` of the manifest says (`helm/helm pkg/action/resource_policy.go`). */
export function isKeptByPolicy(object: JsonObject): boolean {
  const annotations = objectAt(object, "metadata", "annotations");
  return isObject(annotations) && textAt(annotations, "helm.sh/resource-policy") === "keep";
}
