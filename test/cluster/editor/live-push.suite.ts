// Runs inside VS Code, started by live-push.test.ts: from an edit to the cluster.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Plan } from "#simulator";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../../extension/compose.ts";
import { Dialogs } from "../../support/dialogs.ts";
import { picking } from "../../support/editor-gestures.ts";
import { until } from "../../support/until.ts";
import { activated, connect, control, nodeIn } from "./live-extension.ts";

const context = "dev@test";
const secrets = JSON.parse(process.env["SLUICE_TEST_SECRETS"] ?? "[]") as readonly string[];

suite("From an edit to the cluster", () => {
  const dialogs = new Dialogs();
  let api: SluiceApi;
  let live: Live;

  suiteSetup(async () => {
    await set("cluster.kubeconfig", process.env["SLUICE_TEST_KUBECONFIG"]);
    await set("allowPrivateNetwork", true);
    live = await activated();
    api = vscode.extensions.getExtension<SluiceApi>("sluice.sluice")?.exports as SluiceApi;
    await until("the first plan", () => plan());
  });

  suiteTeardown(async () => {
    dialogs.close();
    for (const session of live.clusters.sessions()) live.clusters.disconnect(session.context);
    await set("cluster.kubeconfig", undefined);
    await set("allowPrivateNetwork", undefined);
  });

  test("the working tree is compared with the cluster, which has it all", async () => {
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the context", () => nodeIn(live.views.clusters.nodes, context));
    await connect(live, context);
    await picking(["Live Cluster…", context], () =>
      vscode.commands.executeCommand("sluice.compareWith"),
    );
    const { counts, live: known } = await until("a plan against the cluster", () => livePlan());
    assert.deepEqual(
      [counts.created, counts.changed, counts.deleted, counts.recreated ?? 0, counts.errors],
      [0, 0, 0, 0, 0],
    );
    assert.equal(known?.known.unanswered, 0);
  });

  test("unsaved text is what the API server is asked about", async () => {
    await typeColor("green");
    await until("the change", () => changes().some(({ ref }) => ref.name === "settings"));
    await save("apps/old.yaml", undefined);
    const shown = await until("the deletion", () =>
      changes().length === 2 ? changes() : undefined,
    );
    const [settings, old] = shown.toSorted((a, b) => (a.ref.name > b.ref.name ? -1 : 1));
    assert.equal(settings?.known, "dry-run");
    assert.deepEqual(
      settings?.fields.map(({ path, before, after }) => [path, before, after]),
      [["/data/color", '"red"', '"green"']],
    );
    assert.equal(old?.kind, "deleted");
    assert.equal(await control("color"), "red");
  });

  test("each change opens as a diff of what is there and what would be stored, and all of them at once", async () => {
    const { id } = await until("the change", () =>
      [...api.preview().nodes.values()].find(({ label }) => label === "ConfigMap settings"),
    );
    await vscode.commands.executeCommand("sluice.openChange", id);
    const input = await until("the diff", () => {
      const active = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return active instanceof vscode.TabInputTextDiff ? active : undefined;
    });
    const [before, after] = await Promise.all(
      [input.original, input.modified].map(async (uri) =>
        (await vscode.workspace.openTextDocument(uri)).getText(),
      ),
    );
    assert.match(before ?? "", /color: red/);
    assert.match(after ?? "", /color: green/);
    const line = (after ?? "").split("\n").findIndex((text) => text.includes("color: green"));
    const places = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeDefinitionProvider",
      input.modified,
      new vscode.Position(line, 4),
    );
    assert.match(places[0]?.uri.path ?? "", /\/apps\/config\.yaml$/);
    assert.equal(places[0]?.range.start.line, 4);
    await vscode.commands.executeCommand("sluice.openAllChanges");
    await until("all changes", () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith("Sluice: "),
    );
  });

  test("until then nothing but reads and dry runs was sent, and no Secret is shown", async () => {
    const sent = JSON.parse(await control("sent")) as Readonly<Record<string, number>>;
    assert.deepEqual(Object.keys(sent).sort(), ["patch dryRun=All", "read"]);
    await vscode.commands.executeCommand("sluice.copyPlan");
    const shown = [
      await vscode.env.clipboard.readText(),
      JSON.stringify(api.folders()),
      JSON.stringify([...api.preview().nodes.values()]),
    ].join("\n");
    for (const secret of secrets) assert.ok(!shown.includes(secret));
  });

  test("simulated, pushed, reconciled: the cluster has it, and the plan against it is empty", async () => {
    dialogs.open();
    dialogs.answer("warning", "Save and Commit…");
    dialogs.answer("input", "green");
    dialogs.answer("warning", "Push");
    // The first is the news of the push, the second the offer not to wait for the interval.
    for (let count = 0; count < 2; count++) dialogs.answer("information", "Reconcile Now");
    await vscode.commands.executeCommand("sluice.simulateAndPush");
    assert.match(dialogs.asked("warning").at(-1)?.detail ?? "", /1 changed/);
    assert.deepEqual(dialogs.asked("error"), []);
    const isLive = /^[0-9a-f]{7} is live in dev@test: all \d+ objects are ready\.$/;
    await until("the good news", () =>
      dialogs.asked("information").some(({ message }) => isLive.test(message)),
    );
    assert.equal(await control("color"), "green");
    await until("an empty plan", () => livePlan() && changes().length === 0);
  });

  const plan = (): Plan | undefined => api.folders()[0]?.plan;
  const livePlan = (): Plan | undefined => {
    const view = api.folders()[0];
    return view?.plan?.live && !view.running ? view.plan : undefined;
  };
  const changes = () =>
    livePlan()?.clusters.flatMap(({ appliers }) => appliers.flatMap((one) => one.changes)) ?? [];
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

/** Not saved. */
async function typeColor(color: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(fileUri("apps/config.yaml"));
  const editor = await vscode.window.showTextDocument(document);
  const at = document.getText().indexOf("red");
  const range = new vscode.Range(document.positionAt(at), document.positionAt(at + 3));
  await editor.edit((edit) => edit.replace(range, color));
}

/** `undefined` deletes the file. */
async function save(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) await vscode.workspace.fs.delete(fileUri(path));
  else await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(text));
}
