/** The extension in VS Code for the Web: workspace files through `workspace.fs`, no Git, the engine in a web worker. */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { until } from "../support/until.ts";

suite("Preview on the web", () => {
  let api: SluiceApi;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    check(extension, "the extension is there");
    api = await extension.activate();
    await vscode.commands.executeCommand("sluice.preview.focus");
    await until("the first plan", () => api.folders()[0]?.plan ?? failure(api));
  });

  test("there is no Node.js here", () => {
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    equal(process?.versions?.node, undefined);
  });

  test("Kustomizations are shown, and what is missing is said", async () => {
    const [view] = api.folders();
    equal(view?.failure, undefined);
    equal(view?.plan?.base, undefined);
    equal(view?.notes.map(({ code }) => code).join(), "no-git");
    for (const name of ["flux-system", "apps", "infrastructure"])
      await until(`${name} to be shown`, () =>
        [...api.preview().nodes.values()].some(({ label }) => label === name),
      );
  });

  test("the engine renders: a Kustomization has its objects", () => {
    const appliers = api.folders()[0]?.plan?.clusters.flatMap((cluster) => cluster.appliers) ?? [];
    const apps = appliers.find(({ applier }) => applier.ref.name === "apps")?.applier;
    equal(apps?.state, "ready");
    equal(apps?.objects, 3);
  });

  test("a mistake in unsaved text is a problem at its file, and goes when it is mended", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    check(folder, "a folder is open");
    const uri = vscode.Uri.joinPath(folder.uri, "apps/podinfo/kustomization.yaml");
    const editor = await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument(uri),
    );
    const at = editor.document.getText().indexOf("service.yaml");
    const range = new vscode.Range(
      editor.document.positionAt(at),
      editor.document.positionAt(at + 7),
    );
    await editor.edit((edit) => edit.replace(range, "missing"));
    // That a file is no longer listed is said too, as information.
    await until("an error", () =>
      ours(uri).find(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
    );
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await until("no problem", () => ours(uri).length === 0);
  });
});

function ours(file: vscode.Uri): readonly vscode.Diagnostic[] {
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  return vscode.languages
    .getDiagnostics()
    .filter(([uri]) => uri.path.startsWith(folder))
    .flatMap(([, list]) => list)
    .filter(({ source }) => source === "Sluice");
}

function failure(api: SluiceApi): undefined {
  const found = api.folders()[0]?.failure;
  if (found) throw new Error(found.message);
}

function check(value: unknown, what: string): asserts value {
  if (!value) throw new Error(`not true: ${what}`);
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected)
    throw new Error(`expected ${String(expected)}, got ${JSON.stringify(actual)}`);
}
