/**
 * Answers to what templates look up. With a cluster they are what it has, under what others will have applied; a release never
 * finds its own objects as they will be, because templates run before anything is applied.
 */
import type { LookupAnswer, Need } from "../engine/protocol.ts";
import { groupOf, objectId } from "../flux/object-ref.ts";
import { canonicalJson, isObject, listAt, textAt } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/json.ts";
import type { RenderContext } from "./context.ts";
import type { FactsView } from "./facts-view.ts";
import type { ClusterKnowledge, RenderedText } from "./helm-release.ts";

type LookupNeed = Extract<Need, { readonly kind: "lookup" }>;

export function lookupAnswers(
  needs: readonly LookupNeed[],
  asker: string,
  cluster: ClusterKnowledge,
  { facts }: Pick<RenderContext, "facts">,
): readonly LookupAnswer[] {
  if (facts === undefined) return needs.flatMap((need) => answerFromFiles(need, cluster));
  // Which kinds there are is known only with all API versions.
  const completeness = facts.cluster.apiVersions === undefined ? {} : { isComplete: true };
  return needs.flatMap((need) => {
    const found = answerFromCluster(need, asker, cluster, facts);
    return found === undefined ? [] : [{ key: need.key, found, ...completeness }];
  });
}

function answerFromFiles(need: LookupNeed, cluster: ClusterKnowledge): readonly LookupAnswer[] {
  const { apiVersion, objectKind: kind, namespace, name } = need;
  const completeness = cluster.isComplete ? { isComplete: true } : {};
  if (name !== "") {
    const found = cluster.object(objectId({ apiVersion, kind, namespace, name }));
    return found === undefined ? [] : [{ key: need.key, found, ...completeness }];
  }
  const items = cluster.objects(groupOf(apiVersion), kind, namespace);
  return items === undefined
    ? []
    : [{ key: need.key, found: listText(need, items), ...completeness }];
}

function listText({ apiVersion, objectKind }: LookupNeed, items: readonly string[]): string {
  return `{"apiVersion":${JSON.stringify(apiVersion)},"items":[${items.join(",")}],"kind":${JSON.stringify(`${objectKind}List`)},"metadata":{}}`;
}

function answerFromCluster(
  need: LookupNeed,
  asker: string,
  cluster: ClusterKnowledge,
  facts: FactsView,
): string | null | undefined {
  const { apiVersion, objectKind: kind, namespace, name } = need;
  const live = facts.lookup(need);
  const counts = (text: RenderedText): boolean => text.applier !== asker && !text.isHeld;
  if (name === "") {
    if (live === undefined) return undefined;
    const others = cluster.renderedOf(groupOf(apiVersion), kind, namespace).filter(counts);
    return listText(need, mergedItems(live, others, apiVersion, kind));
  }
  const text = cluster.rendered(objectId({ apiVersion, kind, namespace, name }));
  if (text === undefined || !counts(text)) return live;
  return live === null || live === undefined ? text.json : overlaid(live, text.json);
}

function mergedItems(
  live: string | null,
  others: readonly RenderedText[],
  apiVersion: string,
  kind: string,
): readonly string[] {
  const items = new Map<string, string>();
  for (const item of listAt(JSON.parse(live ?? "{}"), "items").filter(isObject))
    // Items of a list have no type of their own in an answer of the API server.
    items.set(nameOf(item), canonicalJson({ apiVersion, kind, ...item }));
  for (const { json } of others) {
    const name = nameOf(JSON.parse(json));
    const known = items.get(name);
    items.set(name, known === undefined ? json : overlaid(known, json));
  }
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function nameOf(object: unknown): string {
  return `${textAt(object, "metadata", "namespace") ?? ""}/${textAt(object, "metadata", "name") ?? ""}`;
}

/** What is applied over what is there: its fields win, the server's own (uid, status) stay. */
function overlaid(live: string, applied: string): string {
  return canonicalJson(laidOver(JSON.parse(live) as JsonObject, JSON.parse(applied) as JsonObject));
}

function laidOver(below: JsonObject, above: JsonObject): JsonObject {
  const all: Record<string, Json | undefined> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const known = below[key];
    all[key] = isObject(known) && isObject(value) ? laidOver(known, value) : value;
  }
  return all;
}
