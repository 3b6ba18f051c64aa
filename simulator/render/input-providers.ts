/**
 * ResourceSetInputProviders as a ResourceSet finds them (flux-operator's public documentation): as they are rendered, with the
 * inputs that the cluster's status exports, and those that only the cluster has. One that an applier has there and renders no more is
 * garbage, and gives nothing.
 */
import { fluxApiVersion } from "../flux/kinds.ts";
import type { FluxKindName } from "../flux/kinds.ts";
import { ownersOf } from "../flux/ownership.ts";
import { keptBySwitch } from "../live/plan/switches.ts";
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import type { RenderContext } from "./context.ts";
import type { FactsView } from "./facts-view.ts";
import type { Offer } from "./objects.ts";

export function inputProviders(
  namespace: string,
  offers: readonly Offer[],
  live: RenderContext["live"],
  facts: FactsView | undefined,
  prunes: (applier: ObjectRef) => boolean,
): readonly JsonObject[] {
  const byName = new Map<string, JsonObject>();
  const isHere = (provider: JsonObject): boolean =>
    textAt(provider, "metadata", "namespace") === namespace;
  const onCluster = facts === undefined ? [] : liveProviders(namespace, facts);
  for (const provider of onCluster) byName.set(nameOf(provider), provider);
  const rendered = new Set<string>();
  for (const provider of [...live.providers, ...offers.flatMap((offer) => offer.providers)]) {
    const name = nameOf(provider);
    if (!isHere(provider)) continue;
    rendered.add(name);
    byName.set(name, withStatus(provider, byName.get(name)));
  }
  for (const provider of onCluster) {
    const name = nameOf(provider);
    if (!rendered.has(name) && isGarbage(provider, prunes)) byName.delete(name);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, provider]) => provider);
}

function isGarbage(provider: JsonObject, prunes: (applier: ObjectRef) => boolean): boolean {
  return ownersOf(provider).some(
    (owner) => prunes(owner) && keptBySwitch(provider, owner.kind) === undefined,
  );
}

function nameOf(provider: JsonObject): string {
  return textAt(provider, "metadata", "name") ?? "";
}

const kind: FluxKindName = "ResourceSetInputProvider";

/** Only what a render can depend on, so that a new heartbeat in a status is no other input. */
function liveProviders(namespace: string, facts: FactsView): readonly JsonObject[] {
  const apiVersion = fluxApiVersion(kind);
  const key = `lookup:${apiVersion}/${kind}/${namespace}/`;
  const text = facts.lookup({ key, apiVersion, objectKind: kind, namespace, name: "" });
  if (text === null || text === undefined) return [];
  return listAt(JSON.parse(text), "items").filter(isObject).map(relevant);
}

function relevant(provider: JsonObject): JsonObject {
  const { name, namespace, uid, labels, annotations } = objectAt(provider, "metadata");
  const { exportedInputs } = objectAt(provider, "status");
  return {
    apiVersion: fluxApiVersion(kind),
    kind,
    metadata: {
      name,
      namespace,
      ...(uid === undefined ? {} : { uid }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: provider["spec"],
    ...(isObject(provider["status"])
      ? { status: exportedInputs === undefined ? {} : { exportedInputs } }
      : {}),
  };
}

/** What is rendered, with what only the cluster can know of it. Another spec may export other inputs: the last ones are the best guess. */
function withStatus(provider: JsonObject, onCluster: JsonObject | undefined): JsonObject {
  if (onCluster === undefined) return provider;
  const { uid } = objectAt(onCluster, "metadata");
  return {
    ...provider,
    metadata: { ...objectAt(provider, "metadata"), ...(uid === undefined ? {} : { uid }) },
    ...(onCluster["status"] === undefined ? {} : { status: onCluster["status"] }),
  };
}
