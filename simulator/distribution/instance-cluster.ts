/**
 * Arguments and resources that `spec.cluster` of a FluxInstance gives the controllers: the table of sizes of its documentation,
 * and the flags of Flux's guides on vertical scaling, multi-tenancy and workload identity.
 */
import { flagAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import type { Container } from "./deployment.ts";

interface Size {
  readonly concurrency: number;
  readonly sourceConcurrency: number;
  readonly cpu: string;
  readonly memory: string;
  readonly requeue: string;
}

/** `fluxinstance.md`, section "Cluster size". Source-controller's concurrency is said to be "between 2 and 10". */
const sizes: Readonly<Record<string, Size>> = {
  small: { concurrency: 5, sourceConcurrency: 2, cpu: "1000m", memory: "512Mi", requeue: "10s" },
  medium: { concurrency: 10, sourceConcurrency: 5, cpu: "2000m", memory: "1Gi", requeue: "5s" },
  large: { concurrency: 20, sourceConcurrency: 10, cpu: "3000m", memory: "3Gi", requeue: "5s" },
};

const appliers = ["kustomize-controller", "helm-controller"];

/** A container of the size; without a size it stays as it is. */
export function sized(container: Container, name: string, size: string | undefined): Container {
  const found = size !== undefined && Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  if (found === undefined) {
    return container;
  }
  if (name === "source-controller") {
    return {
      ...container,
      args: [
        ...container.args,
        `--concurrent=${found.sourceConcurrency}`,
        "--helm-cache-max-size=10",
        "--helm-cache-ttl=60m",
        "--helm-cache-purge-interval=5m",
      ],
    };
  }
  if (!appliers.includes(name)) {
    return container;
  }
  const resources = objectAt(container.rest, "resources");
  const limits = { ...objectAt(resources, "limits"), cpu: found.cpu, memory: found.memory };
  return {
    ...container,
    args: [
      ...container.args,
      `--concurrent=${found.concurrency}`,
      `--requeue-dependency=${found.requeue}`,
    ],
    rest: { ...container.rest, resources: { ...resources, limits } },
  };
}

const everyone = [
  "source-controller",
  "kustomize-controller",
  "helm-controller",
  "notification-controller",
  "image-reflector-controller",
  "image-automation-controller",
];

/** Flags of the lockdown for tenants and of workload identity. */
export function tenantArguments(name: string, cluster: JsonObject): readonly string[] {
  const account = textAt(cluster, "tenantDefaultServiceAccount") ?? "default";
  const lockdown = flagAt(cluster, "multitenant");
  const identity = flagAt(cluster, "multitenantWorkloadIdentity");
  const isApplier = appliers.includes(name);
  const given: (readonly [boolean, string])[] = [
    [lockdown && name !== "source-controller", "--no-cross-namespace-refs=true"],
    [lockdown && isApplier, `--default-service-account=${account}`],
    [lockdown && name === "kustomize-controller", "--no-remote-bases=true"],
    [
      flagAt(cluster, "objectLevelWorkloadIdentity") && everyone.includes(name),
      "--feature-gates=ObjectLevelWorkloadIdentity=true",
    ],
    [identity && everyone.includes(name) && !isApplier, `--default-service-account=${account}`],
    [
      identity && name === "kustomize-controller",
      `--default-decryption-service-account=${textAt(cluster, "tenantDefaultDecryptionServiceAccount") ?? "default"}`,
    ],
    [
      identity && isApplier,
      `--default-kubeconfig-service-account=${textAt(cluster, "tenantDefaultKubeConfigServiceAccount") ?? "default"}`,
    ],
  ];
  return given.flatMap(([applies, argument]) => (applies ? [argument] : []));
}
