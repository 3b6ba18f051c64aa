// The eleven states and the flags, on conditions as the controllers of Flux 2.6 to 2.9 write them.
import { describe, expect, test } from "vitest";

import type { JsonObject, LiveState } from "#simulator";
import { liveStatus } from "#simulator";

import {
  condition,
  failed,
  gitRepository,
  helmRelease,
  kustomization,
  live,
  ready,
} from "../../extension/cluster/live-objects.ts";

const now = Date.parse("2026-02-01T00:00:00Z");
const source = "source.toolkit.fluxcd.io/v1";
const operator = "fluxcd.controlplane.io/v1";

const progressing = (message: string): JsonObject => ({
  observedGeneration: 1,
  conditions: [
    condition("Reconciling", "True", "Progressing", message),
    condition("Ready", "Unknown", "Progressing", "Reconciliation in progress"),
  ],
});

const history = (lastReconciledStatus: string): JsonObject => ({
  history: [{ lastReconciledStatus, lastReconciled: "2026-01-31T23:59:00Z" }],
});

const cases: readonly (readonly [string, JsonObject, LiveState])[] = [
  ["applied", kustomization("a", { status: ready() }), "ready"],
  [
    "being deleted",
    kustomization("a", {
      status: ready(),
      metadata: { deletionTimestamp: "2026-01-31T00:00:00Z" },
    }),
    "terminating",
  ],
  [
    "suspended by its field",
    kustomization("a", { spec: { suspend: true }, status: ready() }),
    "suspended",
  ],
  [
    "a generator suspended by its annotation",
    live("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", "a", {
      metadata: { annotations: { "source.extensions.fluxcd.io/reconcile": "Disabled" } },
      status: ready(),
    }),
    "suspended",
  ],
  [
    "a generator whose field says suspended, which its controller does not read",
    live("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", "a", {
      spec: { suspend: true },
      status: ready(),
    }),
    "ready",
  ],
  [
    "a ResourceSet suspended by its annotation",
    live(operator, "ResourceSet", "a", {
      metadata: { annotations: { "fluxcd.controlplane.io/reconcile": "disabled" } },
      status: ready(),
    }),
    "suspended",
  ],
  [
    "an OCI Helm repository, which no controller looks at",
    live(source, "HelmRepository", "a", { spec: { type: "oci" } }),
    "static",
  ],
  [
    "an alert, which has no status",
    live("notification.toolkit.fluxcd.io/v1beta3", "Alert", "a", {}),
    "static",
  ],
  [
    "a release that gave up",
    helmRelease("a", {
      status: {
        observedGeneration: 1,
        conditions: [
          condition("Stalled", "True", "RetriesExceeded", "Failed to install after 1 attempt(s)"),
          condition("Ready", "False", "InstallFailed", "timeout waiting"),
          condition("Released", "False", "InstallFailed", "timeout waiting"),
        ],
      },
    }),
    "stalled",
  ],
  [
    "waiting for a dependency",
    kustomization("a", {
      status: failed("DependencyNotReady", "dependency 'flux-system/infra' is not ready"),
    }),
    "waiting",
  ],
  [
    "failing and retrying",
    kustomization("a", { status: failed("BuildFailed", "kustomize build failed") }),
    "failed",
  ],
  [
    "a failing source",
    gitRepository("a", { status: failed("GitOperationFailed", "auth") }),
    "failed",
  ],
  [
    "running after a failure that history remembers",
    kustomization("a", {
      status: { ...progressing("Building manifests"), ...history("HealthCheckFailed") },
    }),
    "retrying",
  ],
  [
    "running after a success that history remembers",
    kustomization("a", {
      status: {
        ...progressing("Building manifests"),
        ...history("ReconciliationSucceeded"),
        lastAttemptedRevision: "main@sha1:2",
        lastAppliedRevision: "main@sha1:1",
      },
    }),
    "reconciling",
  ],
  [
    "a release that runs after failures",
    helmRelease("a", { status: { ...progressing("Running 'upgrade' action"), failures: 2 } }),
    "retrying",
  ],
  [
    "running for the first time",
    kustomization("a", { status: progressing("Fetching") }),
    "reconciling",
  ],
  [
    "health checks given up for something newer",
    kustomization("a", {
      status: {
        conditions: [
          condition("Ready", "False", "HealthCheckCanceled", "New reconciliation triggered"),
        ],
      },
    }),
    "reconciling",
  ],
  [
    "ready, but the spec is newer",
    kustomization("a", { status: ready("Applied", 1), metadata: { generation: 2 } }),
    "reconciling",
  ],
  [
    "a release whose condition carries no generation",
    helmRelease("a", {
      status: {
        observedGeneration: 3,
        conditions: [condition("Ready", "True", "UpgradeSucceeded", "", 0)],
      },
      metadata: { generation: 3 },
    }),
    "ready",
  ],
  [
    "an artifact without an observed generation",
    live(source, "ExternalArtifact", "a", {
      status: { conditions: [condition("Ready", "True", "Succeeded")] },
    }),
    "ready",
  ],
  [
    "just created",
    kustomization("a", { metadata: { creationTimestamp: "2026-01-31T23:59:30Z" } }),
    "new",
  ],
  ["nobody looks after it", kustomization("a"), "unknown"],
  [
    "good conditions that are False",
    helmRelease("a", {
      status: {
        observedGeneration: 1,
        conditions: [
          condition("Drifted", "False", "NoDriftDetected"),
          condition("Ready", "True", "InstallSucceeded"),
        ],
      },
    }),
    "ready",
  ],
];

describe("states", () => {
  test.each(cases)("%s", (_, object, state) => {
    expect(liveStatus(object, { now }).state).toBe(state);
  });
});

describe("what was before counts while a pass runs", () => {
  const running = kustomization("a", { status: progressing("Building manifests") });

  test.each([
    ["failed", "retrying"],
    ["stalled", "retrying"],
    ["retrying", "retrying"],
    ["ready", "reconciling"],
    ["reconciling", "reconciling"],
  ] as const)("%s before: %s", (previous, state) => {
    expect(liveStatus(running, { now, previous }).state).toBe(state);
  });
});

describe("flags", () => {
  test("a suspended object still tells what it was", () => {
    const object = kustomization("a", {
      spec: { suspend: true },
      status: failed("BuildFailed", "no such file"),
    });
    expect(liveStatus(object, { now })).toMatchObject({
      state: "suspended",
      last: "failed",
      reason: "BuildFailed",
    });
  });

  test("drift is a flag and no state", () => {
    const object = helmRelease("a", {
      status: {
        observedGeneration: 1,
        conditions: [
          condition("Drifted", "True", "DriftDetected"),
          condition("Ready", "True", "UpgradeSucceeded"),
        ],
      },
    });
    expect(liveStatus(object, { now })).toMatchObject({ state: "ready", drifted: true });
  });

  test("a waiting object names who it waits for", () => {
    const message = "dependency 'flux-system/infra' is not ready";
    const object = kustomization("a", { status: failed("DependencyNotReady", message) });
    expect(liveStatus(object, { now }).blocker).toBe("flux-system/infra");
  });

  test("a source that fails makes its reader wait", () => {
    const object = helmRelease("a", { status: failed("SourceNotReady", "HelmChart is not ready") });
    expect(liveStatus(object, { now, sourceFailing: true }).state).toBe("waiting");
    expect(liveStatus(object, { now, sourceFailing: false }).state).toBe("failed");
  });

  test("silence for more than two intervals is stale", () => {
    const object = (at: string) =>
      kustomization("a", {
        status: {
          ...ready(),
          history: [{ lastReconciledStatus: "ReconciliationSucceeded", lastReconciled: at }],
        },
      });
    expect(liveStatus(object("2026-01-31T23:30:00Z"), { now }).stale).toBe(true);
    expect(liveStatus(object("2026-01-31T23:50:00Z"), { now }).stale).toBe(false);
  });
});

test("what a controller never writes does no harm", () => {
  const odd = kustomization("a", {
    status: { conditions: ["no", { type: "Ready" }, { type: "Ready", status: "Maybe" }, null] },
  });
  expect(liveStatus(odd, { now }).state).toBe("unknown");
});
