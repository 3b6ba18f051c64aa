/** What takes data along when it is deleted, and what does not. */
import { describe, expect, it } from "vitest";

import { treeOf, useRisks } from "./check-risks.ts";

const { bench, risks, plan } = useRisks();

const claim = (metadata = "", size = "1Gi", storageClass = "fast"): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  namespace: apps
${metadata}spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ${storageClass}
  resources: { requests: { storage: ${size} } }
`;

const volume = (policy: string): string => `apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
${policy}  nfs: { server: nas, path: /disk }
`;

const set = (spec: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: apps }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: db:1 }] }
${spec}`;

const claims = `  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.test }
spec:
  group: example.test
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`;

describe("is a risk", () => {
  it.each([
    ["a claim", claim(), "high data-loss PersistentVolumeClaim/data"],
    [
      "a volume that is given up",
      volume("  persistentVolumeReclaimPolicy: Delete\n"),
      "high data-loss PersistentVolume/disk",
    ],
    ["a volume that is kept on the storage", volume(""), "medium data-loss PersistentVolume/disk"],
    [
      "a namespace",
      "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
      "high data-loss Namespace/shop",
    ],
    ["a definition", definition, "high data-loss CustomResourceDefinition/widgets.example.test"],
    ["a set whose claims stay", set(claims), "medium data-loss StatefulSet/db"],
    [
      "a set whose claims go",
      set(`${claims}  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }\n`),
      "high data-loss StatefulSet/db",
    ],
    ["a set without claims", set(""), "low data-loss StatefulSet/db"],
  ])("%s that is pruned", async (_, text, expected) => {
    const before = treeOf({ "apps/it.yaml": text });
    expect(await risks(before, { "apps/it.yaml": undefined })).toEqual([expected]);
  });

  it("a claim that is deleted with its Kustomization", async () => {
    const before = treeOf({ "apps/it.yaml": claim() });
    const found = await plan(before, { "cluster/apps.yaml": undefined });
    expect(found.risks).toMatchObject([
      {
        code: "risk/data-loss",
        severity: "high",
        applier: "cluster|Kustomization/flux-system/apps",
        docs: "docs/risks/README.md#riskdata-loss",
        suppressible: true,
      },
    ]);
  });

  it("a claim that is created anew because another class needs it", async () => {
    const before = treeOf({ "apps/it.yaml": claim() }, { apps: "  force: true" });
    expect(await risks(before, { "apps/it.yaml": claim("", "1Gi", "slow") })).toEqual([
      "high data-loss PersistentVolumeClaim/data",
      "medium immutable-field PersistentVolumeClaim/data",
    ]);
  });
});

describe("is no risk", () => {
  const keep = "  annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }\n";

  it.each([
    ["what is kept by its annotation", claim(keep)],
    [
      "what holds no data",
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: apps }\n",
    ],
  ])("%s", async (_, text) => {
    const before = treeOf({ "apps/it.yaml": text });
    expect(await risks(before, { "apps/it.yaml": undefined })).toEqual([]);
  });

  it("what stays because nothing is pruned", async () => {
    const before = treeOf({ "apps/it.yaml": claim() }, { apps: "  prune: false" });
    expect(await risks(before, { "apps/it.yaml": undefined })).toEqual([]);
  });

  it("what is new, and what grows", async () => {
    const before = treeOf({});
    expect(await risks(before, { "apps/it.yaml": claim() })).toEqual([]);
    expect(
      await risks(treeOf({ "apps/it.yaml": claim() }), { "apps/it.yaml": claim("", "2Gi") }),
    ).toEqual([]);
  });

  it("what can't be compared, because its Kustomization fails", async () => {
    const before = treeOf({ "apps/it.yaml": claim() });
    const broken = { "apps/kustomization.yaml": "resources: [absent.yaml]\n" };
    expect(await risks(before, broken)).toEqual([]);
  });

  it("without a state to compare with there is no list of risks", async () => {
    const after = await bench.simulate(treeOf({ "apps/it.yaml": claim() }));
    expect(await bench.simulator.plan(undefined, after)).not.toHaveProperty("risks");
  });
});
