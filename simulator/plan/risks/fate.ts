/**
 * What becomes of an object whose change the API server refuses: it is deleted and created anew where the applier may do that,
 * else applying fails (`fluxcd/pkg ssa/manager_apply.go`; flux-operator's documentation of ResourceSets).
 */
import { flagAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import { immutableChanges } from "./immutable-fields.ts";
import type { ChangedObject, RiskContext } from "./rule.ts";

export type Fate =
  | { readonly outcome: "updated" }
  | { readonly outcome: "recreated" | "refused"; readonly fields: readonly string[] };

const updated: Fate = { outcome: "updated" };

export function fateOf(changed: ChangedObject, context: RiskContext): Fate {
  const { change, base, target, part } = changed;
  if (part !== "hook" && changed.refusedFor !== undefined)
    return { outcome: "refused", fields: changed.refusedFor };
  if (part !== "hook" && changed.recreatedFor !== undefined && changed.recreatedFor.length > 0)
    return { outcome: "recreated", fields: changed.recreatedFor };
  if (changed.isAsked === true) return updated;
  if (change.kind !== "changed" && change.kind !== "moved") return updated;
  if (base === undefined || target === undefined) return updated;
  // Hooks are deleted before they run again, unless they say otherwise.
  if (part === "hook") return updated;
  const fields = immutableChanges(change.ref, base.exact, target.exact);
  if (fields.length === 0) return updated;
  const isForced = mayRecreate(target.exact, context.node("target", change.applier));
  return { outcome: isForced ? "recreated" : "refused", fields };
}

/**
 * `spec.force` of a Kustomization, the annotation on a ResourceSet, or the annotation or label on the object. Helm has neither: its own `force` replaces, which the
 * API server refuses as well.
 */
function mayRecreate(object: JsonObject, applier: RenderedNode | undefined): boolean {
  switch (applier?.spec.kind) {
    case "Kustomization":
      return (
        flagAt(applier.object, "spec", "force") ||
        isEnabled(object, "kustomize.toolkit.fluxcd.io/force")
      );
    case "ResourceSet":
      return [applier.object, object].some((one) => isEnabled(one, operatorForce));
    case "FluxInstance":
      return isEnabled(object, operatorForce);
    case "HelmRelease":
    case "ArtifactGenerator":
    case undefined:
      return false;
  }
}

const operatorForce = "fluxcd.controlplane.io/force";

function isEnabled(object: JsonObject, key: string): boolean {
  return [objectAt(object, "metadata", "labels"), objectAt(object, "metadata", "annotations")].some(
    (one) => textAt(one, key)?.toLowerCase() === "enabled",
  );
}
