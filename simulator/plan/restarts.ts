/** Whether pods are replaced by a change: the template of a workload that rolls out by itself is another one. */
import { groupKind } from "./risks/rule.ts";
import { flagAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Change, FieldChange, ObjectRef } from "../records.ts";

const workloads: ReadonlySet<string> = new Set([
  "apps/DaemonSet",
  "apps/Deployment",
  "apps/StatefulSet",
]);

/** `target` is the object as it will be. */
export function restartsPods(
  { kind, ref }: { readonly kind: Change["kind"]; readonly ref: ObjectRef },
  fields: readonly FieldChange[],
  target: JsonObject | undefined,
): boolean {
  if (!workloads.has(groupKind(ref))) return false;
  if (kind === "recreated") return true;
  if (kind !== "changed" && kind !== "moved") return false;
  // Nothing rolls out while a Deployment is paused, or where pods are replaced by hand.
  if (flagAt(target, "spec", "paused")) return false;
  if (textAt(target, "spec", "updateStrategy", "type") === "OnDelete") return false;
  return fields.some(({ path }) => path === "/spec/template" || path.startsWith("/spec/template/"));
}
