/** The outlook in a real VS Code: a page by command, and text that follows what is typed and not saved. */
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { fileUri, startSluice, takeBack } from "../support/editor-gestures.ts";
import { until } from "../support/until.ts";

const alert = `---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: failures, namespace: flux-system}
spec:
  providerRef: {name: nobody}
  eventSources: [{kind: Kustomization, name: apps}]
`;

suite("Outlook", () => {
  let api: SluiceApi;

  suiteSetup(async () => {
    api = await startSluice();
  });

  teardown(() => takeBack(api));

  test("follows unsaved text", async () => {
    const outlook = await vscode.workspace.openTextDocument(
      vscode.Uri.parse("sluice-outlook:/Outlook.md"),
    );
    await until("that there is nothing", () => outlook.getText().includes("there is no Alert"));
    const file = fileUri("clusters/production/apps.yaml");
    const editor = await vscode.window.showTextDocument(file);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    assert.ok(await editor.edit((edit) => edit.insert(end, alert)));
    await until("the alert", () =>
      outlook
        .getText()
        .includes("`Alert flux-system/failures`: all events of 1 object → **nowhere**"),
    );
  });

  test("opens as a page", async () => {
    await vscode.commands.executeCommand("sluice.showOutlook");
    await until("the page", () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label }) => label.includes("Outlook.md")),
      ),
    );
  });
});
