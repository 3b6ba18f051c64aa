// Health of managed objects, by the rules of kstatus.
import { expect, test } from "vitest";

import { managedStatus } from "#simulator";
import type { JsonObject, ManagedHealth } from "#simulator";

import { condition, live } from "../../extension/cluster/live-objects.ts";

const deployment = (status: JsonObject, replicas = 2): JsonObject =>
  live("apps/v1", "Deployment", "web", { spec: { replicas }, status });
const whole = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

const cases: readonly (readonly [string, JsonObject, ManagedHealth])[] = [
  ["a Deployment that is there", deployment(whole), "healthy"],
  ["a Deployment that rolls out", deployment({ ...whole, updatedReplicas: 1 }), "progressing"],
  [
    "a Deployment that nobody looked at",
    deployment({ ...whole, observedGeneration: 0 }),
    "progressing",
  ],
  [
    "a Deployment that gave up",
    deployment({
      ...whole,
      availableReplicas: 0,
      conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out")],
    }),
    "failed",
  ],
  ["a ConfigMap", live("v1", "ConfigMap", "c", {}), "healthy"],
  [
    "a failed Job",
    live("batch/v1", "Job", "j", {
      status: { conditions: [condition("Failed", "True", "BackoffLimitExceeded")] },
    }),
    "failed",
  ],
  ["a running Job", live("batch/v1", "Job", "j", { status: { active: 1 } }), "progressing"],
  [
    "a claim that is not bound",
    live("v1", "PersistentVolumeClaim", "p", { status: { phase: "Pending" } }),
    "progressing",
  ],
  [
    "a load balancer without an address",
    live("v1", "Service", "s", { spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } }),
    "progressing",
  ],
  ["an ordinary Service", live("v1", "Service", "s", { spec: { type: "ClusterIP" } }), "healthy"],
  [
    "any kind with a failing Ready",
    live("example.com/v1", "Thing", "t", {
      status: { conditions: [condition("Ready", "False", "Broken", "no")] },
    }),
    "failed",
  ],
  [
    "an object that is being deleted",
    live("v1", "ConfigMap", "c", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
    "terminating",
  ],
];

test.each(cases)("%s", (_, object, health) => {
  expect(managedStatus(object).health).toBe(health);
});
