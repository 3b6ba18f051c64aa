/** The test cluster itself: what tests of the live side rely on. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { manage, startWatchdog } from "./harness/process.ts";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ controllers: [], crds: ["kustomize-controller"] });
});

afterAll(async () => {
  await cluster?.stop();
});

const path = "/api/v1/namespaces/flux-system/configmaps";

test("the restricted user has the rights that a test gives, and no others", async () => {
  expect((await cluster.devApi.request("GET", path)).status).toBe(403);
  await cluster.api.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: devs, namespace: flux-system}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: devs, namespace: flux-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: devs}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`);
  const isAllowed = async (): Promise<boolean> =>
    (await cluster.devApi.request("GET", path)).status === 200;
  await expect.poll(isAllowed, { timeout: 600_000 }).toBe(true);
  expect((await cluster.devApi.request("GET", "/api/v1/configmaps")).status).toBe(403);
});

test("an API server that was killed comes back on its port, with its objects", async () => {
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "flux-system", name: "kept" };
  const { apiVersion, kind, namespace, name } = ref;
  await cluster.api.apply({ apiVersion, kind, metadata: { namespace, name }, data: { k: "v" } });
  const server = cluster.process("kube-apiserver");
  await server.kill();
  expect(server.isRunning).toBe(false);
  // A connection from before may still be thought to be open.
  const refusal = (): Promise<string> =>
    cluster.api.request("GET", "/readyz").then(() => "an answer", String);
  await expect.poll(refusal, { timeout: 600_000 }).toContain("ECONNREFUSED");
  await server.start();
  expect(await cluster.api.get(ref)).toMatchObject({ data: { k: "v" } });
});

test("a program that can't be started is said at once, and ending it is no waiting", async () => {
  const watchdog = startWatchdog(join(cluster.folder, "nothing"));
  const isReady = (): Promise<boolean> => Promise.resolve(false);
  const program = { name: "absent", command: "/nonexistent/program", args: [], isReady };
  const absent = manage(program, cluster.folder, watchdog);
  await expect(absent.start()).rejects.toThrow("ENOENT");
  expect(absent.isRunning).toBe(false);
  await absent.stop();
  watchdog.release();
});

test("nothing is left of a cluster that was stopped", async () => {
  const other = await startCluster({ controllers: [] });
  const etcd = other.process("etcd");
  expect(existsSync(other.folder)).toBe(true);
  await other.stop();
  expect(etcd.isRunning).toBe(false);
  expect(existsSync(other.folder)).toBe(false);
});
