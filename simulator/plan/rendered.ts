/** Everything a simulation would apply, and single objects as text. */
import { Document, parseDocument } from "yaml";

import { normaliseObjectId } from "../flux/object-ref.ts";
import { isObject } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import { inventoryOf, stageOf } from "../render/inventory.ts";
import type { InventoryItem } from "../render/inventory.ts";
import { liveObjects } from "../render/live.ts";
import type { Built } from "../render/node.ts";
import type { ApplierRecord } from "../records.ts";
import { findNode, inner } from "../simulation.ts";
import type { RenderedEntry, RenderedOptions, Simulation } from "../simulator.ts";
import { originOf } from "./origins.ts";
import { holdsSecrets, presentable } from "./present.ts";
import type { PresentContext } from "./present.ts";

export async function renderedEntries(
  simulation: Simulation,
  options: RenderedOptions,
  context: PresentContext,
): Promise<readonly RenderedEntry[]> {
  const { clusters, appliers } = inner(simulation);
  const records = new Map(appliers.map((record) => [record.id, record]));
  const live = liveObjects(simulation.options.live).ids;
  const entries: RenderedEntry[] = [];
  for (const cluster of clusters) {
    for (const node of cluster.nodes) {
      context.signal?.throwIfAborted();
      const items = appliedItems(node, cluster, records.get(node.id), live);
      const { built } = node;
      if (built.outcome === "built")
        entries.push(...(await entriesOf({ node, built, items, cluster }, options, context)));
      else entries.push(...extraEntries(node, records.get(node.id)));
    }
  }
  return entries.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** What is applied by one that did not come to a render. */
function extraEntries(
  { built, spec, cluster }: RenderedNode,
  record: ApplierRecord | undefined,
): readonly RenderedEntry[] {
  if (built.outcome !== "stopped" || record?.state === "suspended") return [];
  const { kind, namespace, name } = spec;
  return (built.extra ?? []).map((object) => ({
    applier: { kind, namespace, name },
    cluster,
    ref: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
    },
    json: object.json,
  }));
}

/** What the controller applies: nothing of blocked or suspended ones, only the earlier stages of those that fail while applying. */
export function appliedItems(
  node: RenderedNode,
  cluster: Pick<ClusterRender, "scopes">,
  record: ApplierRecord | undefined,
  live: ReadonlySet<string>,
): readonly InventoryItem[] {
  if (node.built.outcome !== "built" || record === undefined) return [];
  const items = inventoryOf(node.built.result, cluster.scopes).filter(
    ({ object, id }) =>
      object.skipped === undefined || (object.skipped === "ssa-ifnotpresent" && !live.has(id)),
  );
  if (record.state === "ready") return items;
  // helm-controller applies the HelmChart before it knows whether the rest can be.
  if (node.spec.kind === "HelmRelease")
    return record.state === "failed" || record.state === "blocked"
      ? items.filter(({ object }) => object.helm?.part === "chart")
      : [];
  const failed = failedStage(node.built, items);
  return record.state === "failed" && failed !== undefined
    ? items.filter(({ ref }) => stageOf(ref) < failed)
    : [];
}

/** The stage in which applying fails; `undefined` when it does not come to applying. */
function failedStage(built: Built, items: readonly InventoryItem[]): number | undefined {
  const homeless = items.find((item) => item.namespaceMissing);
  if (homeless !== undefined) return stageOf(homeless.ref);
  if (built.result.failure?.stage !== "apply") return undefined;
  const culprit = items.find(
    ({ object }) =>
      `${object.kind}/${object.namespace}/${object.name}` === built.result.failure?.object,
  );
  return culprit === undefined ? 1 : stageOf(culprit.ref);
}

interface AppliedByNode {
  readonly node: RenderedNode;
  readonly built: Built;
  readonly items: readonly InventoryItem[];
  readonly cluster: ClusterRender;
}

async function entriesOf(
  { node, built, items, cluster }: AppliedByNode,
  options: RenderedOptions,
  context: PresentContext,
): Promise<readonly RenderedEntry[]> {
  const { kind, namespace, name } = node.spec;
  const applier = { kind, namespace, name };
  const visible =
    options.secrets === "show"
      ? items
      : items.filter(({ ref }) => ref.kind !== "Secret" || ref.apiVersion !== "v1");
  const masked =
    options.secrets === "show" ? undefined : await maskedTexts(built, cluster, context);
  const entries: RenderedEntry[] = [];
  for (const item of visible) {
    const json = masked === undefined ? item.object.json : masked.get(item.id);
    const origin = options.origins ? await originOf(item, built, context) : undefined;
    if (json !== undefined)
      entries.push({
        applier,
        cluster: cluster.cluster,
        ref: item.ref,
        json,
        ...(origin === undefined ? {} : { origin }),
      });
  }
  return entries;
}

/** Canonical JSON by object id, without any value of a Secret. */
async function maskedTexts(
  built: Built,
  cluster: ClusterRender,
  context: PresentContext,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (!holdsSecrets(built)) return undefined;
  const objects = await presentable(built, cluster.scopes, context);
  return new Map([...objects].map(([id, object]) => [id, JSON.stringify(object)]));
}

function sortKey({ cluster, applier, ref }: RenderedEntry): string {
  return [
    cluster,
    applier.namespace,
    applier.name,
    ref.apiVersion,
    ref.kind,
    ref.namespace,
    ref.name,
  ].join("\u0000");
}

/** One object as YAML for showing; `undefined` when this side does not have it. */
export async function objectText(
  simulation: Simulation,
  applier: string,
  object: string,
  context: PresentContext,
): Promise<string | undefined> {
  const found = findNode(simulation, applier);
  if (found === undefined || found.node.built.outcome !== "built") return undefined;
  const wanted = normaliseObjectId(object);
  const shown = await presentable(found.node.built, found.cluster.scopes, context);
  const value = shown.get(wanted);
  return value === undefined ? undefined : toYaml(withoutNullTimestamps(value));
}

/** Everything one applier applies, as YAML documents for showing; `undefined` when it is not rendered. */
export async function applierText(
  simulation: Simulation,
  applier: string,
  context: PresentContext,
): Promise<string | undefined> {
  const found = findNode(simulation, applier);
  if (found === undefined || found.node.built.outcome !== "built") return undefined;
  const shown = await presentable(found.node.built, found.cluster.scopes, context);
  const documents = [...shown].map(([, value]) => toYaml(withoutNullTimestamps(value)));
  return documents.map((text) => `---\n${text}`).join("");
}

/** Typed structs send `creationTimestamp: null` in every metadata; to a reader it is noise. */
export function withoutNullTimestamps(object: JsonObject): JsonObject {
  const entries = Object.entries(object).filter(
    ([key, value]) => key !== "creationTimestamp" || value !== null,
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isObject(value) ? withoutNullTimestamps(value) : value]),
  );
}

/** YAML in the order people write it: apiVersion, kind, metadata (name and namespace first), then the rest by name. */
export function toYaml(object: JsonObject): string {
  const metadata = object["metadata"];
  const ordered = first(
    {
      ...object,
      ...(isObject(metadata) ? { metadata: first(metadata, ["name", "namespace"]) } : {}),
    },
    ["apiVersion", "kind", "metadata"],
  );
  return new Document(ordered, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}

function first(object: JsonObject, keys: readonly string[]): JsonObject {
  const head = keys
    .filter((key) => Object.hasOwn(object, key))
    .map((key) => [key, object[key]] as const);
  const tail = Object.entries(object).filter(([key]) => !keys.includes(key));
  return Object.fromEntries([...head, ...tail]);
}

/** The same from canonical JSON text, without losing digits of large integers. */
export function jsonToYaml(json: string): string {
  const value = parseDocument(json, { intAsBigInt: true }).toJS() as JsonObject;
  return toYaml(value);
}
