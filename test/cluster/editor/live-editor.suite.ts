// Runs inside VS Code, started by live-editor.test.ts: a person's way through the live views on a real cluster.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../../extension/compose.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";

const context = "admin@test";
const idOf = (name: string): string =>
  `kustomize.toolkit.fluxcd.io/Kustomization/flux-system/${name}`;

suite("A real cluster", () => {
  let live: Live;

  suiteSetup(async function () {
    this.timeout(120_000);
    const settings = vscode.workspace.getConfiguration("sluice.cluster");
    const kubeconfig = process.env["SLUICE_TEST_KUBECONFIG"];
    await settings.update("kubeconfig", kubeconfig, vscode.ConfigurationTarget.Global);
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    assert.ok(api.live);
    live = api.live;
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the context", () => node(context));
    await vscode.commands.executeCommand("sluice.connect", nodeIds.closed(context));
  });

  test("appliers stand there with their true states", async () => {
    const root = await until("the root", () => node("root"));
    assert.equal(root.accessibleLabel, "Kustomization root in flux-system, ready");
    await live.views.reveal(context, idOf("apps"));
    const apps = await until("what the root owns", () => node("apps"));
    assert.equal(apps.accessibleLabel, "Kustomization apps in flux-system, ready");
  });

  test("a broken push is failed with its reason after reconciling with source", async () => {
    await control("break");
    await vscode.commands.executeCommand(
      "sluice.reconcileWithSource",
      nodeIds.object(context, idOf("apps")),
    );
    await vscode.commands.executeCommand("sluice.attention.focus");
    const failed = await until("the failure", () => nodeIn(live.views.attention.nodes, "apps"));
    assert.match(failed.accessibleLabel, /failed, BuildFailed/);
    const root = await until("the failure below the root", () =>
      node("root")?.description.includes("1 failed"),
    );
    assert.ok(root);
  });

  test("the chain mends it", async () => {
    await control("mend");
    await vscode.commands.executeCommand(
      "sluice.reconcileChain",
      nodeIds.object(context, idOf("apps")),
    );
    await until("nothing failing", () => !nodeIn(live.views.attention.nodes, "apps"));
  });

  test("suspending asks why, and resuming takes it back", async () => {
    const id = nodeIds.object(context, idOf("later"));
    const done = vscode.commands.executeCommand("sluice.suspend", id);
    const stop = setInterval(
      () => void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem"),
      300,
    );
    await done;
    clearInterval(stop);
    const asleep = await until("the suspended one", () =>
      nodeIn(live.views.attention.nodes, "later"),
    );
    assert.match(asleep.accessibleLabel, /suspended/);
    await vscode.commands.executeCommand("sluice.resume", id);
    await until("nothing suspended", () => !nodeIn(live.views.attention.nodes, "later"));
  });

  test("the trace of an object opens as text", async () => {
    await vscode.commands.executeCommand("sluice.openTrace", nodeIds.object(context, idOf("apps")));
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    assert.match(text, /Object: Kustomization flux-system\/apps/);
    assert.match(text, /Source: GitRepository flux-system\/repo from http/);
    assert.match(text, /Applied by: Kustomization flux-system\/root/);
  });

  test("events of an object and its source open as text", async () => {
    await vscode.commands.executeCommand(
      "sluice.openEvents",
      nodeIds.object(context, idOf("apps")),
    );
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    assert.match(text, /Warning {2}BuildFailed {2}Kustomization apps/);
    assert.match(text, /GitRepository repo/);
  });

  function node(label: string): LiveNode | undefined {
    return nodeIn(live.views.clusters.nodes, label);
  }
});

function nodeIn(nodes: Iterable<LiveNode>, label: string): LiveNode | undefined {
  return [...nodes].find((one) => one.label === label);
}

/** Asks the program that started the cluster to push a commit. */
async function control(what: string): Promise<void> {
  const answer = await fetch(`${process.env["SLUICE_TEST_CONTROL"]}/${what}`, { method: "POST" });
  assert.equal(answer.status, 200);
}

async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 25_000;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
