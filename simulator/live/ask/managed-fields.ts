/**
 * Who owns which fields of an object: `metadata.managedFields` as tries (`f:` a field, `k:` an item of a list by its keys, `v:` an
 * item of a set, `.` the thing itself), after `structured-merge-diff fieldpath/serialize.go`.
 */
import { canonicalJson, isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

export type Trie = JsonObject;

export interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly fields: Trie;
}

export function managedFieldsOf(object: JsonObject): readonly ManagedFields[] {
  return listAt(objectAt(object, "metadata"), "managedFields").map((entry) => ({
    manager: textAt(entry, "manager") ?? "",
    operation: textAt(entry, "operation") ?? "",
    subresource: textAt(entry, "subresource") ?? "",
    fields: objectAt(entry, "fieldsV1"),
  }));
}

export function child(trie: Trie | undefined, step: string): Trie | undefined {
  if (trie === undefined || !Object.hasOwn(trie, step)) return undefined;
  const next = trie[step];
  return isObject(next) ? next : undefined;
}

/** All of `tries` that go on at a step. */
export function children(tries: readonly Trie[], step: string): readonly Trie[] {
  return tries.map((trie) => child(trie, step)).filter((trie) => trie !== undefined);
}

/** A leaf owns what stands below it as a whole. */
export function isLeaf(trie: Trie): boolean {
  return Object.keys(trie).length === 0;
}

export function union(tries: readonly Trie[]): Trie {
  const steps = new Set(tries.flatMap((trie) => Object.keys(trie)));
  return Object.fromEntries([...steps].map((step) => [step, union(children(tries, step))]));
}

/** How the items of a list are told apart, from what anybody who owns some of them says; `undefined`: it is one value. */
export type ListKind =
  { readonly kind: "set" } | { readonly kind: "map"; readonly keys: readonly string[] };

export function listKindOf(tries: readonly Trie[]): ListKind | undefined {
  for (const trie of tries)
    for (const step of Object.keys(trie)) {
      if (step.startsWith("v:")) return { kind: "set" };
      if (step.startsWith("k:")) return { kind: "map", keys: Object.keys(keysOf(step)) };
    }
  return undefined;
}

/** The step of an item of a list; `undefined` where it lacks its keys. */
export function stepOfItem(item: unknown, list: ListKind): string | undefined {
  if (list.kind === "set") return `v:${canonicalJson(item)}`;
  if (!isObject(item)) return undefined;
  const pairs = [...list.keys].sort().map((key) => [key, item[key]] as const);
  if (pairs.some(([, value]) => value === undefined)) return undefined;
  return `k:${canonicalJson(Object.fromEntries(pairs))}`;
}

/** The same order of keys as `stepOfItem`, whoever wrote it. */
export function tidyStep(step: string): string {
  return step.startsWith("k:") ? `k:${canonicalJson(keysOf(step))}` : step;
}

function keysOf(step: string): JsonObject {
  try {
    const value: unknown = JSON.parse(step.slice(2));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Every path that ends in a leaf or in an item, as one text each. */
function pathsOf(trie: Trie, prefix = ""): readonly string[] {
  const steps = Object.keys(trie);
  if (steps.length === 0) return [prefix];
  return steps.flatMap((step) =>
    pathsOf(child(trie, step) ?? {}, `${prefix}\n${step === "." ? "." : tidyStep(step)}`),
  );
}

/**
 * Managers that own less in `after` than in `before`: what they lose is ours now, or gone. Exact where the server said `after`.
 * What changes in `status` belongs to nobody's plan.
 */
export function losersBetween(
  before: JsonObject,
  after: JsonObject,
  manager: string,
): readonly string[] {
  const owned = (object: JsonObject) => {
    const byManager = new Map<string, Set<string>>();
    for (const entry of managedFieldsOf(object)) {
      if (entry.manager === manager || entry.subresource === "status") continue;
      const paths = byManager.get(entry.manager) ?? new Set();
      for (const path of pathsOf(entry.fields)) if (!path.endsWith(".")) paths.add(path);
      byManager.set(entry.manager, paths);
    }
    return byManager;
  };
  const kept = owned(after);
  return [...owned(before)]
    .filter(([name, paths]) => [...paths].some((path) => kept.get(name)?.has(path) !== true))
    .map(([name]) => name)
    .sort();
}
