/** What a release on the cluster holds: as its stored manifest says, or where that can't be read, its inventory. */
import { fluxApiVersion, fluxKind } from "../../flux/kinds.ts";
import { inventoryRefs, inventoryText } from "../../flux/ownership.ts";
import { groupOf } from "../../flux/object-ref.ts";
import { textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import type { ClusterRender } from "../../render/cluster.ts";
import type { StoredRelease } from "../facts.ts";
import type { Asker } from "./asker.ts";
import { lastSnapshot } from "./release-state.ts";
import { isKeptByPolicy, storedObjects } from "./stored-manifest.ts";
import type { IsNamespaced } from "./stored-manifest.ts";

/** `undefined` when nobody can tell. */
export async function storedRefs(
  release: JsonObject,
  asker: Asker,
  cluster: ClusterRender,
): Promise<readonly ObjectRef[] | undefined> {
  const chart = chartOfRelease(release);
  const charts = chart === undefined ? [] : [chart];
  const stored = await storedRelease(release, asker);
  if (stored !== undefined) {
    const objects = [...storedObjects(stored, scopeReader(cluster)).values()];
    const held = objects.filter(({ object }) => !isKeptByPolicy(object));
    return [...held.map(({ ref }) => ref), ...charts];
  }
  if (lastSnapshot(release) === undefined) return charts;
  const listed = inventoryRefs(inventoryText(release));
  return listed.length === 0 ? undefined : [...listed, ...charts];
}

/** The release that a HelmRelease has on the cluster. */
export async function storedRelease(
  release: JsonObject,
  asker: Asker,
): Promise<StoredRelease | undefined> {
  const last = lastSnapshot(release);
  const name = textAt(last, "name");
  const namespace =
    textAt(release, "status", "storageNamespace") ?? textAt(release, "metadata", "namespace");
  return name === undefined || namespace === undefined ? undefined : asker.release(namespace, name);
}

/** The HelmChart that helm-controller made for `spec.chart`: `status.helmChart` is `namespace/name`. */
export function chartOfRelease(release: JsonObject): ObjectRef | undefined {
  const [namespace, name] = textAt(release, "status", "helmChart")?.split("/") ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  const { kind } = fluxKind("HelmChart");
  return { apiVersion: fluxApiVersion("HelmChart"), kind, namespace, name };
}

const readers = new WeakMap<ClusterRender, IsNamespaced>();

/** Scopes of kinds, as far as the cluster's renders tell them. */
export function scopeReader(cluster: ClusterRender): IsNamespaced {
  const known = readers.get(cluster);
  if (known !== undefined) return known;
  const scopes = new Map<string, boolean>();
  for (const { built } of cluster.nodes) {
    if (built.outcome !== "built") continue;
    for (const { apiVersion, kind, scope } of built.result.objects)
      if (scope !== undefined) scopes.set(`${groupOf(apiVersion)}/${kind}`, scope === "Namespaced");
  }
  for (const [kind, scope] of cluster.scopes) scopes.set(kind, scope === "Namespaced");
  const read: IsNamespaced = ({ apiVersion, kind }) =>
    scopes.get(`${groupOf(apiVersion)}/${kind}`) ?? builtIn(kind);
  readers.set(cluster, read);
  return read;
}

/** Built-in kinds that have no namespace and are in charts; the rest has one. */
function builtIn(kind: string): boolean | undefined {
  return clusterScoped.has(kind) ? false : undefined;
}

const clusterScoped: ReadonlySet<string> = new Set([
  "APIService",
  "CSIDriver",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
]);
