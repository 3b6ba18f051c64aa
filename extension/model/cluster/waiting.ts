/**
 * When a requested pass has ended, and how: read from the object alone. A handled token is no success by itself, because a
 * suspended object copies it too and does nothing. Pure.
 */
import { findCondition, conditionsOf, isSuspended, objectAt, textAt } from "#simulator";
import type { JsonObject } from "#simulator";

export type WaitStep =
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "succeeded"; readonly message: string }
  | { readonly kind: "failed"; readonly reason: string; readonly message: string };

/** `revision` is what has to be attempted for success, when the source is known to hold it. */
export interface WaitGoal {
  readonly token: string;
  readonly revision?: string;
}

export function waitStep(object: JsonObject | undefined, goal: WaitGoal): WaitStep {
  if (object === undefined || textAt(object, "metadata", "deletionTimestamp") !== undefined)
    return { kind: "failed", reason: "Deleted", message: "The object is deleted." };
  if (isSuspended(object))
    return { kind: "failed", reason: "Suspended", message: "It was suspended meanwhile." };
  const conditions = conditionsOf(object);
  const ready = findCondition(conditions, "Ready");
  const progress = findCondition(conditions, "Reconciling")?.message ?? "";
  if (!isHandled(object, goal.token)) return waiting(progress || "Waiting for the controller");
  const stalled = findCondition(conditions, "Stalled");
  if (stalled?.status === "True")
    return { kind: "failed", reason: stalled.reason, message: stalled.message };
  if (ready === undefined || ready.status === "Unknown") return waiting(progress || "In progress");
  if (ready.status === "False") {
    if (ready.reason === "DependencyNotReady") return waiting(`Waiting: ${ready.message}`);
    if (ready.reason === "HealthCheckCanceled") return waiting("Something newer is being applied");
    return { kind: "failed", reason: ready.reason, message: ready.message };
  }
  const generation = objectAt(object, "metadata")["generation"];
  const isCurrent = ready.observedGeneration === 0 || ready.observedGeneration === generation;
  if (!isCurrent) return waiting("A newer version of the object is to be looked at");
  const attempted = textAt(object, "status", "lastAttemptedRevision");
  if (goal.revision !== undefined && attempted !== undefined && attempted !== goal.revision)
    return waiting(`Waiting for revision ${goal.revision}`);
  return { kind: "succeeded", message: ready.message };
}

/** Ours, or a later request that took its place: tokens of everybody are times. */
function isHandled(object: JsonObject, token: string): boolean {
  const handled = textAt(object, "status", "lastHandledReconcileAt");
  if (handled === undefined) return false;
  if (handled === token) return true;
  const [theirs, ours] = [Date.parse(handled), Date.parse(token)];
  return !Number.isNaN(theirs) && theirs > ours;
}

function waiting(message: string): WaitStep {
  return { kind: "waiting", message };
}
