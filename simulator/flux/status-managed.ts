/**
 * Health of the objects that an applier manages: the rules of kstatus for built-in kinds, and conditions for the rest
 * (`fluxcd/cli-utils pkg/kstatus/status/core.go`, `generic.go`).
 */
import type { JsonObject } from "../manifest/json.ts";
import { objectAt, textAt } from "../manifest/json.ts";
import type { Condition } from "./conditions.ts";
import { conditionsOf, findCondition } from "./conditions.ts";

export type ManagedHealth = "healthy" | "progressing" | "failed" | "terminating";

export interface ManagedStatus {
  readonly health: ManagedHealth;
  /** Empty when there is nothing to add. */
  readonly message: string;
}

const healthy: ManagedStatus = { health: "healthy", message: "" };

export function managedStatus(object: JsonObject): ManagedStatus {
  if (textAt(object, "metadata", "deletionTimestamp") !== undefined)
    return { health: "terminating", message: "" };
  const generation = numberAt(object, "metadata", "generation");
  const observed = numberAt(object, "status", "observedGeneration");
  if (observed !== undefined && generation !== undefined && observed !== generation)
    return progressing("the newest version was not looked at yet");
  const conditions = conditionsOf(object);
  return rules[textAt(object, "kind") ?? ""]?.(object, conditions) ?? generic(conditions);
}

type Rule = (object: JsonObject, conditions: readonly Condition[]) => ManagedStatus | undefined;

const rules: Readonly<Record<string, Rule>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  ReplicaSet: (object) =>
    counted(object, "availableReplicas", numberAt(object, "spec", "replicas") ?? 1),
  Job: job,
  Pod: pod,
  PersistentVolumeClaim: (object) =>
    textAt(object, "status", "phase") === "Bound" ? healthy : progressing("not bound yet"),
  Service: service,
  CustomResourceDefinition: (_, conditions) =>
    findCondition(conditions, "Established")?.status === "True"
      ? healthy
      : progressing("not established yet"),
};

/** Any kind: Stalled, Reconciling and Ready as kstatus reads them; a failing Ready is a failure with words. */
function generic(conditions: readonly Condition[]): ManagedStatus {
  const stalled = findCondition(conditions, "Stalled");
  if (stalled?.status === "True") return failed(stalled.message);
  const ready = findCondition(conditions, "Ready");
  const reconciling = findCondition(conditions, "Reconciling");
  if (ready?.status === "False" && ready.reason !== "Progressing")
    return reconciling?.status === "True" && reconciling.reason === "Progressing"
      ? progressing(ready.message)
      : failed(ready.message);
  if (reconciling?.status === "True") return progressing(reconciling.message);
  if (ready !== undefined && ready.status !== "True") return progressing(ready.message);
  return healthy;
}

function deployment(object: JsonObject, conditions: readonly Condition[]): ManagedStatus {
  const progress = findCondition(conditions, "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded") return failed(progress.message);
  const replicas = numberAt(object, "spec", "replicas") ?? 1;
  const updated = numberAt(object, "status", "updatedReplicas") ?? 0;
  if (updated < replicas) return progressing(`${updated} of ${replicas} replicas updated`);
  return counted(object, "availableReplicas", replicas);
}

function statefulSet(object: JsonObject): ManagedStatus {
  const replicas = numberAt(object, "spec", "replicas") ?? 1;
  const current = counted(object, "readyReplicas", replicas);
  if (current.health !== "healthy") return current;
  const [now, next] = ["currentRevision", "updateRevision"].map((key) =>
    textAt(object, "status", key),
  );
  const onDelete = textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  return onDelete || now === next ? healthy : progressing("rolling out a new revision");
}

function daemonSet(object: JsonObject): ManagedStatus {
  const wanted = numberAt(object, "status", "desiredNumberScheduled");
  if (wanted === undefined) return progressing("not scheduled yet");
  const updated = numberAt(object, "status", "updatedNumberScheduled") ?? 0;
  if (updated < wanted) return progressing(`${updated} of ${wanted} pods updated`);
  return counted(object, "numberAvailable", wanted);
}

function job(_: JsonObject, conditions: readonly Condition[]): ManagedStatus {
  const failure = findCondition(conditions, "Failed");
  if (failure?.status === "True") return failed(failure.message);
  return findCondition(conditions, "Complete")?.status === "True"
    ? healthy
    : progressing("running");
}

function pod(object: JsonObject, conditions: readonly Condition[]): ManagedStatus {
  const phase = textAt(object, "status", "phase") ?? "Pending";
  if (phase === "Succeeded") return healthy;
  if (phase === "Failed") return failed(textAt(object, "status", "message") ?? "the pod failed");
  const ready = findCondition(conditions, "Ready");
  return ready?.status === "True" ? healthy : progressing(ready?.message || phase);
}

function service(object: JsonObject): ManagedStatus | undefined {
  if (textAt(object, "spec", "type") !== "LoadBalancer") return healthy;
  const address = objectAt(object, "status", "loadBalancer")["ingress"];
  return Array.isArray(address) && address.length > 0
    ? healthy
    : progressing("no address of the load balancer yet");
}

function counted(object: JsonObject, key: string, wanted: number): ManagedStatus {
  const there = numberAt(object, "status", key) ?? 0;
  return there >= wanted ? healthy : progressing(`${there} of ${wanted} available`);
}

function progressing(message: string): ManagedStatus {
  return { health: "progressing", message };
}

function failed(message: string): ManagedStatus {
  return { health: "failed", message };
}

function numberAt(object: JsonObject, section: string, key: string): number | undefined {
  const value = objectAt(object, section)[key];
  return typeof value === "number" ? value : undefined;
}
