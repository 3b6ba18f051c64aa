/** Live objects for tests, with the conditions that the real controllers write. */
import type { JsonObject } from "#simulator";

export interface ObjectParts {
  readonly namespace?: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly metadata?: JsonObject;
}

export function kustomization(name: string, parts: ObjectParts = {}): JsonObject {
  return live("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, parts);
}

export function helmRelease(name: string, parts: ObjectParts = {}): JsonObject {
  return live("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, parts);
}

export function gitRepository(name: string, parts: ObjectParts = {}): JsonObject {
  return live("source.toolkit.fluxcd.io/v1", "GitRepository", name, parts);
}

export function live(
  apiVersion: string,
  kind: string,
  name: string,
  { namespace = "flux-system", spec = {}, status, metadata = {} }: ObjectParts,
): JsonObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      generation: 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...metadata,
    },
    spec: { interval: "10m", ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

/** `Ready=True` of this generation. */
export function ready(message = "Applied revision: main@sha1:1234", generation = 1): JsonObject {
  return {
    observedGeneration: generation,
    conditions: [condition("Ready", "True", "ReconciliationSucceeded", message, generation)],
  };
}

/** What a failing pass leaves behind: Reconciling stays, the observed generation does not move. */
export function failed(reason: string, message: string): JsonObject {
  return {
    conditions: [
      condition("Reconciling", "True", "ProgressingWithRetry", message),
      condition("Ready", "False", reason, message),
    ],
  };
}

export function condition(
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string,
  message = "",
  observedGeneration = 1,
): JsonObject {
  return {
    type,
    status,
    reason,
    message,
    observedGeneration,
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
}
