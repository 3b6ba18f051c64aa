/**
 * A ResourceSet. flux-operator is not part of the test cluster, so its part is played: what its public documentation says that it applies is
 * written down here by hand and applied under its name.
 */
import type { Cluster } from "../harness/cluster.ts";
import type { KubeObject } from "../harness/kube-api.ts";
import { yaml } from "../recorder/scenario.ts";
import type { ChangeScenario } from "./change-scenario.ts";
import { settings } from "./change-scenario.ts";

const name = "fan-out";
const group = "fluxcd.controlplane.io";

export const resourceSetDefinition = yaml({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `resourcesets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: {
      plural: "resourcesets",
      singular: "resourceset",
      kind: "ResourceSet",
      listKind: "ResourceSetList",
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      },
    ],
  },
});

function resourceSet(tenants: readonly string[], color: string): string {
  return yaml({
    apiVersion: `${group}/v1`,
    kind: "ResourceSet",
    metadata: { name: "tenants", namespace: name },
    spec: {
      inputs: tenants.map((tenant) => ({ tenant })),
      resources: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "tenant-<< inputs.tenant >>", namespace: name },
          data: { tenant: "<< inputs.tenant >>", color },
        },
      ],
    },
  });
}

const labels = {
  "resourceset.fluxcd.controlplane.io/name": "tenants",
  "resourceset.fluxcd.controlplane.io/namespace": name,
};
const tenant = (one: string, color: string): KubeObject =>
  settings(name, `tenant-${one}`, { tenant: one, color }, { labels }) as KubeObject;

/** Applies, deletes and writes the inventory as flux-operator would. */
async function play(
  { api }: Cluster,
  objects: readonly KubeObject[],
  gone: readonly string[],
): Promise<void> {
  for (const object of objects) await api.apply(object, "flux-operator");
  for (const one of gone)
    await api.request(
      "DELETE",
      `/api/v1/namespaces/${name}/configmaps/${one}?fieldManager=flux-operator`,
    );
  const ref = { apiVersion: `${group}/v1`, kind: "ResourceSet", namespace: name, name: "tenants" };
  const { metadata } = (await api.get(ref)) ?? { metadata: { generation: 1 } };
  const ready = {
    type: "Ready",
    status: "True",
    reason: "ReconciliationSucceeded",
    message: "done",
    observedGeneration: metadata.generation,
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const entries = objects.map((object) => ({
    id: `${name}_${object.metadata.name}__ConfigMap`,
    v: "v1",
  }));
  await api.patch(ref, { status: { conditions: [ready], inventory: { entries } } }, "status");
}

export const resourceSetScenario: ChangeScenario = {
  name,
  about:
    "A ResourceSet gets one input more and one less, and another template (flux-operator is played)",
  before: { "flux/set.yaml": resourceSet(["a", "b"], "red") },
  change: { "flux/set.yaml": resourceSet(["b", "c"], "blue") },
  play: {
    before: (cluster) => play(cluster, [tenant("a", "red"), tenant("b", "red")], []),
    after: (cluster) => play(cluster, [tenant("b", "blue"), tenant("c", "blue")], ["tenant-a"]),
  },
};
