/** Fields that the API server lets nobody change; what only looks like a change of them. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import type { JsonObject } from "#simulator";
import { immutableChanges } from "../../../../simulator/plan/risks/immutable-fields.ts";
import { treeOf, useRisks } from "./check-risks.ts";

function changes(
  apiVersion: string,
  kind: string,
  before: string,
  after: string,
): readonly string[] {
  const ref = { apiVersion, kind, namespace: "apps", name: "it" };
  return immutableChanges(
    ref,
    parse(`{ ${before} }`) as JsonObject,
    parse(`{ ${after} }`) as JsonObject,
  );
}

describe("is refused", () => {
  it.each([
    [
      "apps/v1",
      "Deployment",
      "spec: { selector: { matchLabels: { a: b } } }",
      "spec: { selector: { matchLabels: { a: c } } }",
      "spec.selector",
    ],
    [
      "apps/v1",
      "DaemonSet",
      "spec: { selector: { matchLabels: { a: b } } }",
      "spec: { selector: { matchLabels: { a: b, c: d } } }",
      "spec.selector",
    ],
    [
      "apps/v1",
      "StatefulSet",
      "spec: { serviceName: a }",
      "spec: { serviceName: b }",
      "spec.serviceName",
    ],
    [
      "apps/v1",
      "StatefulSet",
      "spec: { volumeClaimTemplates: [{ metadata: { name: d, labels: { v: '1' } } }] }",
      "spec: { volumeClaimTemplates: [{ metadata: { name: d, labels: { v: '2' } } }] }",
      "spec.volumeClaimTemplates",
    ],
    [
      "batch/v1",
      "Job",
      "spec: { template: { spec: { containers: [{ name: a, image: 'a:1' }] } } }",
      "spec: { template: { spec: { containers: [{ name: a, image: 'a:2' }] } } }",
      "spec.template",
    ],
    ["batch/v1", "Job", "spec: {}", "spec: { completions: 3 }", "spec.completions"],
    ["v1", "Service", "spec: {}", "spec: { clusterIP: None }", "spec.clusterIP"],
    [
      "v1",
      "Service",
      "spec: { type: LoadBalancer }",
      "spec: { type: LoadBalancer, loadBalancerClass: x }",
      "spec.loadBalancerClass",
    ],
    [
      "v1",
      "Service",
      "spec: { ipFamilies: [IPv4] }",
      "spec: { ipFamilies: [IPv6] }",
      "spec.ipFamilies",
    ],
    [
      "v1",
      "PersistentVolumeClaim",
      "spec: { accessModes: [ReadWriteOnce] }",
      "spec: { accessModes: [ReadWriteMany] }",
      "spec.accessModes",
    ],
    [
      "v1",
      "PersistentVolumeClaim",
      "spec: { resources: { requests: { storage: 2Gi } } }",
      "spec: { resources: { requests: { storage: 1024Mi } } }",
      "spec.resources.requests.storage",
    ],
    [
      "v1",
      "PersistentVolume",
      "spec: { nfs: { server: a } }",
      "spec: { nfs: { server: b } }",
      "spec.nfs",
    ],
    ["v1", "Secret", "type: Opaque", "type: kubernetes.io/tls", "type"],
    ["v1", "Secret", "data: {}", "type: kubernetes.io/tls", "type"],
    [
      "v1",
      "ConfigMap",
      "immutable: true, data: { a: '1' }",
      "immutable: true, data: { a: '2' }",
      "data",
    ],
    ["v1", "ConfigMap", "immutable: true", "data: {}", "immutable"],
    [
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      "roleRef: { name: a }",
      "roleRef: { name: b }",
      "roleRef",
    ],
    [
      "storage.k8s.io/v1",
      "StorageClass",
      "reclaimPolicy: Retain",
      "provisioner: x",
      "reclaimPolicy",
    ],
    ["storage.k8s.io/v1", "StorageClass", "parameters: { a: b }", "provisioner: x", "parameters"],
    ["scheduling.k8s.io/v1", "PriorityClass", "value: 1", "value: 2", "value"],
    [
      "networking.k8s.io/v1",
      "IngressClass",
      "spec: { controller: a }",
      "spec: { controller: b }",
      "spec.controller",
    ],
    [
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      "spec: { scope: Cluster }",
      "spec: { scope: Namespaced }",
      "spec.scope",
    ],
    [
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      "spec: { versions: [{ name: v1, storage: true }] }",
      "spec: { versions: [{ name: v2, storage: true }] }",
      "spec.versions",
    ],
  ])("%s %s: %s to %s", (apiVersion, kind, before, after, expected) => {
    expect(changes(apiVersion, kind, before, after)).toEqual([expected]);
  });
});

describe("is accepted", () => {
  it.each([
    ["apps/v1", "Deployment", "spec: { replicas: 1 }", "spec: { replicas: 2, template: {} }"],
    [
      "apps/v1",
      "StatefulSet",
      "spec: { serviceName: a }",
      "spec: { serviceName: a, podManagementPolicy: OrderedReady, replicas: 3, template: { a: b }, minReadySeconds: 3 }",
    ],
    ["apps/v1", "StatefulSet", "spec: { volumeClaimTemplates: [] }", "spec: {}"],
    [
      "batch/v1",
      "Job",
      "spec: { parallelism: 1 }",
      "spec: { parallelism: 2, suspend: true, completions: 1 }",
    ],
    [
      "batch/v1",
      "Job",
      "spec: { completionMode: Indexed, completions: 2, parallelism: 2 }",
      "spec: { completionMode: Indexed, completions: 4, parallelism: 4 }",
    ],
    ["v1", "Service", "spec: { clusterIP: None }", "spec: {}"],
    ["v1", "Service", "spec: { type: ExternalName }", "spec: { clusterIP: 10.0.0.1 }"],
    [
      "v1",
      "PersistentVolumeClaim",
      "spec: { resources: { requests: { storage: 1Gi } } }",
      "spec: { resources: { requests: { storage: 2Gi } }, volumeMode: Filesystem }",
    ],
    ["v1", "PersistentVolumeClaim", "spec: {}", "spec: { volumeName: disk }"],
    [
      "v1",
      "PersistentVolume",
      "spec: { capacity: { storage: 1Gi } }",
      "spec: { capacity: { storage: 2Gi }, persistentVolumeReclaimPolicy: Delete }",
    ],
    ["v1", "Secret", "data: {}", "type: Opaque"],
    ["v1", "ConfigMap", "data: { a: '1' }", "immutable: true, data: { a: '2' }"],
    [
      "storage.k8s.io/v1",
      "StorageClass",
      "provisioner: x",
      "provisioner: x, reclaimPolicy: Delete, volumeBindingMode: Immediate, allowVolumeExpansion: true",
    ],
    [
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      "spec: { versions: [{ name: v1, storage: true }] }",
      "spec: { versions: [{ name: v1 }, { name: v2, storage: true }] }",
    ],
    ["example.test/v1", "Service", "spec: { clusterIP: a }", "spec: { clusterIP: b }"],
  ])("%s %s: %s to %s", (apiVersion, kind, before, after) => {
    expect(changes(apiVersion, kind, before, after)).toEqual([]);
  });
});

describe("in a plan", () => {
  const { risks } = useRisks();
  const job = (image: string, annotations = "{}"): string => `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: apps, annotations: ${annotations} }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: "migrate:${image}" }] }
`;
  const before = treeOf({ "apps/it.yaml": job("1") });

  it("fails, is created anew where that is allowed, and is nothing when it stays the same", async () => {
    expect(await risks(before, { "apps/it.yaml": job("2") })).toEqual([
      "high immutable-field Job/migrate",
    ]);
    const force = "{ kustomize.toolkit.fluxcd.io/force: Enabled }";
    expect(await risks(before, { "apps/it.yaml": job("2", force) })).toEqual([
      "medium immutable-field Job/migrate",
    ]);
    expect(await risks(before, { "apps/it.yaml": job("1", "{ a: b }") })).toEqual([]);
  });

  it("is created anew where the ResourceSet says so, for all that it applies", async () => {
    const set = (image: string, force: string): string => `apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: jobs, namespace: apps, annotations: ${force} }
spec:
  resources:
    - ${JSON.stringify(parse(job(image)))}
`;
    const jobs = treeOf({ "apps/it.yaml": set("1", "{}") });
    expect(await risks(jobs, { "apps/it.yaml": set("2", "{}") })).toEqual([
      "high immutable-field Job/migrate",
    ]);
    const force = "{ fluxcd.controlplane.io/force: enabled }";
    expect(await risks(jobs, { "apps/it.yaml": set("2", force) })).toEqual([
      "medium immutable-field Job/migrate",
    ]);
  });
});
