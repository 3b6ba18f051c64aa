/**
 * From an edit to a cluster without Git, in a real VS Code: Simulate and Publish to a real registry, from which the real source-controller
 * takes it, followed until the real kustomize-controller has applied it. What a person does is in editor/live-publish.suite.ts.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makePublication } from "../../simulator/node/publish/index.ts";
import type { TestRegistry } from "../support/servers/registry.ts";
import { startRegistry } from "../support/servers/registry.ts";
import { startControl } from "./editor/control-server.ts";
import type { ControlServer } from "./editor/control-server.ts";
import { runSuite } from "./editor/run-suite.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { isReady } from "./harness/kube-api.ts";

const patience = 1_200_000;
const workspace = mkdtempSync(join(tmpdir(), "sluice-live-publish-"));
let cluster: Cluster;
let registry: TestRegistry;
let control: ControlServer;

const allRights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: tester}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: dev}]
`;

const kustomization = (name: string, path: string): string => `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1h, prune: true, sourceRef: {kind: OCIRepository, name: flux-system}, path: ${path}}
`;

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata:\n  ${data}\n`;

const sync = "clusters/test/flux-system/gotk-sync.yaml";
const files = (url: string) => ({
  [sync]: `
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, url: "${url}", insecure: true, ref: {tag: main}}
---${kustomization("flux-system", "./clusters/test")}`,
  "clusters/test/apps.yaml": kustomization("apps", "./apps").trimStart(),
  "apps/config.yaml": configMap("settings", "color: red"),
  "apps/old.yaml": configMap("old", "a: b"),
});

const apps = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace: "flux-system",
  name: "apps",
} as const;
const map = (name: string) =>
  ({ apiVersion: "v1", kind: "ConfigMap", namespace: "default", name }) as const;

beforeAll(async () => {
  registry = await startRegistry();
  const url = `oci://${registry.host}/org/fleet`;
  const all: Readonly<Record<string, string>> = files(url);
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Tester");
  git("config", "user.email", "tester@example.test");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  const first = await makePublication({
    address: `${url}:main`,
    path: workspace,
    source: "https://example.test/fleet",
    revision: "main@sha1:4f2a9c1",
    annotations: {},
    created: "2024-01-02T03:04:05Z",
    wasm: join(import.meta.dirname, "../../dist/engine.wasm"),
  });
  await first.upload({ insecure: false });
  cluster = await startCluster({ controllers: ["source-controller", "kustomize-controller"] });
  await cluster.api.apply(allRights);
  await cluster.api.apply(all[sync] ?? "");
  await cluster.api.waitFor({ ...apps, name: "flux-system" }, isReady, patience);
  await cluster.api.waitFor(apps, isReady, patience);
  control = await startControl({
    color: async () => {
      const object = await cluster.api.get(map("settings"));
      return String((object as { data?: { color?: unknown } } | undefined)?.data?.color);
    },
    old: async () => String((await cluster.api.get(map("old"))) !== undefined),
  });
}, patience);

afterAll(async () => {
  await control?.close();
  await cluster?.stop();
  await registry?.close();
  rmSync(workspace, { recursive: true, force: true });
});

test(
  "edit, plan, publish, and it is live",
  async () => {
    const { tests, failures, output } = await runSuite("live-publish", {
      workspace,
      patience,
      env: {
        SLUICE_TEST_KUBECONFIG: cluster.devKubeconfig,
        SLUICE_TEST_CONTROL: control.url,
        SLUICE_TEST_ADDRESS: `oci://${registry.host}/org/fleet:main`,
      },
    });
    expect(tests, output).toBe(2);
    expect(failures, output).toBe(0);
  },
  patience,
);
