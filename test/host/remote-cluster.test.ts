/**
 * Comparing with a cluster that leads to another one, in a real VS Code: the Preview says which applier goes where, both are asked through
 * the user's connection, and nothing stays open. Both clusters are played; test/cluster/live-remote.test.ts has real ones.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { nodeIds } from "../../extension/model/cluster/live-node.ts";
import type { PreviewNode } from "../../extension/model/preview-node.ts";
import { fakeCluster, put } from "../simulator/live/plan/fake-cluster.ts";
import {
  isIdle,
  open,
  picking,
  replace,
  startSluice,
  takeBack,
} from "../support/editor-gestures.ts";
import { kubeconfigText } from "../support/kubeconfig.ts";
import { LiveServer } from "../support/live-server.ts";
import { testCertificate, testKey } from "../support/tls.ts";
import { until } from "../support/until.ts";

const planted = "planted-remote-user";
const kubeConfig = "  kubeConfig: {secretRef: {name: far}}";

suite("A remote cluster", () => {
  const [homeObjects, farObjects] = [fakeCluster("home"), fakeCluster("far")];
  const home = new LiveServer(homeObjects);
  // VS Code treats requests to 127.0.0.1 otherwise than those to all other addresses.
  const certificate = { key: testKey, cert: testCertificate };
  const far = new LiveServer(farObjects, { host: "127.0.0.2", certificate });
  const folder = mkdtempSync(join(tmpdir(), "sluice-remote-"));
  let api: SluiceApi;

  suiteSetup(async () => {
    const [homeUrl, farUrl] = [await home.start(), await far.start()];
    const cluster = {
      server: farUrl,
      "tls-server-name": "localhost",
      "certificate-authority-data": base64(testCertificate),
    };
    const text = kubeconfigText(cluster, {
      username: planted,
      "client-certificate-data": base64(testCertificate),
      "client-key-data": base64(testKey),
    });
    put(homeObjects, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "flux-system", name: "far" },
      data: { value: base64(text) },
    });
    const kubeconfig = join(folder, "config");
    writeFileSync(kubeconfig, kubeconfigText({ server: homeUrl }, { token: "own" }));
    await set("cluster.kubeconfig", kubeconfig);
    api = await startSluice();
    await replace(
      await open("clusters/production/apps.yaml"),
      "  path: ./apps/podinfo",
      `${kubeConfig}\n  path: ./apps/podinfo`,
    );
    await until("the plan of it", () => isIdle(api) && find("Kustomization flux-system/apps"));
    await picking(["Live Cluster", "remote"], () =>
      vscode.commands.executeCommand("sluice.compareWith"),
    );
  });

  suiteTeardown(async () => {
    await takeBack(api);
    await vscode.commands.executeCommand("sluice.disconnect", nodeIds.cluster("remote"));
    for (const name of ["cluster.kubeconfig", "allowPrivateNetwork"]) await set(name, undefined);
    await Promise.all([home.stop(), far.stop()]);
    rmSync(folder, { recursive: true });
  });

  test("inside the user's network is not asked, and the applier says what to do", async () => {
    const problem = await until("the problem", () => find("not asked, because"));
    assert.match(problem.accessibleLabel, /inside your network/);
    assert.deepEqual(far.requests, []);
  });

  test("is asked where that is allowed, and named at its applier", async () => {
    await set("allowPrivateNetwork", true);
    const change = await until("what the other cluster said", () =>
      find("Deployment apps/podinfo"),
    );
    assert.ok(change.target.kind === "change");
    assert.equal(change.target.change.known, "dry-run");
    const applier = api.preview().nodes.get(change.parent ?? "");
    assert.match(applier?.description ?? "", /to the cluster of Secret flux-system\/far/);
    assert.match(applier?.accessibleLabel ?? "", /to the cluster of Secret flux-system\/far/);
    assert.deepEqual([...far.users], ["Sluice tests"]);
    const asked = "/apis/apps/v1/namespaces/apps/deployments/podinfo";
    assert.ok(far.requests.some((line) => line.startsWith(`PATCH ${asked}?dryRun=All`)));
    assert.ok(!home.requests.some((line) => line.includes(asked)));
    // What follows an answer goes over the same connection.
    assert.ok(far.connections < far.requests.length, `${far.connections} connections`);
  });

  test("shows both sides of a change, and no word of its kubeconfig", async () => {
    const change = await until("the change", () => find("Deployment apps/podinfo"));
    await vscode.commands.executeCommand("sluice.openChange", change.id);
    const text = await until("the text of it", () => {
      const { activeTextEditor: editor } = vscode.window;
      return editor?.document.getText().includes("kind: Deployment")
        ? editor.document.getText()
        : undefined;
    });
    const shown = [text, ...[...api.preview().nodes.values()].map((node) => JSON.stringify(node))];
    assert.ok(!shown.join("\n").includes(planted));
    assert.ok(!JSON.stringify(api.folders()).includes(planted));
  });

  test("is let go of when another base is chosen", async () => {
    const asked = async (): Promise<number | undefined> => {
      const target = { context: "remote", remote: "remote-1" };
      const request = { verb: "get", path: "/version" } as const;
      return (await api.live?.remotes.ask(target, request, new AbortController().signal))?.status;
    };
    assert.equal(await asked(), 200);
    await picking(["HEAD"], () => vscode.commands.executeCommand("sluice.compareWith"));
    assert.equal(await asked(), 0);
    await until("no connection to it", () => far.openConnections === 0);
    await until("the other plan", () => isIdle(api) && api.folders()[0]?.plan?.live === undefined);
  });

  function find(label: string): PreviewNode | undefined {
    return [...api.preview().nodes.values()].find(({ accessibleLabel }) =>
      accessibleLabel.includes(label),
    );
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

async function set(name: string, value: unknown): Promise<void> {
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("sluice").update(name, value, target);
}
