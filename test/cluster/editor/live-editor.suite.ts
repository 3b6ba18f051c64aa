// Runs inside VS Code, started by live-editor.test.ts: a person's way through the live views on a real cluster.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import { inventoryRefs } from "#simulator";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import { activated, control, mochaPatience, nodeIn, until, whileWaiting } from "./until.ts";

const context = "admin@test";
const idOf = (name: string): string =>
  `kustomize.toolkit.fluxcd.io/Kustomization/flux-system/${name}`;

suite("A real cluster", function () {
  this.timeout(mochaPatience);
  let live: Live;

  suiteSetup(async function () {
    this.timeout(mochaPatience);
    await set("kubeconfig", process.env["SLUICE_TEST_KUBECONFIG"]);
    await set("namespaces", ["flux-system"]);
    live = await activated();
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the context", () => node(context));
    await vscode.commands.executeCommand("sluice.connect", nodeIds.closed(context));
  });

  suiteTeardown(async () => {
    for (const session of live.clusters.sessions()) live.clusters.disconnect(session.context);
    for (const name of ["kubeconfig", "namespaces", "readOnly", "protectedContexts"])
      await set(name, undefined);
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
    await whileWaiting(
      vscode.commands.executeCommand("sluice.suspend", id),
      "workbench.action.acceptSelectedQuickOpenItem",
    );
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

  test("an object leads to the file and line that defines it", async () => {
    await vscode.commands.executeCommand(
      "sluice.goToManifest",
      nodeIds.object(context, idOf("later")),
    );
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.uri.path ?? "", /\/clusters\/later\.yaml$/);
    const line = editor?.document.lineAt(editor.selection.active.line).text ?? "";
    assert.match(line, /name: later/);
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

  test("an assistant is told what a trace and the events say", async () => {
    const input = { kind: "Kustomization", namespace: "flux-system", name: "apps" };
    assert.match(await tool("sluice_cluster_status", { filter: "apps" }), /flux-system\/apps: /);
    assert.match(await tool("sluice_cluster_trace", input), /GitRepository flux-system\/repo/);
    assert.match(await tool("sluice_cluster_events", input), /BuildFailed/);
  });

  test("values of Secrets are shown nowhere", async () => {
    await live.views.reveal(context, idOf("apps"));
    live.views.clusters.getChildren(nodeIds.object(context, idOf("apps")));
    const shown: string[] = [];
    for (const node of [...live.views.clusters.nodes, ...live.views.attention.nodes])
      shown.push(JSON.stringify(node), live.views.tooltip(node));
    const refs = [...live.clusters.index(context).all()].flatMap(({ live: { ref, inventory } }) => [
      ref,
      ...inventoryRefs(inventory),
    ]);
    for (const ref of refs)
      for (const kind of ["yaml", "events", "inventory", "history", "trace"] as const) {
        const uri = live.documentUri({ kind, context, ref });
        shown.push((await vscode.workspace.openTextDocument(uri)).getText());
      }
    const secret = refs.find((ref) => ref.kind === "Secret");
    assert.ok(secret);
    await vscode.commands.executeCommand(
      "sluice.exportManifest",
      nodeIds.managed(context, idOf("apps"), secret),
    );
    shown.push(vscode.window.activeTextEditor?.document.getText() ?? "");
    assert.match(shown.at(-1) ?? "", /token: \(hidden\)/);
    // Otherwise closing it would ask whether to save it.
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    for (const filter of ["", "apps", "Secret", "ready"])
      shown.push(await tool("sluice_cluster_status", { filter }));
    shown.push(await tool("sluice_plan", {}));
    for (const ref of refs) {
      shown.push(await tool("sluice_cluster_trace", ref), await tool("sluice_cluster_events", ref));
    }
    const secrets = JSON.parse(process.env["SLUICE_TEST_SECRETS"] ?? "[]") as readonly string[];
    assert.equal(secrets.length, 3);
    for (const text of shown) for (const value of secrets) assert.ok(!text.includes(value), text);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("read-only mode changes nothing", async () => {
    const before = await control("requested");
    await set("readOnly", true);
    await refused("sluice.reconcile", "apps");
    await refused("sluice.suspend", "apps");
    await refused("sluice.deleteLive", "apps");
    await set("readOnly", undefined);
    assert.equal(await control("requested"), before);
    assert.equal(live.clusters.index(context).get(idOf("apps"))?.status.state, "ready");
  });

  test("a protected context wants its name typed, and nothing less", async () => {
    const before = await control("requested");
    await set("protectedContexts", ["admin@*"]);
    const reconcile = (): Thenable<unknown> =>
      vscode.commands.executeCommand("sluice.reconcile", nodeIds.object(context, idOf("apps")));
    await whileWaiting(reconcile(), "workbench.action.acceptSelectedQuickOpenItem");
    assert.equal(await control("requested"), before);
    const questions = await typing(context, reconcile);
    await set("protectedContexts", undefined);
    assert.deepEqual(questions, ["Reconcile Kustomization flux-system/apps in admin@test?"]);
    assert.notEqual(await control("requested"), before);
    assert.equal(live.clusters.index(context).get(idOf("apps"))?.status.state, "ready");
  });

  test("a workspace chooses neither the kubeconfig nor protected contexts", async () => {
    const settings = vscode.workspace.getConfiguration("sluice.cluster");
    const workspace = vscode.ConfigurationTarget.Workspace;
    for (const name of ["kubeconfig", "protectedContexts"])
      await assert.rejects(async () => settings.update(name, "elsewhere", workspace), name);
    assert.equal(live.settings.kubeconfig, process.env["SLUICE_TEST_KUBECONFIG"]);
  });

  test("who may only read sees greyed actions, and is told why", async () => {
    const dev = "dev@test";
    await vscode.commands.executeCommand("sluice.connect", nodeIds.closed(dev));
    const id = nodeIds.object(dev, idOf("root"));
    const shown = await until("an object that may not be changed", () => {
      const one = live.views.clusters.node(id);
      return one?.contextValue.includes("+nopatch+nodelete") === true ? one : undefined;
    });
    assert.match(live.views.tooltip(shown), /You may not/);
    await refused("sluice.reconcile", "root", dev);
    const same = live.views.clusters.node(nodeIds.object(context, idOf("root")));
    assert.doesNotMatch(same?.contextValue ?? "", /\+no(patch|delete)/);
    await vscode.commands.executeCommand("sluice.disconnect", nodeIds.cluster(dev));
  });

  test("cancelling a connection to a silent server is felt at once", async () => {
    const connecting = vscode.commands.executeCommand("sluice.connect", nodeIds.closed("silent"));
    while ((await control("silent")) === "0");
    const started = performance.now();
    // What the button of the notification does.
    live.clusters.disconnect("silent");
    const ended = performance.now() - started;
    // On a machine that is very busy the deadline came first, and its message waits for somebody.
    await whileWaiting(connecting, "notifications.clearAll");
    const all = performance.now() - started;
    console.log(
      `figure: cancelled after ${ended.toFixed(0)} ms, the command ended after ${all.toFixed(0)} ms`,
    );
    assert.equal(live.clusters.session("silent"), undefined);
  });

  test("disconnecting ends every connection", async () => {
    await vscode.commands.executeCommand("sluice.disconnect", nodeIds.cluster(context));
    while ((await control("connections")) !== "0");
    assert.deepEqual(live.clusters.sessions(), []);
  });

  function node(label: string): LiveNode | undefined {
    return nodeIn(live.views.clusters.nodes, label);
  }
});

/** The command tells why in a notification, which stays until somebody closes it. */
async function refused(command: string, name: string, where = context): Promise<void> {
  await whileWaiting(
    vscode.commands.executeCommand(command, nodeIds.object(where, idOf(name))),
    "notifications.clearAll",
  );
}

/** Answers every question for a text as a person would who types this, key by key. Gives what was asked. */
async function typing(answer: string, work: () => Thenable<unknown>): Promise<readonly string[]> {
  const questions: string[] = [];
  const { showInputBox } = vscode.window;
  // A command can accept an input box, but none can type into it.
  Object.assign(vscode.window, {
    showInputBox: async (options: vscode.InputBoxOptions) => {
      questions.push(options.title ?? "");
      assert.ok(await options.validateInput?.(answer.slice(0, -1)));
      assert.equal(await options.validateInput?.(answer), undefined);
      return answer;
    },
  });
  try {
    await work();
    return questions;
  } finally {
    Object.assign(vscode.window, { showInputBox });
  }
}

async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration("sluice.cluster")
    .update(name, value, vscode.ConfigurationTarget.Global);
}

async function tool(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return part.value;
}
