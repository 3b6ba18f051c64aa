/**
 * The table of immutable fields against the API server itself: what the table refuses the server refuses, and what the table lets pass it
 * lets pass. Each case is an object that exists, and another text of it that is applied as a dry run with the controller's force.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { JsonObject } from "#simulator";
import { immutableChanges } from "../../simulator/plan/risks/immutable-fields.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { KubeObject } from "./harness/kube-api.ts";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ controllers: [], healthy: false });
});

afterAll(async () => {
  await cluster?.stop();
});

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of its collection. */
  readonly path: string;
  readonly namespaced?: true;
}

const pod =
  "template: { metadata: { labels: { a: b } }, spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } }";
const running = pod.replace("restartPolicy: Never, ", "");
const selected = "selector: { matchLabels: { a: b } }";
const claim = "accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }";
const volume = "capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce]";
const schema = "schema: { openAPIV3Schema: { type: object } }";
const definition = (scope: string, versions: string): string =>
  `spec: { group: example.test, scope: ${scope}, names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }, versions: [${versions}] }`;
const one = `{ name: v1, served: true, storage: true, ${schema} }`;

const apps = (kind: string, plural: string): Kind => ({
  apiVersion: "apps/v1",
  kind,
  path: `/apis/apps/v1/namespaces/default/${plural}`,
  namespaced: true,
});
const core = (kind: string, plural: string): Kind => ({
  apiVersion: "v1",
  kind,
  path: `/api/v1/namespaces/default/${plural}`,
  namespaced: true,
});
const deployment = apps("Deployment", "deployments");
const set = apps("StatefulSet", "statefulsets");
const job: Kind = {
  apiVersion: "batch/v1",
  kind: "Job",
  path: "/apis/batch/v1/namespaces/default/jobs",
  namespaced: true,
};
const service = core("Service", "services");
const storageClaim = core("PersistentVolumeClaim", "persistentvolumeclaims");
const secret = core("Secret", "secrets");
const configMap = core("ConfigMap", "configmaps");
const disk: Kind = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  path: "/api/v1/persistentvolumes",
};
const wide = (group: string, kind: string, plural: string): Kind => ({
  apiVersion: `${group}/v1`,
  kind,
  path: `/apis/${group}/v1/${plural}`,
});
const storageClass = wide("storage.k8s.io", "StorageClass", "storageclasses");
const driver = wide("storage.k8s.io", "CSIDriver", "csidrivers");
const crd = wide("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions");
const binding: Kind = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  path: "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
  namespaced: true,
};
const roleRef = (name: string): string =>
  `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }`;

type Case = readonly [kind: Kind, before: string, after: string];

const refused: readonly Case[] = [
  [
    deployment,
    `spec: { ${selected}, ${running} }`,
    `spec: { selector: { matchLabels: { c: d } }, ${running.replace("a: b", "c: d")} }`,
  ],
  [
    apps("DaemonSet", "daemonsets"),
    `spec: { ${selected}, ${running} }`,
    `spec: { selector: { matchLabels: { c: d } }, ${running.replace("a: b", "c: d")} }`,
  ],
  [
    set,
    `spec: { serviceName: a, ${selected}, ${running} }`,
    `spec: { serviceName: b, ${selected}, ${running} }`,
  ],
  [
    set,
    `spec: { serviceName: a, ${selected}, ${running}, volumeClaimTemplates: [{ metadata: { name: d }, spec: { ${claim} } }] }`,
    `spec: { serviceName: a, ${selected}, ${running}, volumeClaimTemplates: [{ metadata: { name: d }, spec: { ${claim.replace("1Gi", "2Gi")} } }] }`,
  ],
  [
    set,
    `spec: { serviceName: a, ${selected}, ${running} }`,
    `spec: { serviceName: a, podManagementPolicy: Parallel, ${selected}, ${running} }`,
  ],
  [job, `spec: { ${pod} }`, `spec: { ${pod.replace("a:1", "a:2")} }`],
  [job, `spec: { ${pod} }`, `spec: { completions: 3, ${pod} }`],
  [service, "spec: { ports: [{ port: 80 }] }", "spec: { clusterIP: None, ports: [{ port: 80 }] }"],
  [
    service,
    "spec: { type: LoadBalancer, ports: [{ port: 80 }] }",
    "spec: { type: LoadBalancer, loadBalancerClass: example.test/x, ports: [{ port: 80 }] }",
  ],
  [
    storageClaim,
    `spec: { ${claim} }`,
    `spec: { ${claim.replace("ReadWriteOnce", "ReadWriteMany")} }`,
  ],
  [
    storageClaim,
    `spec: { storageClassName: a, ${claim} }`,
    `spec: { storageClassName: b, ${claim} }`,
  ],
  [
    disk,
    `spec: { ${volume}, nfs: { server: a, path: /a } }`,
    `spec: { ${volume}, nfs: { server: b, path: /a } }`,
  ],
  [
    disk,
    `spec: { ${volume}, nfs: { server: a, path: /a } }`,
    `spec: { ${volume}, volumeMode: Block, nfs: { server: a, path: /a } }`,
  ],
  [secret, "stringData: { a: b }", "type: example.test/other"],
  [configMap, "immutable: true, data: { a: '1' }", "immutable: true, data: { a: '2' }"],
  [configMap, "immutable: true, data: { a: '1' }", "data: { a: '1' }"],
  [binding, roleRef("a"), roleRef("b")],
  [storageClass, "provisioner: a.test, reclaimPolicy: Retain", "provisioner: a.test"],
  [
    storageClass,
    "provisioner: a.test, parameters: { a: b }",
    "provisioner: a.test, parameters: { a: c }",
  ],
  [storageClass, "provisioner: a.test", "provisioner: b.test"],
  [driver, "spec: { attachRequired: true }", "spec: { attachRequired: false }"],
  [wide("scheduling.k8s.io", "PriorityClass", "priorityclasses"), "value: 1", "value: 2"],
  [
    wide("scheduling.k8s.io", "PriorityClass", "priorityclasses"),
    "value: 1",
    "value: 1, preemptionPolicy: Never",
  ],
  [wide("node.k8s.io", "RuntimeClass", "runtimeclasses"), "handler: a", "handler: b"],
  [
    wide("networking.k8s.io", "IngressClass", "ingressclasses"),
    "spec: { controller: example.test/a }",
    "spec: { controller: example.test/b }",
  ],
];

const accepted: readonly Case[] = [
  [
    deployment,
    `spec: { ${selected}, ${running} }`,
    `spec: { replicas: 3, ${selected}, ${running.replace("a:1", "a:2")} }`,
  ],
  [
    set,
    `spec: { serviceName: a, ${selected}, ${running} }`,
    `spec: { serviceName: a, replicas: 2, minReadySeconds: 3, podManagementPolicy: OrderedReady, persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }, ${selected}, ${running.replace("a:1", "a:2")} }`,
  ],
  [
    set,
    `spec: { serviceName: a, ${selected}, ${running} }`,
    `spec: { serviceName: a, volumeClaimTemplates: [], ${selected}, ${running} }`,
  ],
  [
    job,
    `spec: { ${pod} }`,
    `spec: { parallelism: 2, completions: 1, completionMode: NonIndexed, ${pod} }`,
  ],
  [
    job,
    `spec: { completionMode: Indexed, completions: 2, parallelism: 2, ${pod} }`,
    `spec: { completionMode: Indexed, completions: 4, parallelism: 4, ${pod} }`,
  ],
  [service, "spec: { clusterIP: None, ports: [{ port: 80 }] }", "spec: { ports: [{ port: 80 }] }"],
  [
    service,
    "spec: { type: ExternalName, externalName: a.test }",
    "spec: { ports: [{ port: 80 }] }",
  ],
  [storageClaim, `spec: { ${claim} }`, `spec: { volumeMode: Filesystem, ${claim} }`],
  [storageClaim, `spec: { ${claim} }`, `spec: { volumeName: disk, ${claim} }`],
  [
    disk,
    `spec: { ${volume}, nfs: { server: a, path: /a } }`,
    `spec: { ${volume.replace("1Gi", "2Gi").replace("Once", "Many")}, persistentVolumeReclaimPolicy: Delete, storageClassName: x, nfs: { server: a, path: /a } }`,
  ],
  [secret, "stringData: { a: b }", "type: Opaque, stringData: { a: c }"],
  [configMap, "data: { a: '1' }", "immutable: true, data: { a: '2' }"],
  [
    binding,
    roleRef("a"),
    `${roleRef("a")}, subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: eve }]`,
  ],
  [
    storageClass,
    "provisioner: a.test",
    "provisioner: a.test, reclaimPolicy: Delete, volumeBindingMode: Immediate, allowVolumeExpansion: true",
  ],
  [
    driver,
    "spec: { attachRequired: true, podInfoOnMount: false }",
    "spec: { volumeLifecycleModes: [Persistent], podInfoOnMount: true }",
  ],
  [
    wide("scheduling.k8s.io", "PriorityClass", "priorityclasses"),
    "value: 1",
    "value: 1, description: more",
  ],
];

let made = 0;

/** What the API server says to the change of an object that exists. */
async function serverRefuses(
  kind: Kind,
  before: string,
  after: string,
  name: string,
): Promise<boolean> {
  const head = `apiVersion: ${kind.apiVersion}, kind: ${kind.kind}, metadata: { name: ${name}${kind.namespaced ? ", namespace: default" : ""} }`;
  const path = `${kind.path}/${name}?fieldManager=test&force=true`;
  const apply = (text: string, query: string) =>
    cluster.api.request(
      "PATCH",
      path + query,
      parse(`{ ${head}, ${text} }`) as KubeObject,
      "application/apply-patch+yaml",
    );
  const created = await apply(before, "");
  expect(created.status, created.body).toBe(201);
  const answer = await apply(after, "&dryRun=All");
  expect([200, 422], answer.body).toContain(answer.status);
  return answer.status === 422;
}

function tableRefuses({ apiVersion, kind }: Kind, before: string, after: string): boolean {
  const ref = { apiVersion, kind, namespace: "default", name: "it" };
  const [old, now] = [before, after].map((text) => parse(`{ ${text} }`) as JsonObject);
  return immutableChanges(ref, old ?? {}, now ?? {}).length > 0;
}

describe.each([
  ["refuses", true, refused],
  ["accepts", false, accepted],
] as const)("the server %s", (_, expected, cases) => {
  test.each(cases.map(([kind, before, after]) => [kind.kind, before, after, kind] as const))(
    "%s: %s to %s",
    async (_kind, before, after, kind) => {
      expect(await serverRefuses(kind, before, after, `it-${++made}`)).toBe(expected);
      expect(tableRefuses(kind, before, after)).toBe(expected);
    },
  );
});

/** True of a definition whose scope and stored versions the server keeps from now on. */
function isEstablished({ status }: KubeObject): boolean {
  const { conditions, storedVersions } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly storedVersions?: readonly string[];
  };
  const established = conditions?.find(({ type }) => type === "Established");
  return established?.status === "True" && storedVersions?.includes("v1") === true;
}

test("the server keeps what a definition can't change, once it is established", async () => {
  const name = "widgets.example.test";
  const apply = (text: string, query: string) =>
    cluster.api.request(
      "PATCH",
      `${crd.path}/${name}?fieldManager=test&force=true${query}`,
      parse(
        `{ apiVersion: ${crd.apiVersion}, kind: ${crd.kind}, metadata: { name: ${name} }, ${text} }`,
      ) as KubeObject,
      "application/apply-patch+yaml",
    );
  const before = definition("Cluster", one);
  expect((await apply(before, "")).status).toBe(201);
  await cluster.api.waitFor({ apiVersion: crd.apiVersion, kind: crd.kind, name }, isEstablished);
  for (const [after, expected] of [
    [definition("Namespaced", one), true],
    [definition("Cluster", one.replace("v1", "v2")), true],
    [
      definition(
        "Cluster",
        `${one.replace("storage: true", "storage: false")}, ${one.replace("v1", "v2")}`,
      ),
      false,
    ],
  ] as const) {
    const answer = await apply(after, "&dryRun=All");
    expect([answer.status === 422, tableRefuses(crd, before, after)], answer.body).toEqual([
      expected,
      expected,
    ]);
  }
});
