/**
 * Switches that people put on objects as labels or annotations, with values compared without regard to case
 * (`fluxcd/pkg ssa/utils/meta.go`, AnyInMetadata).
 */
import { objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

/** Whether the object, on the cluster or as it is sent, has the switch in this position. */
export function says(object: JsonObject | undefined, key: string, value: string): boolean {
  return [objectAt(object, "metadata", "labels"), objectAt(object, "metadata", "annotations")].some(
    (one) => textAt(one, key)?.toLowerCase() === value.toLowerCase(),
  );
}

const kustomize = "kustomize.toolkit.fluxcd.io";
const operator = "fluxcd.controlplane.io";

/** Nobody applies over an object that says so itself (`ExclusionSelector`). */
export function isLeftAlone(object: JsonObject | undefined, applier: string): boolean {
  switch (applier) {
    case "Kustomization":
      return (
        says(object, `${kustomize}/reconcile`, "disabled") ||
        says(object, `${kustomize}/ssa`, "ignore")
      );
    case "FluxInstance":
      return says(object, `${operator}/reconcile`, "disabled");
    // A ResourceSet looks at its own templates only.
    default:
      return false;
  }
}

/** What can't be changed is deleted and created anew (`ForceSelector`). */
export function isForced(object: JsonObject | undefined, applier: string): boolean {
  switch (applier) {
    case "Kustomization":
      return says(object, `${kustomize}/force`, "enabled");
    case "ResourceSet":
    case "FluxInstance":
      return says(object, `${operator}/force`, "enabled");
    default:
      return false;
  }
}

/** Why garbage collection passes it by (`Exclusions` of `deleteObjects`); `undefined` when it does not. */
export function keptBySwitch(object: JsonObject, applier: string): string | undefined {
  const group = switchGroup(applier);
  if (group === undefined) return undefined;
  const all = [
    ["prune", "disabled"],
    ["reconcile", "disabled"],
    ["ssa", "ignore"],
  ];
  // flux-operator deletes an object of a ResourceSet in spite of the other two.
  const found = (applier === "ResourceSet" ? all.slice(0, 1) : all).find(([key = "", value = ""]) =>
    says(object, `${group}/${key}`, value),
  );
  return found === undefined ? undefined : `its annotation ${group}/${found.join(" is ")}`;
}

function switchGroup(applier: string): string | undefined {
  if (applier === "Kustomization") return kustomize;
  return applier === "ResourceSet" || applier === "FluxInstance" ? operator : undefined;
}
