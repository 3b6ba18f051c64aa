/**
 * A server-side apply without a server: the wanted fields laid over the live object, and what the manager owned and no longer
 * wants taken away (`structured-merge-diff merge/update.go`: merge, prune, add back what others own). Defaults that the server would
 * put in place of what is taken away are its secret.
 */
import { canonicalJson, isObject } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";
import { builtInList } from "./built-in-lists.ts";
import {
  child,
  children,
  isLeaf,
  listKindOf,
  managedFieldsOf,
  stepOfItem,
  tidyStep,
  union,
} from "./managed-fields.ts";
import type { ListKind, Trie } from "./managed-fields.ts";

/** What the server would have if `wanted` were applied by `manager` with force. Fields of others with other values change hands. */
export function mergedByUs(live: JsonObject, wanted: JsonObject, manager: string): JsonObject {
  const entries = managedFieldsOf(live);
  const isOurs = (entry: (typeof entries)[number]): boolean =>
    entry.manager === manager && entry.operation === "Apply" && entry.subresource === "";
  const ours = tidy(union(entries.filter(isOurs).map(({ fields }) => fields)));
  const others = entries.filter((entry) => !isOurs(entry)).map(({ fields }) => tidy(fields));
  const pruned = withoutUnwanted(live, wanted, ours, others);
  const merged = overlaid(pruned, wanted, [ours, ...others], "");
  return isObject(merged) ? merged : live;
}

/** Takes away what stands in `owned` and is not wanted, but for what others own. */
export function withoutUnwanted(
  live: JsonObject,
  wanted: JsonObject,
  owned: Trie,
  others: readonly Trie[],
): JsonObject {
  const result = pruned(live, wanted, owned, others);
  return isObject(result) ? result : {};
}

export function tidy(trie: Trie): Trie {
  return Object.fromEntries(
    Object.entries(trie).map(([step, next]) => [tidyStep(step), isObject(next) ? tidy(next) : {}]),
  );
}

function overlaid(live: Json, wanted: Json, tries: readonly Trie[], path: string): Json {
  if (isObject(live) && isObject(wanted))
    return isOneMap(tries, wanted, path) ? wanted : overlaidMap(live, wanted, tries, path);
  if (Array.isArray(live) && Array.isArray(wanted)) {
    const list = listKindOf(tries) ?? (isOneValue(tries) ? undefined : builtInList(path, wanted));
    if (list !== undefined) return overlaidList(live, wanted, list, tries, path);
  }
  return wanted;
}

function overlaidMap(
  live: JsonObject,
  wanted: JsonObject,
  tries: readonly Trie[],
  path: string,
): JsonObject {
  const result: Record<string, Json | undefined> = { ...live };
  for (const [key, value] of Object.entries(wanted)) {
    if (value === null || value === undefined) continue;
    const present = Object.hasOwn(live, key) ? live[key] : undefined;
    if (present !== undefined && present !== null)
      result[key] = overlaid(present, value, children(tries, `f:${key}`), `${path}/${key}`);
    // Typed structs send empty ones, which the server does not keep.
    else if (!isEmpty(value)) result[key] = value;
  }
  return result;
}

/** Live items keep their places; new ones come last, as the server appends them. */
function overlaidList(
  live: readonly Json[],
  wanted: readonly Json[],
  list: ListKind,
  tries: readonly Trie[],
  path: string,
): Json {
  const byStep = new Map(wanted.map((item) => [stepOfItem(item, list), item] as const));
  if (byStep.has(undefined)) return wanted;
  const kept = live.map((item) => {
    const step = stepOfItem(item, list);
    const value = step === undefined ? undefined : byStep.get(step);
    if (step === undefined || value === undefined) return item;
    byStep.delete(step);
    return list.kind === "set" ? item : overlaid(item, value, children(tries, step), path);
  });
  return [...kept, ...byStep.values()];
}

/** An atomic map, and not one that somebody applied empty. `spec` and its like never are one value. */
function isOneMap(tries: readonly Trie[], wanted: JsonObject, path: string): boolean {
  const isDeep = path.lastIndexOf("/") > 0;
  return isDeep && tries.length > 0 && tries.every(isLeaf) && Object.keys(wanted).length > 0;
}

/** Somebody owns it as a whole: an atomic map or list. */
function isOneValue(tries: readonly Trie[]): boolean {
  return tries.some(isLeaf);
}

function pruned(live: Json, wanted: Json | undefined, owned: Trie, others: readonly Trie[]): Json {
  if (isObject(live)) return prunedMap(live, isObject(wanted) ? wanted : {}, owned, others);
  if (Array.isArray(live))
    return prunedList(live, Array.isArray(wanted) ? wanted : [], owned, others);
  return live;
}

function prunedMap(
  live: JsonObject,
  wanted: JsonObject,
  owned: Trie,
  others: readonly Trie[],
): JsonObject {
  const result: Record<string, Json | undefined> = {};
  for (const [key, value] of Object.entries(live)) {
    const below = child(owned, `f:${key}`);
    const theirs = children(others, `f:${key}`);
    if (value === undefined) continue;
    const isWanted = wanted[key] !== undefined && wanted[key] !== null;
    const left = isWanted ? pruned(value, wanted[key], below ?? {}, theirs) : onlyOf(value, theirs);
    if (below === undefined) result[key] = value;
    else if (left !== undefined) result[key] = left;
  }
  return result;
}

function prunedList(
  live: readonly Json[],
  wanted: readonly Json[],
  owned: Trie,
  others: readonly Trie[],
): Json {
  const list = listKindOf([owned, ...others]);
  if (list === undefined) return live;
  const byStep = new Map(wanted.map((item) => [stepOfItem(item, list) ?? "", item] as const));
  return live.flatMap((item) => {
    const step = stepOfItem(item, list) ?? "";
    const below = child(owned, step);
    if (below === undefined) return [item];
    const theirs = children(others, step);
    const left = byStep.has(step)
      ? pruned(item, byStep.get(step), below, theirs)
      : onlyOf(item, theirs);
    // Who owns a field of an item and not its keys does not keep the item.
    return left === undefined || stepOfItem(left, list) === undefined ? [] : [left];
  });
}

/** What of a value is owned by `tries`; `undefined` when nothing is. */
function onlyOf(value: Json, tries: readonly Trie[]): Json | undefined {
  if (tries.length === 0) return undefined;
  if (isOneValue(tries)) return value;
  if (isObject(value)) {
    const pairs = Object.entries(value).flatMap(([key, item]) => {
      const left = item === undefined ? undefined : onlyOf(item, children(tries, `f:${key}`));
      return left === undefined ? [] : [[key, left] as const];
    });
    return Object.fromEntries(pairs);
  }
  if (Array.isArray(value)) {
    const list = listKindOf(tries);
    if (list === undefined) return value;
    return value.flatMap((item: Json) => {
      const left = onlyOf(item, children(tries, stepOfItem(item, list) ?? ""));
      return left === undefined || stepOfItem(left, list) === undefined ? [] : [left];
    });
  }
  return value;
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Other managers whose value of a wanted field is not the one that is wanted. */
export function losersByValue(
  live: JsonObject,
  applied: JsonObject,
  manager: string,
): readonly string[] {
  const names = managedFieldsOf(live)
    .filter((entry) => entry.manager !== manager && entry.subresource !== "status")
    .filter(({ fields }) => differs(live, applied, tidy(fields)))
    .map((entry) => entry.manager);
  return [...new Set(names)].sort();
}

function differs(live: Json | undefined, applied: Json | undefined, owned: Trie): boolean {
  if (live === undefined) return false;
  if (isLeaf(owned)) return canonicalJson(live) !== canonicalJson(applied ?? null);
  if (isObject(live)) {
    const other = isObject(applied) ? applied : {};
    return Object.entries(owned).some(
      ([step, below]) =>
        step.startsWith("f:") &&
        differs(live[step.slice(2)], other[step.slice(2)], isObject(below) ? below : {}),
    );
  }
  if (!Array.isArray(live)) return false;
  const list = listKindOf([owned]);
  if (list === undefined) return false;
  const others = new Map(
    (Array.isArray(applied) ? (applied as readonly Json[]) : []).map(
      (item) => [stepOfItem(item, list), item] as const,
    ),
  );
  return live.some((item: Json) => {
    const step = stepOfItem(item, list);
    const below = step === undefined ? undefined : child(owned, step);
    return below !== undefined && differs(item, others.get(step), below);
  });
}
