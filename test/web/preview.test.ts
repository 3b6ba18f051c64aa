/** The extension in VS Code for the Web: workspace files through `workspace.fs`, no Git, the engine in a web worker. */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";

suite("Preview on the web", () => {
  let api: SluiceApi;

  suiteSetup(async function () {
    this.timeout(90_000);
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    check(extension, "the extension is there");
    api = await extension.activate();
    await vscode.commands.executeCommand("sluice.preview.focus");
    await until("the first plan", () => api.folders()[0]?.plan ?? failure(api), 60_000);
  });

  test("there is no Node.js here", () => {
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    equal(process?.versions?.node, undefined);
  });

  test("Kustomizations are shown, and what is missing is said", () => {
    const [view] = api.folders();
    equal(view?.failure, undefined);
    equal(view?.plan?.base, undefined);
    equal(view?.notes.map(({ code }) => code).join(), "no-git");
    const labels = [...api.preview().nodes.values()].map(({ label }) => label);
    for (const name of ["flux-system", "apps", "infrastructure"])
      check(labels.includes(name), `${name} is shown`);
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

async function until<T>(
  what: string,
  ask: () => T,
  patience = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = ask();
    if (answer) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
