// Runs inside VS Code, started by live-editor.test.ts: a person's way through the live views on a real cluster.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import { inventoryRefs } from "#simulator";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import { until } from "../../support/until.ts";
import { activated, connect, control, nodeIn, whileWaiting } from "./live-extension.ts";

const context = "admin@test";
const idOf = (name: string): string =>
  `kustomize.toolkit.fluxcd.io/Kustomization/flux-system/${name}`;

suite("A real cluster", () => {
  let live: Live;

  suiteSetup(async () => {
    await set("kubeconfig", process.env["SLUICE_TEST_KUBECONFIG"]);
    await set("namespaces", ["flux-system"]);
    live = await activated();
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the context", () => node(context));
    await connect(live, context);
  });

  suiteTeardown(async () => {
    for (const session of live.clusters.sessions()) live.clusters.disconnect(session.context);
    for (const name of ["kubeconfig", "namespaces", "readOnly", "protectedContexts"])
      await set(name, undefined);
  });

  test("appliers stand there with their true states", async () => {
    await until("the root", () => labelled("Kustomization root in flux-system, ready"));
    await live.views.reveal(context, idOf("apps"));
    await until("what the root owns", () => labelled("Kustomization apps in flux-system, ready"));
  });

  test("a broken push is failed with its reason after reconciling with source", async () => {
    await control("break");
    await vscode.commands.executeCommand(
      "sluice.reconcileWithSource",
      nodeIds.object(context, idOf("apps")),
    );
    await vscode.commands.executeCommand("sluice.attention.focus");
    await until("the failure", () => attention("apps")?.includes("failed, BuildFailed"));
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
    for (const name of ["apps", "later"])
      await until(`${name} as it was`, () => stateOf(name) === "ready" && !attention(name));
  });

  test("suspending asks why, and resuming takes it back", async () => {
    const id = nodeIds.object(context, idOf("later"));
    await whileWaiting(
      vscode.commands.executeCommand("sluice.suspend", id),
      "workbench.action.acceptSelectedQuickOpenItem",
    );
    await until("the suspended one", () => attention("later")?.includes("suspended"));
    await vscode.commands.executeCommand("sluice.resume", id);
    await until("nothing suspended", () => stateOf("later") === "ready" && !attention("later"));
  });

  test("the trace of an object opens as text", async () => {
    await vscode.commands.executeCommand("sluice.openTrace", nodeIds.object(context, idOf("apps")));
    const text = await textWith(/Object: Kustomization flux-system\/apps/);
    assert.match(text, /Source: GitRepository flux-system\/repo from http/);
    assert.match(text, /Applied by: Kustomization flux-system\/root/);
  });

  test("an object leads to the file and line that defines it", async () => {
    await vscode.commands.executeCommand(
      "sluice.goToManifest",
      nodeIds.object(context, idOf("later")),
    );
    await until("the line", () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor?.document.uri.path.endsWith("/clusters/later.yaml")) return undefined;
      return editor.document.lineAt(editor.selection.active.line).text.includes("name: later");
    });
  });

  test("events of an object and its source open as text", async () => {
    // Controllers send events on the side.
    const input = { kind: "Kustomization", namespace: "flux-system", name: "apps" };
    await until("the event", async () =>
      (await tool("sluice_cluster_events", input)).includes("BuildFailed"),
    );
    await vscode.commands.executeCommand(
      "sluice.openEvents",
      nodeIds.object(context, idOf("apps")),
    );
    const text = await textWith(/Warning {2}BuildFailed {2}Kustomization apps/);
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
    shown.push(await textWith(/token: \(hidden\)/));
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
    assert.equal(stateOf("apps"), "ready");
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
    await until("the end of it", () => stateOf("apps") === "ready");
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
    await connect(live, dev);
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
    await until("a connection", async () => (await control("silent")) !== "0");
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
    await until("no connection", async () => (await control("connections")) === "0");
    assert.deepEqual(live.clusters.sessions(), []);
  });

  function labelled(label: string): LiveNode | undefined {
    return [...live.views.clusters.nodes].find((one) => one.accessibleLabel === label);
  }

  function attention(name: string): string | undefined {
    return nodeIn(live.views.attention.nodes, name)?.accessibleLabel;
  }

  function stateOf(name: string): string | undefined {
    return live.clusters.index(context).get(idOf(name))?.status.state;
  }

  function node(label: string): LiveNode | undefined {
    return nodeIn(live.views.clusters.nodes, label);
  }
});

/** The text of the active editor, when it is the one that was asked for. */
function textWith(pattern: RegExp): Promise<string> {
  return until(`a text with ${String(pattern)}`, () => {
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    return pattern.test(text) && text;
  });
}

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
