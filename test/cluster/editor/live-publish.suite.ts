// Runs inside VS Code, started by live-publish.test.ts: from an edit to a cluster that follows an artifact.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../../extension/compose.ts";
import type { Asked } from "../../support/dialogs.ts";
import { Dialogs } from "../../support/dialogs.ts";
import { until } from "../../support/until.ts";
import { activated, connect, control } from "./live-extension.ts";

const context = "dev@test";
const address = process.env["SLUICE_TEST_ADDRESS"] ?? "";

suite("From an edit to a cluster that follows an artifact", () => {
  const dialogs = new Dialogs();
  let live: Live;

  suiteSetup(async () => {
    await set("cluster.kubeconfig", process.env["SLUICE_TEST_KUBECONFIG"]);
    live = await activated();
    const api = vscode.extensions.getExtension<SluiceApi>("sluice.sluice")?.exports;
    await until("the first plan", () => api?.folders()[0]?.plan);
    await until("VS Code's Git", () => hasCommit());
    await live.clusters.load();
    await connect(live, context);
    // The source, both Kustomizations and what they apply.
    await until("the objects", () => live.clusters.index(context).size >= 3);
  });

  suiteTeardown(async () => {
    dialogs.close();
    live.clusters.disconnect(context);
    await set("cluster.kubeconfig", undefined);
  });

  setup(() => {
    dialogs.open();
    dialogs.clear();
  });

  teardown(() => dialogs.close());

  test("simulated against what the cluster has, published, reconciled: the cluster has it", async () => {
    await write("apps/config.yaml", (text) => text.replace("color: red", "color: green"));
    await vscode.workspace.fs.delete(fileUri("apps/old.yaml"));
    const question = await publish("Publish");
    const made = /^Compared with the artifact that is there now, made of main@sha1:4f2a9c1\.\n/;
    assert.match(question.detail, made);
    assert.match(question.detail, /\n1 changed, 1 deleted by prune/);
    await until("the good news", () =>
      dialogs
        .asked("information")
        .some(({ message }) =>
          /^[0-9a-f]{7} is live in dev@test: all 3 objects are ready\.$/.test(message),
        ),
    );
    assert.deepEqual(dialogs.asked("error"), []);
    assert.equal(await control("color"), "green");
    assert.equal(await control("old"), "false");
  });

  test("the same files again are known to be the same", async () => {
    const question = await publish(undefined);
    assert.match(question.detail, /^The artifact that is there now has the same files/);
    assert.match(question.detail, /\nNo changes in any cluster\./);
  });

  async function publish(answer: string | undefined): Promise<Asked> {
    dialogs.answer("input", address);
    dialogs.answer("input", "");
    dialogs.answer("warning", answer);
    // The first is the news of the publication, the second the offer not to wait for the interval.
    for (let count = 0; count < 2; count++) dialogs.answer("information", "Reconcile Now");
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
    return until(
      () => `the question: ${JSON.stringify(dialogs.all())}`,
      () => dialogs.asked("warning")[0],
    );
  }
});

async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration("sluice")
    .update(name, value, vscode.ConfigurationTarget.Global);
}

function fileUri(path: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root);
  return vscode.Uri.joinPath(root, path);
}

async function write(path: string, change: (text: string) => string): Promise<void> {
  const before = new TextDecoder().decode(await vscode.workspace.fs.readFile(fileUri(path)));
  const after = change(before);
  assert.notEqual(after, before);
  await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(after));
}

async function hasCommit(): Promise<boolean> {
  const extension = vscode.extensions.getExtension<{
    getAPI(version: 1): {
      readonly repositories: readonly { readonly state: { readonly HEAD?: { commit?: string } } }[];
    };
  }>("vscode.git");
  const git = (await extension?.activate())?.getAPI(1);
  return git?.repositories[0]?.state.HEAD?.commit !== undefined;
}
