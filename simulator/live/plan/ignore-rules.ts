/**
 * Fields that an applier leaves to others: `spec.ignore` of a Kustomization, `spec.driftDetection.ignore` of a HelmRelease.
 * They are taken out of both sides before these are compared (`fluxcd/pkg ssa/jsondiff`, ssa/manager_apply.go removeIgnoredFields).
 */
import { groupOf } from "../../flux/object-ref.ts";
import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";
import { matchesSelector } from "./label-selector.ts";

/** JSON pointers that the rules ignore in this object; `""` is the whole object. */
export function ignoredPaths(rules: readonly unknown[], object: JsonObject): readonly string[] {
  return rules
    .filter((rule) => isTarget(objectAt(rule, "target"), object))
    .flatMap((rule) => listAt(rule, "paths"))
    .filter((path) => typeof path === "string");
}

function isTarget(target: JsonObject, object: JsonObject): boolean {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const group = groupOf(apiVersion);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["group", group],
    ["version", group === "" ? apiVersion : apiVersion.slice(group.length + 1)],
    ["kind", textAt(object, "kind")],
    ["name", textAt(object, "metadata", "name")],
    ["namespace", textAt(object, "metadata", "namespace")],
  ];
  return (
    fields.every(([key, value]) => matchesPattern(textAt(target, key), value ?? "")) &&
    matchesSelector(
      textAt(target, "labelSelector") ?? "",
      objectAt(object, "metadata", "labels"),
    ) &&
    matchesSelector(
      textAt(target, "annotationSelector") ?? "",
      objectAt(object, "metadata", "annotations"),
    )
  );
}

/** A pattern that is none matches nothing; the controller would refuse it. */
function matchesPattern(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  if (pattern === value) return true;
  if (pattern.length > 1_000) return false;
  try {
    return new RegExp(`^(?:${pattern.replace(/^\^/, "").replace(/\$$/, "")})$`).test(value);
  } catch {
    return false;
  }
}

/** The object without what stands at the pointers. What is not there is no matter. */
export function withoutPaths(object: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce<JsonObject>((current, pointer) => {
    const steps = pointer
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const rest = steps.length === 0 ? current : without(current, steps);
    return isObject(rest) ? rest : current;
  }, object);
}

function without(
  value: Json | undefined,
  [step = "", ...rest]: readonly string[],
): Json | undefined {
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    const number = Number(step);
    const at = number < 0 ? list.length + number : number;
    if (!Number.isInteger(at) || at >= list.length || at < 0) return list;
    if (rest.length === 0) return list.toSpliced(at, 1);
    return list.with(at, without(list[at], rest) ?? null);
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  if (rest.length > 0) return { ...value, [step]: without(value[step], rest) };
  const { [step]: _, ...others } = value;
  return others;
}
