/**
 * When the controllers are done with a scenario: every applier, and every chart on the way to one, has dealt with the newest commit.
 * A ResourceSet says nothing of what it read, so when all others are done it is asked to look once more, and has to say that it did.
 */
import { isDeepStrictEqual } from "node:util";

import type { Cluster } from "../harness/cluster.ts";
import { condition } from "../harness/kube-api.ts";
import type { KubeObject } from "../harness/kube-api.ts";
import { pause } from "../harness/process.ts";

const kinds = [
  ["kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
  ["helm.toolkit.fluxcd.io/v2", "HelmRelease"],
  ["source.toolkit.fluxcd.io/v1", "HelmChart"],
  ["fluxcd.controlplane.io/v1", "ResourceSetInputProvider"],
  ["fluxcd.controlplane.io/v1", "ResourceSet"],
] as const;
export const requestedAt = "reconcile.fluxcd.io/requestedAt";
const patience = 300_000;
/** Milliseconds without any change of an applier or a chart. */
const silence = 3000;

/** `fails` are those that do not become ready, as `Kind name`. */
export async function settled(
  { api }: Cluster,
  name: string,
  fails: readonly string[],
  revision: string | undefined,
): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const objects: KubeObject[] = [];
    // One after the other: what a Kustomization that is done has applied is in the lists after its own.
    for (const [apiVersion, kind] of kinds)
      objects.push(...(await api.list(apiVersion, kind, name)));
    const open = objects.filter((object) => {
      const wanted = fails.includes(`${object.kind} ${object.metadata.name}`) ? "False" : "True";
      return !isDone(object, wanted) || !isOf(object, objects, revision);
    });
    if (objects.length > 0 && open.length === 0) {
      const unasked = objects.filter((object) => !hasLooked(object, revision));
      if (unasked.length === 0) return;
      for (const object of unasked) await ask(api, object, revision);
    }
    if (performance.now() > deadline)
      throw new Error(`${name} does not settle:\n${open.map(stateOf).join("\n")}`);
    await pause(200);
  }
}

/** Only what can't be seen otherwise is asked for. */
function hasLooked({ kind, status }: KubeObject, revision = "first"): boolean {
  return kind !== "ResourceSet" || status?.["lastHandledReconcileAt"] === revision;
}

async function ask(
  api: Cluster["api"],
  { apiVersion, kind, metadata: { namespace = "", name } }: KubeObject,
  revision = "first",
): Promise<void> {
  const metadata = { annotations: { [requestedAt]: revision } };
  await api.patch({ apiVersion, kind, namespace, name }, { metadata });
}

function isDone(object: KubeObject, wanted: string): boolean {
  if (object.spec?.["suspend"] === true) return true;
  const ready = condition(object);
  const observed = ready?.observedGeneration;
  return (
    ready?.status === wanted && (observed === undefined || observed === object.metadata.generation)
  );
}

/** Whether it is about this commit: a release is, when it has the chart that was built of it. */
function isOf(
  { kind, metadata, spec, status }: KubeObject,
  all: readonly KubeObject[],
  revision: string | undefined,
): boolean {
  if (spec?.["suspend"] === true) return true;
  if (revision === undefined && kind !== "ResourceSetInputProvider") return true;
  switch (kind) {
    case "Kustomization":
      return status?.["lastAttemptedRevision"] === revision;
    case "ResourceSet":
      return true;
    case "ResourceSetInputProvider":
      return exportsValues(spec, status);
    case "HelmChart":
      return status?.["observedSourceArtifactRevision"] === revision;
    default: {
      const name = `${String(metadata.namespace)}-${metadata.name}`;
      const chart = all.find((one) => one.kind === "HelmChart" && one.metadata.name === name);
      const artifact = chart?.status?.["artifact"] as { readonly revision?: string } | undefined;
      return status?.["lastAttemptedRevision"] === artifact?.revision;
    }
  }
}

/** Conditions are written before the rest of the status, and a ResourceSet reads the rest. */
function exportsValues(spec: KubeObject["spec"], status: KubeObject["status"]): boolean {
  const [exported] = (status?.["exportedInputs"] ?? []) as readonly Record<string, unknown>[];
  const values = Object.entries((spec?.["defaultValues"] ?? {}) as Record<string, unknown>);
  return (
    exported !== undefined &&
    values.every(([key, value]) => isDeepStrictEqual(exported[key], value))
  );
}

function stateOf(object: KubeObject): string {
  return `${object.kind} ${object.metadata.name}: ${JSON.stringify(condition(object))}`;
}

export async function quiet({ api }: Cluster): Promise<void> {
  let last = "";
  let since = performance.now();
  while (performance.now() - since < silence) {
    const lists = kinds.map(([apiVersion, kind]) => api.list(apiVersion, kind));
    const state = (await Promise.all(lists))
      .flat()
      .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
      .join();
    if (state !== last) since = performance.now();
    last = state;
    await pause(250);
  }
}
