/**
 * What is the matter with a live Flux object: one of eleven states, and flags beside it so that nothing is hidden.
 * kstatus is not enough: Flux advances `status.observedGeneration` only on Ready or Stalled, so a failing object is
 * "InProgress" to it (`fluxcd/cli-utils pkg/kstatus/status`). Which conditions the controllers write when is in
 * `fluxcd/pkg runtime/reconcile/result.go` and `fluxcd/kustomize-controller internal/controller/kustomization_controller.go`.
 */
import type { JsonObject } from "../manifest/json.ts";
import { listAt, objectAt, textAt } from "../manifest/json.ts";
import type { Condition } from "./conditions.ts";
import { conditionsOf, findCondition } from "./conditions.ts";
import { durationOf } from "./status-duration.ts";
import { isStatic, isSuspended } from "./status-switches.ts";

export type LiveState =
  | "terminating"
  | "suspended"
  | "static"
  | "stalled"
  | "waiting"
  | "failed"
  | "retrying"
  | "reconciling"
  | "ready"
  | "new"
  | "unknown";

/** States other than `suspended`: what a suspended object was when it stopped. */
export type OwnState = Exclude<LiveState, "suspended" | "terminating">;

export interface LiveStatus {
  readonly state: LiveState;
  /** Of a suspended or terminating object: the state it would have otherwise. */
  readonly last?: OwnState;
  /** What is in the cluster differs from the release (`Drifted=True`). Changes no state. */
  readonly drifted: boolean;
  /** Nothing was heard of it for twice its interval. */
  readonly stale: boolean;
  /** Health checks were given up because something newer is being applied. */
  readonly canceled: boolean;
  readonly reason: string;
  readonly message: string;
  /** `namespace/name` of the dependency that a waiting object names. */
  readonly blocker?: string;
}

export interface StatusContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The state of this object before, when it was seen. */
  readonly previous?: LiveState;
  /** Whether the source of this object fails itself. */
  readonly sourceFailing?: boolean;
}

const newFor = 120_000;

export function liveStatus(object: JsonObject, context: StatusContext): LiveStatus {
  const conditions = conditionsOf(object);
  const own = ownState(object, conditions, context);
  const explained = explanation(conditions, own);
  const flags = {
    drifted: findCondition(conditions, "Drifted")?.status === "True",
    stale: isStale(object, context.now),
    canceled: findCondition(conditions, "Ready")?.reason === "HealthCheckCanceled",
  };
  const blocker = own === "waiting" ? /'([^']+)'/.exec(explained.message)?.[1] : undefined;
  const rest = { ...flags, ...explained, ...(blocker === undefined ? {} : { blocker }) };
  if (textAt(object, "metadata", "deletionTimestamp") !== undefined)
    return { state: "terminating", last: own, ...rest };
  if (isSuspended(object)) return { state: "suspended", last: own, ...rest };
  return { state: own, ...rest };
}

function ownState(
  object: JsonObject,
  conditions: readonly Condition[],
  context: StatusContext,
): OwnState {
  if (isStatic(object)) return "static";
  const ready = findCondition(conditions, "Ready");
  const reconciling = findCondition(conditions, "Reconciling");
  if (findCondition(conditions, "Stalled")?.status === "True") return "stalled";
  if (ready?.status === "False" && ready.reason !== "HealthCheckCanceled")
    return isWaiting(ready, context) ? "waiting" : "failed";
  const generation = numberAt(object, "metadata", "generation") ?? 0;
  const observed = numberAt(object, "status", "observedGeneration");
  const running =
    ready?.status === "Unknown" ||
    ready?.reason === "HealthCheckCanceled" ||
    reconciling?.status === "True";
  if (running && failedBefore(object, conditions, context.previous)) return "retrying";
  if (running || (observed !== undefined && observed < generation && conditions.length > 0))
    return "reconciling";
  // HelmRelease and ImageUpdateAutomation may write no generation into a condition (fluxcd/flux2 cmd/flux/readiness.go).
  if (ready?.status === "True")
    return ready.observedGeneration === 0 || ready.observedGeneration >= generation
      ? "ready"
      : "reconciling";
  return withoutReady(object, conditions, context.now);
}

/** Objects with conditions but without Ready belong to controllers of other people: they are neither good nor bad. */
function withoutReady(object: JsonObject, conditions: readonly Condition[], now: number): OwnState {
  if (conditions.length > 0) return "unknown";
  const created = Date.parse(textAt(object, "metadata", "creationTimestamp") ?? "");
  return now - created < newFor ? "new" : "unknown";
}

function isWaiting({ reason }: Condition, { sourceFailing }: StatusContext): boolean {
  if (reason === "DependencyNotReady") return true;
  return sourceFailing === true && (reason === "SourceNotReady" || reason === "ArtifactFailed");
}

/**
 * Whether the pass before this one is known to have failed. `lastAttemptedRevision` says nothing about that: it is written
 * at the start of each pass, of those that will succeed too.
 */
function failedBefore(
  object: JsonObject,
  conditions: readonly Condition[],
  previous: LiveState | undefined,
): boolean {
  if (previous === "failed" || previous === "stalled" || previous === "retrying") return true;
  if (previous === "ready") return false;
  const outcome = textAt(listAt(object, "status", "history")[0], "lastReconciledStatus");
  if (outcome !== undefined) return outcome !== "ReconciliationSucceeded";
  if ((numberAt(object, "status", "failures") ?? 0) > 0) return true;
  return findCondition(conditions, "Released")?.status === "False";
}

/** The condition that explains the state, with the unhealthy objects where a health check failed. */
function explanation(
  conditions: readonly Condition[],
  own: OwnState,
): { readonly reason: string; readonly message: string } {
  const of = (type: string): Condition | undefined => findCondition(conditions, type);
  const best = explaining(own, of);
  return { reason: best?.reason ?? "", message: best?.message ?? "" };
}

function explaining(
  own: OwnState,
  of: (type: string) => Condition | undefined,
): Condition | undefined {
  switch (own) {
    case "stalled":
      return of("Stalled");
    case "retrying":
    case "reconciling":
      return of("Reconciling") ?? of("Ready");
    case "static":
    case "waiting":
    case "failed":
    case "ready":
    case "new":
    case "unknown":
      return of("Ready");
  }
}

/** Only history tells when a pass ended that changed nothing; where there is none, nothing can be said. */
function isStale(object: JsonObject, now: number): boolean {
  if (isSuspended(object)) return false;
  const interval = durationOf(textAt(object, "spec", "interval"));
  const last = Date.parse(textAt(listAt(object, "status", "history")[0], "lastReconciled") ?? "");
  return interval !== undefined && now - last > 2 * interval + newFor;
}

function numberAt(object: JsonObject, section: string, key: string): number | undefined {
  const value = objectAt(object, section)[key];
  return typeof value === "number" ? value : undefined;
}

/** Worst first. */
const severity: readonly LiveState[] = [
  "failed",
  "stalled",
  "retrying",
  "waiting",
  "reconciling",
  "terminating",
  "unknown",
  "new",
  "suspended",
  "ready",
  "static",
];

/** Smaller is worse: how parents show the worst of what they own, and how lists are sorted. */
export function stateRank(state: LiveState): number {
  return severity.indexOf(state);
}
