/**
 * The live views in a real VS Code: nothing is contacted before somebody connects, states follow the cluster, actions wait
 * for the controller. The cluster is the fake one, in this process; test/cluster/live-editor.test.ts has a real one.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import * as vscode from "vscode";

import { objectAt, textAt } from "#simulator";

import type { Live } from "../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../extension/compose.ts";
import type { LiveNode } from "../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../extension/model/cluster/live-node.ts";
import { FakeApiServer } from "../extension/cluster/fake-api-server.ts";
import { failed, gitRepository, kustomization, ready } from "../extension/cluster/live-objects.ts";
import { until } from "../support/until.ts";

const owned = {
  labels: {
    "kustomize.toolkit.fluxcd.io/name": "root",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  },
};
const sourced = { sourceRef: { kind: "GitRepository", name: "repo" } };

suite("Clusters", () => {
  const server = new FakeApiServer();
  const folder = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
  let live: Live;
  let loadedByActivation: readonly string[];

  suiteSetup(async () => {
    await server.start();
    server.put(gitRepository("repo", { status: ready("stored artifact") }));
    server.put(kustomization("root", { spec: sourced, status: ready() }));
    server.put(kustomization("apps", { metadata: owned, spec: sourced, status: ready() }));
    const kubeconfig = join(folder, "config");
    writeFileSync(kubeconfig, kubeconfigText(server.url));
    await settings().update("kubeconfig", kubeconfig, vscode.ConfigurationTarget.Global);
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    assert.ok(api.live);
    live = api.live;
    loadedByActivation = loadedBundles();
    console.log(`activation: ${api.activationTime.toFixed(1)} ms on VS Code ${vscode.version}`);
  });

  suiteTeardown(async () => {
    live.clusters.disconnect("one");
    await settings().update("kubeconfig", undefined, vscode.ConfigurationTarget.Global);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test("activation loads neither the Kubernetes client nor the engine", () => {
    assert.deepEqual(loadedByActivation, ["extension.cjs"]);
  });

  test("contexts are listed, and none of them is contacted", async () => {
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("both contexts", () => node("one") && node("two"));
    assert.match(node("one")?.accessibleLabel ?? "", /^one, not connected · current context$/);
    assert.deepEqual(server.requests, []);
  });

  test("a connected context shows its appliers with their states", async () => {
    await vscode.commands.executeCommand("sluice.connect", nodeIds.closed("one"));
    const root = await until("the root applier", () => node("root"));
    assert.equal(root.accessibleLabel, "Kustomization root in flux-system, ready");
    assert.equal(root.icon.id, "pass");
    assert.equal(root.expand, "collapsed");
    assert.ok(!server.requests.some((line) => line.includes("two")));
    assert.deepEqual(loadedBundles(), ["cluster.cjs", "extension.cjs"]);
  });

  test("a failure appears with its reason, and on the way to the root", async () => {
    server.put(
      kustomization("apps", {
        metadata: owned,
        spec: sourced,
        status: failed("BuildFailed", "accumulating resources failed"),
      }),
    );
    const started = performance.now();
    const shown = await until("the failing root", () => {
      const root = node("root");
      return root?.description.includes("1 failed") ? root : undefined;
    });
    console.log(`event to tree: ${Math.round(performance.now() - started)} ms`);
    assert.match(shown.accessibleLabel, /1 failed/);
    await vscode.commands.executeCommand("sluice.attention.focus");
    const listed = await until("the failing object", () =>
      nodeIn(live.views.attention.nodes, "apps"),
    );
    assert.equal(listed.accessibleLabel, "Kustomization apps in flux-system, failed, BuildFailed");
    await until("the badge", () => live.views.attention.view.badge?.value === 1);
  });

  test("reconciling from the view ends when the controller has handled it", async () => {
    const id = nodeIds.object("one", "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps");
    const done = vscode.commands.executeCommand("sluice.reconcile", id);
    const token = await until("the request", () =>
      server.patches
        .map(({ body }) =>
          textAt(objectAt(body), "metadata", "annotations", "reconcile.fluxcd.io/requestedAt"),
        )
        .find(Boolean),
    );
    assert.match(server.patches[0]?.path ?? "", /fieldManager=flux-client-side-apply$/);
    server.put(
      kustomization("apps", {
        metadata: owned,
        spec: sourced,
        status: { ...ready("Applied revision: main@sha1:2"), lastHandledReconcileAt: token },
      }),
    );
    await done;
    await until("nothing failing", () => !nodeIn(live.views.attention.nodes, "apps"));
  });

  test("the live object opens as YAML, without what nobody reads", async () => {
    const id = nodeIds.object("one", "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps");
    await vscode.commands.executeCommand("sluice.openLive", id);
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    assert.match(text, /kind: Kustomization/);
    assert.match(text, /Applied revision: main@sha1:2/);
    assert.equal(vscode.window.activeTextEditor?.document.languageId, "yaml");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("an object leads to the file and line that defines it", async () => {
    const id = nodeIds.object("one", "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps");
    await vscode.commands.executeCommand("sluice.goToManifest", id);
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.uri.path ?? "", /clusters\/production\/apps\.yaml$/);
    assert.match(editor?.document.lineAt(editor.selection.active.line).text ?? "", /name: apps/);
    await vscode.commands.executeCommand("sluice.revealInCluster");
    await until("the selected node", () => live.views.clusters.view.selection[0] === id);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("an assistant is told what is there", async () => {
    const result = await vscode.lm.invokeTool("sluice_cluster_status", {
      input: { filter: "apps" },
      toolInvocationToken: undefined,
    });
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    assert.match(part.value, /Kustomization flux-system\/apps: ready/);
  });

  test("a failure stands at the line that defines the object", async () => {
    const [file] = await vscode.workspace.findFiles("clusters/production/apps.yaml");
    assert.ok(file);
    await vscode.window.showTextDocument(file);
    server.put(kustomization("apps", { spec: sourced, status: failed("BuildFailed", "no file") }));
    const problem = await until("the problem", () =>
      vscode.languages.getDiagnostics(file).find(({ source }) => source === "Sluice (cluster)"),
    );
    assert.equal(problem.message, "In one: failed: BuildFailed: no file");
    await until("the lens", async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        file,
        10,
      );
      return lenses.some(({ command }) => command?.title === "failed: BuildFailed");
    });
    server.put(kustomization("apps", { spec: sourced, status: ready() }));
    await until(
      "no problem",
      () =>
        !vscode.languages.getDiagnostics(file).some(({ source }) => source === "Sluice (cluster)"),
    );
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("disconnecting ends every connection", async () => {
    await vscode.commands.executeCommand("sluice.disconnect", nodeIds.cluster("one"));
    await until("no connection", () => server.openConnections === 0);
    await until("an unconnected context", () =>
      node("one")?.description.startsWith("not connected"),
    );
  });

  function node(label: string): LiveNode | undefined {
    return nodeIn(live.views.clusters.nodes, label);
  }
});

function nodeIn(nodes: Iterable<LiveNode>, label: string): LiveNode | undefined {
  return [...nodes].find((node) => node.label === label);
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("sluice.cluster");
}

function kubeconfigText(server: string): string {
  return `
current-context: one
clusters: [{name: here, cluster: {server: "${server}"}}, {name: there, cluster: {server: "http://127.0.0.1:1/two"}}]
users: [{name: me, user: {token: t}}]
contexts: [{name: one, context: {cluster: here, user: me}}, {name: two, context: {cluster: there, user: me}}]
`;
}

/** The extension's bundles that this extension host has loaded. */
function loadedBundles(): string[] {
  const extension = vscode.extensions.getExtension("sluice.sluice");
  const folder = join(extension?.extensionPath ?? "", "dist");
  return Object.keys(require.cache)
    .filter((path) => dirname(path) === folder)
    .map((path) => basename(path))
    .sort();
}
