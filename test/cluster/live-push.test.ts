/**
 * From an edit to the cluster in a real VS Code: the plan against a real API server, its diffs, Simulate and Push to a real Git
 * server, and the same plan empty when the real controllers have applied it. What a person does is in editor/live-push.suite.ts.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startControl } from "./editor/control-server.ts";
import type { ControlServer } from "./editor/control-server.ts";
import { runSuite } from "./editor/run-suite.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { isReady } from "./harness/kube-api.ts";
import { auditFlags, sentByPredictor } from "./oracle/audit-log.ts";

const patience = 1_200_000;
const workspace = mkdtempSync(join(tmpdir(), "sluice-live-push-"));
const planted = "planted-value-that-nobody-may-see";
const audit = mkdtempSync(join(tmpdir(), "sluice-live-push-audit-"));
const log = join(audit, "audit.log");
let cluster: Cluster;
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
spec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: flux-system}, path: ${path}}
`;

const files = (url: string) => ({
  "clusters/test/flux-system/gotk-sync.yaml": `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
---${kustomization("flux-system", "./clusters/test")}`,
  "clusters/test/apps.yaml": kustomization("apps", "./apps").trimStart(),
  "apps/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: default}\ndata:\n  color: red\n",
  "apps/old.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: old, namespace: default}\ndata: {a: b}\n",
  "apps/secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: default}\nstringData: {token: ${planted}}\n`,
});

const apps = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace: "flux-system",
  name: "apps",
} as const;
const settings = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name: "settings",
} as const;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller"],
    flags: { "kube-apiserver": auditFlags(join(audit, "policy.yaml"), log) },
  });
  await cluster.api.apply(allRights);
  const repository = cluster.git.create("repo");
  const all = files(repository.url);
  repository.push(all);
  await cluster.api.apply(all["clusters/test/flux-system/gotk-sync.yaml"]);
  await cluster.api.waitFor({ ...apps, name: "flux-system" }, isReady, patience);
  await cluster.api.waitFor(apps, isReady, patience);
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  // The server answers from this process, so it can't be cloned from it synchronously.
  git("clone", "--quiet", repository.folder, ".");
  git("remote", "set-url", "origin", repository.url);
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("config", "user.name", "Tester");
  git("config", "user.email", "tester@example.test");
  control = await startControl({
    color: async () => {
      const object = await cluster.api.get(settings);
      return String((object as { data?: { color?: unknown } } | undefined)?.data?.color);
    },
    sent: () => JSON.stringify(sentByPredictor(log, 0)),
  });
}, patience);

afterAll(async () => {
  await control?.close();
  await cluster?.stop();
  for (const folder of [workspace, audit]) rmSync(folder, { recursive: true, force: true });
});

test(
  "edit, plan, diff, push, and it is live",
  async () => {
    const {
      tests,
      failures,
      output,
      log: said,
    } = await runSuite("live-push", {
      workspace,
      patience,
      env: {
        SLUICE_TEST_KUBECONFIG: cluster.devKubeconfig,
        SLUICE_TEST_CONTROL: control.url,
        SLUICE_TEST_SECRETS: JSON.stringify([planted, Buffer.from(planted).toString("base64")]),
      },
    });
    expect(tests, output).toBe(5);
    expect(failures, output).toBe(0);
    expect(said).not.toContain(planted);
  },
  patience,
);
