/** The outlook in a real VS Code: a page by command, and text that follows what is typed and not saved. */
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";

const alert = `---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: failures, namespace: flux-system}
spec:
  providerRef: {name: nobody}
  eventSources: [{kind: Kustomization, name: apps}]
`;

suite("Outlook", () => {
  suiteSetup(async function () {
    this.timeout(120_000);
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    await until("the first plan", () => api.folders()[0]?.plan);
  });

  teardown(async () => {
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  test("follows unsaved text", async function () {
    this.timeout(120_000);
    const outlook = await vscode.workspace.openTextDocument(
      vscode.Uri.parse("sluice-outlook:/Outlook.md"),
    );
    await until("that there is nothing", () => outlook.getText().includes("there is no Alert"));
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, "clusters/production/apps.yaml");
    const editor = await vscode.window.showTextDocument(file);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    assert.ok(await editor.edit((edit) => edit.insert(end, alert)));
    await until("the alert", () =>
      outlook
        .getText()
        .includes("`Alert flux-system/failures`: all events of 1 object → **nowhere**"),
    );
  });

  test("opens as a page", async function () {
    this.timeout(120_000);
    await vscode.commands.executeCommand("sluice.showOutlook");
    await until("the page", () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label }) => label.includes("Outlook.md")),
      ),
    );
  });
});

async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  for (const end = Date.now() + 100_000; ;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
