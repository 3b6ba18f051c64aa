/**
 * What a client-side upgrade makes of an object: what the new manifest says goes over what is there, and what only the old manifest
 * says is taken away (`helm/helm pkg/kube/client.go`, createPatch; `k8s.io/apimachinery pkg/util/strategicpatch`). Lists whose items
 * have a key are merged by it, others are taken whole. Defaults that the server would add are not known here.
 */
import { isObject } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";

export function threeWay(old: JsonObject, now: JsonObject, live: JsonObject): JsonObject {
  return mergeObjects(old, now, live);
}

function merge(old: Json | undefined, now: Json, live: Json | undefined): Json {
  if (isObject(now) && isObject(live)) return mergeObjects(isObject(old) ? old : {}, now, live);
  if (Array.isArray(now) && Array.isArray(live)) {
    const before: readonly Json[] = Array.isArray(old) ? old : [];
    return mergeLists(before, now as readonly Json[], live as readonly Json[]);
  }
  return now;
}

function mergeObjects(old: JsonObject, now: JsonObject, live: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...live };
  for (const key of Object.keys(old)) if (!Object.hasOwn(now, key)) delete merged[key];
  for (const [key, value] of Object.entries(now)) {
    if (value === undefined) continue;
    // A null takes the field away.
    if (value === null) delete merged[key];
    else merged[key] = merge(old[key], value, live[key]);
  }
  return merged;
}

const keys = ["name", "containerPort", "mountPath", "devicePath", "port", "ip", "topologyKey"];

function mergeLists(
  old: readonly Json[],
  now: readonly Json[],
  live: readonly Json[],
): readonly Json[] {
  const key = keys.find(
    (one) => isKeyed(now, one) && isKeyed(live, one) && (old.length === 0 || isKeyed(old, one)),
  );
  if (key === undefined || now.length === 0) return now;
  const find = (list: readonly Json[], id: Json | undefined): JsonObject | undefined =>
    list.filter(isObject).find((item) => item[key] === id);
  const wanted = new Set(now.filter(isObject).map((item) => item[key]));
  const removed = new Set(old.filter(isObject).map((item) => item[key]));
  const kept = live.filter(isObject).flatMap((item) => {
    const mine = find(now, item[key]);
    if (mine !== undefined) return [merge(find(old, item[key]), mine, item)];
    return removed.has(item[key]) ? [] : [item];
  });
  const there = new Set(live.filter(isObject).map((item) => item[key]));
  const added = now.filter((item) => isObject(item) && !there.has(item[key]));
  return wanted.size === 0 ? kept : [...kept, ...added];
}

function isKeyed(list: readonly Json[], key: string): boolean {
  const ids = list.map((item) => (isObject(item) ? item[key] : undefined));
  return ids.every((id) => id !== undefined) && new Set(ids).size === ids.length;
}

/** The same for kinds that Helm knows nothing of: only what differs between the manifests is sent (a JSON merge patch). */
export function mergePatch(old: JsonObject, now: JsonObject, live: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...live };
  for (const key of Object.keys(old)) if (!Object.hasOwn(now, key)) delete merged[key];
  for (const [key, value] of Object.entries(now)) {
    const before = old[key];
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    const there = live[key];
    merged[key] =
      isObject(value) && isObject(before) && isObject(there)
        ? mergePatch(before, value, there)
        : value;
  }
  return merged;
}
