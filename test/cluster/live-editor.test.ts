/**
 * The live views in a real VS Code on the real cluster: this file starts both and pushes when it is asked to; what a person
 * does and sees is in editor/live-editor.suite.ts. Needs the bundles of `npm run build`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startControl } from "./editor/control-server.ts";
import type { ControlServer } from "./editor/control-server.ts";
import { startProxy } from "./editor/counting-proxy.ts";
import type { CountingProxy } from "./editor/counting-proxy.ts";
import { runSuite } from "./editor/run-suite.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { kustomization, kustomizationRef, settings } from "./harness/flux-objects.ts";
import { applied, follow } from "./harness/follow.ts";
import { writeDevKubeconfig, writeKubeconfig } from "./harness/pki.ts";
import { eventually } from "./live-clusters.ts";

const patience = 1_200_000;
const workspace = mkdtempSync(join(tmpdir(), "sluice-live-editor-"));
let cluster: Cluster;
let control: ControlServer;
let proxy: CountingProxy;
let silent: CountingProxy;

const config = settings("settings", "", "default");
const planted = "planted-value-that-nobody-may-see";
const files = {
  "clusters/apps.yaml": kustomization("apps", "apps"),
  "clusters/later.yaml": kustomization("later", "later", ", dependsOn: [{name: apps}]"),
  "apps/config.yaml": config,
  "apps/secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: default}\nstringData: {token: ${planted}}\n`,
  "later/config.yaml": settings("late", "", "default"),
};

/** For the user who may look, and no more. */
const reader = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: flux-system}
rules:
- {apiGroups: [kustomize.toolkit.fluxcd.io], resources: [kustomizations], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: flux-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`;

beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  cluster = await startCluster({ controllers: ["source-controller", "kustomize-controller"] });
  const objects = `${kustomization("root", "clusters")}---\n${reader}`;
  const { repository, commit } = await follow(cluster, files, objects);
  await applied(cluster, ["root", "apps", "later"], commit);
  proxy = await startProxy(Number(new URL(cluster.server).port));
  silent = await startProxy();
  control = await startControl({
    break: () => repository.push({ "apps/config.yaml": "not: a Kubernetes object\n" }),
    mend: () => repository.push({ "apps/config.yaml": config }),
    requested: async () =>
      (await cluster.api.get(kustomizationRef("apps")))?.metadata.annotations?.[
        "reconcile.fluxcd.io/requestedAt"
      ],
    connections: () => proxy.open,
    silent: () => silent.total,
  });
}, patience);

afterAll(async () => {
  await control?.close();
  await proxy?.close();
  await silent?.close();
  await cluster?.stop();
  rmSync(workspace, { recursive: true, force: true });
});

test(
  "a person sees, breaks, mends and suspends",
  async () => {
    const through = `https://127.0.0.1:${proxy.port}`;
    const unreachable = join(cluster.folder, "silent.kubeconfig");
    writeFileSync(unreachable, silentKubeconfig(silent.port));
    const kubeconfigs = [
      writeKubeconfig(cluster.pki, "admin", through),
      writeDevKubeconfig(cluster.pki, through),
      unreachable,
    ];
    const secrets = [planted, Buffer.from(planted).toString("base64"), cluster.pki.tokens.dev];
    const { tests, failures, output, log } = await runSuite("live-editor", {
      workspace,
      patience,
      env: {
        SLUICE_TEST_KUBECONFIG: kubeconfigs.join(delimiter),
        SLUICE_TEST_CONTROL: control.url,
        SLUICE_TEST_SECRETS: JSON.stringify(secrets),
      },
    });
    console.log(output.match(/^figure: .*$/gm)?.join("\n"));
    expect(tests, output).toBe(15);
    expect(failures, output).toBe(0);
    // Actions are logged with their outcome, so the log is not empty; and nothing of a Secret or of a credential is in it.
    expect(log).toContain("Reconcile");
    for (const secret of secrets) expect(log).not.toContain(secret);
    await eventually(() => expect([silent.open, proxy.open]).toEqual([0, 0]));
  },
  patience,
);

/** Of an API server that takes connections and never says a word. */
function silentKubeconfig(port: number): string {
  return `
clusters: [{name: silent, cluster: {server: "https://127.0.0.1:${port}"}}]
users: [{name: silent, user: {token: t}}]
contexts: [{name: silent, context: {cluster: silent, user: silent}}]
`;
}
