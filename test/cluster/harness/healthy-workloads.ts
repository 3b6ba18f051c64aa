/**
 * Reports every workload as healthy, as a kubelet and the operators would: without them `wait`, health checks and hooks
 * never end. A test that wants a failing workload names it in `isBroken`.
 */
import type { KubeApi, KubeObject } from "./kube-api.ts";
import { pause } from "./process.ts";

export interface HealthyWorkloads {
  stop(): Promise<void>;
}

type StatusOf = (object: KubeObject) => object;

const now = "2026-01-01T00:00:00Z";

const kinds: readonly (readonly [apiVersion: string, kind: string, statusOf: StatusOf])[] = [
  ["apps/v1", "Deployment", deployment],
  ["apps/v1", "StatefulSet", statefulSet],
  ["apps/v1", "DaemonSet", daemonSet],
  ["batch/v1", "Job", job],
  ["policy/v1", "PodDisruptionBudget", disruptionBudget],
  ["v1", "PersistentVolumeClaim", claim],
  ["v1", "Pod", pod],
];

export function keepWorkloadsHealthy(
  api: KubeApi,
  isBroken: (object: KubeObject) => boolean = () => false,
): HealthyWorkloads {
  const done = new Set<string>();
  const over = new AbortController();
  const round = async (): Promise<void> => {
    for (const [apiVersion, kind, statusOf] of kinds) {
      for (const object of await api.list(apiVersion, kind)) {
        const { uid, generation, namespace, name } = object.metadata;
        const key = `${String(uid)} ${String(generation)}`;
        if (done.has(key) || isBroken(object)) continue;
        const status = { observedGeneration: generation, ...statusOf(object) };
        const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
        await api.patch(ref, { status }, "status");
        done.add(key);
      }
    }
  };
  const running = (async () => {
    while (!over.signal.aborted) {
      // The API server may be down on purpose, or an object gone since it was listed: the next round sees.
      await round().catch(() => {});
      await pause(200);
    }
  })();
  return {
    async stop() {
      over.abort();
      await running;
    },
  };
}

function replicas(object: KubeObject): number {
  return (object.spec?.["replicas"] as number | undefined) ?? 1;
}

function isTrue(type: string, reason = "Test"): object {
  return {
    type,
    status: "True",
    reason,
    message: "",
    lastTransitionTime: now,
    lastUpdateTime: now,
  };
}

function deployment(object: KubeObject): object {
  const n = replicas(object);
  return {
    replicas: n,
    updatedReplicas: n,
    readyReplicas: n,
    availableReplicas: n,
    conditions: [isTrue("Available"), isTrue("Progressing", "NewReplicaSetAvailable")],
  };
}

function statefulSet(object: KubeObject): object {
  const n = replicas(object);
  return {
    replicas: n,
    updatedReplicas: n,
    readyReplicas: n,
    availableReplicas: n,
    currentReplicas: n,
    currentRevision: "one",
    updateRevision: "one",
  };
}

function daemonSet(): object {
  return {
    currentNumberScheduled: 1,
    desiredNumberScheduled: 1,
    numberReady: 1,
    numberAvailable: 1,
    updatedNumberScheduled: 1,
    numberMisscheduled: 0,
  };
}

function job(): object {
  const isSo = (type: string): object => ({
    type,
    status: "True",
    lastTransitionTime: now,
    lastProbeTime: now,
  });
  return {
    observedGeneration: undefined,
    succeeded: 1,
    startTime: now,
    completionTime: now,
    conditions: [isSo("SuccessCriteriaMet"), isSo("Complete")],
  };
}

function disruptionBudget(): object {
  return { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 };
}

function claim(object: KubeObject): object {
  const { accessModes, resources } = object.spec as {
    readonly accessModes?: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  return {
    observedGeneration: undefined,
    phase: "Bound",
    accessModes,
    capacity: { storage: resources.requests.storage },
  };
}

/** A Pod without an owner is a hook or a test. */
function pod(): object {
  return {
    observedGeneration: undefined,
    phase: "Succeeded",
    conditions: [{ type: "Initialized", status: "True", lastTransitionTime: now }],
  };
}
