/** Identity of objects: two manifests with the same group, kind, namespace and name are the same object on a cluster. */
import type { ObjectRef } from "../records.ts";

/** The API group of an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** `<group>/<Kind>/<namespace>/<name>`: the version is no part of an identity, as in Flux's inventories. */
export function objectId(ref: ObjectRef): string {
  return `${groupOf(ref.apiVersion)}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** The same identity out of `objectId` or out of `<apiVersion>/<Kind>/<namespace>/<name>`. */
export function normaliseObjectId(text: string): string {
  const parts = text.split("/");
  const [kind, namespace, name] = parts.slice(-3);
  const rest = parts.slice(0, -3);
  const first = rest[0] ?? "";
  const group = rest.length === 1 && /^v\d+((alpha|beta)\d+)?$/.test(first) ? "" : first;
  return `${group}/${kind ?? ""}/${namespace ?? ""}/${name ?? ""}`;
}

/** `Kind/namespace/name`: how sources, ConfigMaps and Secrets are looked up. */
export function localKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** How a person reads it: `Kind namespace/name`. */
export function refTitle(ref: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${ref.kind} ${ref.namespace === "" ? "" : `${ref.namespace}/`}${ref.name}`;
}
