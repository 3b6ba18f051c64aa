/**
 * What kustomize-controller does to an object besides applying it: labels and annotations of older tools go, and fields that `kubectl`
 * set count as its own, so that the apply takes away those that Git does not have (`apply` in kustomization_controller.go,
 * `cleanupMetadata` and `PatchReplaceFieldsManagers` of `fluxcd/pkg/ssa`). flux-operator is seen to do the same with fields of
 * `kubectl`. A dry run does not show it.
 */
import { canonicalJson, isObject, objectAt } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";
import type { LiveQuestion } from "../question.ts";
import { managedFieldsOf, union } from "./managed-fields.ts";
import type { ManagedFields } from "./managed-fields.ts";
import { tidy, withoutUnwanted } from "./structural.ts";

const controllers = ["kustomize-controller", "flux-operator"];
const annotations = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "kustomize.toolkit.fluxcd.io/checksum",
  "fluxcd.io/sync-checksum",
];
const labels = ["fluxcd.io/sync-gc-mark"];
const mergeKey = "kustomize.toolkit.fluxcd.io/ssa";

/** Whose fields become the controller's own before it applies. */
function isReplaced(
  { manager, operation, subresource }: ManagedFields,
  controller: string,
): boolean {
  if (subresource !== "") return false;
  if (operation === "Apply") return manager.startsWith("kubectl");
  return (
    operation === "Update" &&
    (manager.startsWith("kubectl") ||
      manager.startsWith("before-first-apply") ||
      manager.startsWith(controller))
  );
}

/** `applied` as it is after the clean-up; the same object when there is nothing to clean. */
export function afterCleanup(
  question: LiveQuestion,
  live: JsonObject,
  applied: JsonObject,
): JsonObject {
  const { manager } = question;
  if (!controllers.includes(manager) || isMerged(question.object) || isMerged(live)) return applied;
  const entries = managedFieldsOf(live);
  const replaced = entries
    .filter((entry) => isReplaced(entry, manager))
    .map(({ fields }) => tidy(fields));
  const others = entries
    .filter((entry) => !isReplaced(entry, manager) && !isOwn(entry, manager))
    .map(({ fields }) => tidy(fields));
  const { "f:status": _, ...owned } = union(replaced);
  const pruned =
    replaced.length === 0 ? applied : withoutUnwanted(applied, question.object, owned, others);
  return withoutOldMarks(pruned, question.object);
}

function isOwn({ manager, operation, subresource }: ManagedFields, controller: string): boolean {
  return manager === controller && operation === "Apply" && subresource === "";
}

/** `ssa.AnyInMetadata`: label or annotation, whatever the case. */
function isMerged(object: JsonObject): boolean {
  const metadata = objectAt(object, "metadata");
  return ["labels", "annotations"].some((key) => {
    const value = objectAt(metadata, key)[mergeKey];
    return typeof value === "string" && value.toLowerCase() === "merge";
  });
}

function withoutOldMarks(applied: JsonObject, wanted: JsonObject): JsonObject {
  const metadata = objectAt(applied, "metadata");
  const next: Record<string, Json | undefined> = { ...metadata };
  for (const [field, keys] of [
    ["annotations", annotations],
    ["labels", labels],
  ] as const) {
    const present = objectAt(metadata, field);
    const given = objectAt(wanted, "metadata", field);
    const gone = keys.filter((key) => key in present && !(key in given));
    if (gone.length === 0) continue;
    const rest = Object.entries(present).filter(([key]) => !gone.includes(key));
    next[field] = Object.fromEntries(rest);
  }
  return { ...applied, metadata: next };
}

/**
 * Puts back what the server would fill in again: `fresh` is the object as it would be created, so what stands there is a default.
 * `undefined` stands for a server that can't be asked: then only labels and annotations are believed to go.
 */
export function withDefaults(
  applied: JsonObject,
  cleaned: JsonObject,
  fresh: JsonObject | undefined,
): JsonObject {
  if (fresh !== undefined) return restored(applied, cleaned, fresh) as JsonObject;
  return { ...applied, metadata: objectAt(cleaned, "metadata") };
}

/** Whether more went than labels and annotations, so that defaults come into it. */
export function needsDefaults(applied: JsonObject, cleaned: JsonObject): boolean {
  const bare = (object: JsonObject): string => canonicalJson({ ...object, metadata: null });
  return bare(applied) !== bare(cleaned);
}

/** Given by the server once and kept by it, whoever owns them (`registry/core/service patchAllocatedValues`). */
const allocated = new Set(["clusterIP", "clusterIPs", "healthCheckNodePort", "nodePort"]);

function restored(
  before: Json | undefined,
  after: Json | undefined,
  fresh: Json | undefined,
): Json | undefined {
  if (isObject(before) && isObject(after)) {
    const other = isObject(fresh) ? fresh : {};
    const keys = new Set([...Object.keys(before), ...besides(before, after, other)]);
    const pairs = [...keys].flatMap((key) => {
      const left = allocated.has(key) ? before[key] : restored(before[key], after[key], other[key]);
      return left === undefined ? [] : [[key, left] as const];
    });
    return Object.fromEntries(pairs);
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const list = before as readonly Json[];
    // Items that stayed are the same ones in the same order; a list that lost some is taken as it is.
    if (list.length !== after.length) return after;
    const others: readonly Json[] = Array.isArray(fresh) ? (fresh as readonly Json[]) : [];
    return list.map((item, index) => restored(item, after[index], others[index]) ?? item);
  }
  return after === undefined ? fresh : after;
}

/** A default that is another one now may bring defaults of other fields with it: those of `fresh` where something went. */
function besides(before: JsonObject, after: JsonObject, fresh: JsonObject): readonly string[] {
  const isReset = Object.keys(before).some((key) => !(key in after) && key in fresh);
  return isReset ? Object.keys(fresh).filter((key) => !(key in after)) : [];
}
