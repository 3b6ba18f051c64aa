/** The extension in a real VS Code: the Preview follows unsaved text, diffs open, problems are shown, a revert clears. */
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import type { PreviewNode } from "../../extension/model/preview-node.ts";
import { fileUri, isIdle, open, replace, takeBack } from "../support/editor-gestures.ts";
import { until } from "../support/until.ts";

const deployment = "apps/podinfo/deployment.yaml";

suite("Preview", () => {
  let api: SluiceApi;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    api = await extension.activate();
    await vscode.commands.executeCommand("sluice.preview.focus");
    await until("the first plan", () => isIdle(api) && api.folders()[0]?.plan);
  });

  teardown(async () => {
    await takeBack(api);
    await until("nothing left", () => isIdle(api) && api.preview().roots.length === 0);
  });

  test("a clean working tree has no changes and no problems", () => {
    const plan = api.folders()[0]?.plan;
    assert.equal(plan?.base, "HEAD");
    assert.deepEqual(
      plan.clusters.map(({ appliers }) => appliers.map(({ applier }) => applier.ref.name).sort()),
      [["apps", "flux-system", "infrastructure"]],
    );
    assert.deepEqual(plan.problems, []);
  });

  test("unsaved text changes the plan, and undoing it clears the Preview", async () => {
    const editor = await open(deployment);
    await replace(editor, "replicas: 2", "replicas: 3");
    assert.ok(editor.document.isDirty);
    const node = await until("the changed Deployment", () => find(api, "Deployment podinfo"));
    assert.equal(node.description, "apps · 1 field");
    assert.ok(node.target.kind === "change");
    assert.deepEqual(
      node.target.change.fields.map(({ path, before, after }) => [path, before, after]),
      [["/spec/replicas", "2", "3"]],
    );
    assert.ok(node.target.place?.path === deployment);
    await vscode.commands.executeCommand("undo");
    await until("no changes", () => isIdle(api) && api.preview().roots.length === 0);
  });

  test("a click on a change opens the diff of both sides, which follows the text", async () => {
    const editor = await open(deployment);
    await replace(editor, "podinfo:6.9.0", "podinfo:6.9.1");
    const node = await until("the changed Deployment", () => find(api, "Deployment podinfo"));
    await vscode.commands.executeCommand("sluice.openChange", node.id);
    const input = await until("a diff editor", () => {
      const active = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return active instanceof vscode.TabInputTextDiff ? active : undefined;
    });
    assert.equal(
      vscode.window.tabGroups.activeTabGroup.activeTab?.label,
      "Deployment apps/podinfo (HEAD ↔ working tree)",
    );
    const [base, target] = await Promise.all([
      vscode.workspace.openTextDocument(input.original),
      vscode.workspace.openTextDocument(input.modified),
    ]);
    assert.match(base.getText(), /podinfo:6\.9\.0/);
    assert.match(target.getText(), /podinfo:6\.9\.1/);
    assert.equal(target.languageId, "yaml");
    await replace(await open(deployment), "podinfo:6.9.1", "podinfo:6.9.2");
    await until("the diff to follow", () => /podinfo:6\.9\.2/.test(target.getText()));
  });

  test("all changes open in one editor", async () => {
    await replace(await open(deployment), "replicas: 2", "replicas: 4");
    await until("the changed Deployment", () => find(api, "Deployment podinfo"));
    await vscode.commands.executeCommand("sluice.openAllChanges");
    await until("the multi-diff editor", () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ label }) => label.startsWith("Sluice: HEAD")),
    );
  });

  test("a mistake is a problem at its file, and goes when it is mended", async () => {
    const editor = await open("apps/podinfo/kustomization.yaml");
    await replace(editor, "- service.yaml", "- missing.yaml");
    const { uri } = editor.document;
    // That a file is no longer listed is said too, as information.
    const found = await until("an error", () =>
      ours().find(
        ({ path, diagnostic }) =>
          path.startsWith(uri.path.slice(0, -19)) &&
          diagnostic.severity === vscode.DiagnosticSeverity.Error,
      ),
    );
    assert.equal(found.diagnostic.source, "Sluice");
    // The rules answer before the simulation does.
    await until("the failing Kustomization", () =>
      [...api.preview().nodes.values()].some(
        ({ target, icon }) => target.kind === "applier" && icon.id === "error",
      ),
    );
    await vscode.commands.executeCommand("undo");
    await until("no problem", () => ours().length === 0);
  });

  test("a new file on disk is seen, and its removal too", async () => {
    const uri = fileUri("apps/podinfo/extra.yaml");
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n";
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    try {
      await replace(
        await open("apps/podinfo/kustomization.yaml"),
        "- service.yaml",
        "- service.yaml\n  - extra.yaml",
      );
      await until("the new ConfigMap", () => find(api, "ConfigMap extra"));
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
    await until("a problem about the missing file", () =>
      ours().some(({ diagnostic }) => diagnostic.severity === vscode.DiagnosticSeverity.Error),
    );
  });

  test("the source of a change is one command away", async () => {
    await replace(await open(deployment), "replicas: 2", "replicas: 5");
    const node = await until("the changed Deployment", () => find(api, "Deployment podinfo"));
    await vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
    await vscode.commands.executeCommand("sluice.goToSource", node.id);
    await until("the manifest", () =>
      vscode.window.activeTextEditor?.document.uri.path.endsWith(deployment),
    );
  });

  test("the filter shows every Kustomization", async () => {
    await vscode.commands.executeCommand("sluice.showEverything");
    try {
      await until("the quiet ones", () => find(api, "infrastructure"));
    } finally {
      await vscode.commands.executeCommand("sluice.showChanges");
    }
  });

  test("switching Sluice off takes everything back, and on again brings it back", async () => {
    await replace(
      await open("apps/podinfo/kustomization.yaml"),
      "- service.yaml",
      "- missing.yaml",
    );
    await until("a problem", () => ours().length > 0);
    const settings = vscode.workspace.getConfiguration("sluice");
    await settings.update("enable", false, vscode.ConfigurationTarget.Global);
    try {
      await until("nothing", () => api.folders().length === 0 && ours().length === 0);
    } finally {
      await settings.update("enable", undefined, vscode.ConfigurationTarget.Global);
    }
    await until("the problem again", () => ours().length > 0);
  });

  test("the plan can be copied as Markdown", async () => {
    await replace(await open(deployment), "replicas: 2", "replicas: 6");
    await until("the changed Deployment", () => find(api, "Deployment podinfo"));
    await vscode.commands.executeCommand("sluice.copyPlan");
    await until("the plan in the clipboard", async () =>
      /changed: `Deployment apps\/podinfo`/.test(await vscode.env.clipboard.readText()),
    );
    await vscode.commands.executeCommand(
      "sluice.copyReference",
      find(api, "Deployment podinfo")?.id,
    );
    assert.equal(await vscode.env.clipboard.readText(), "Deployment/apps/podinfo");
  });
});

interface OwnDiagnostic {
  readonly path: string;
  readonly diagnostic: vscode.Diagnostic;
}

function ours(): readonly OwnDiagnostic[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, list]) => list.map((diagnostic) => ({ path: uri.path, diagnostic })))
    .filter(({ diagnostic }) => diagnostic.source === "Sluice");
}

function find(api: SluiceApi, label: string): PreviewNode | undefined {
  return [...api.preview().nodes.values()].find((node) => node.label === label);
}
