/** What stands around the text in a real VS Code: lenses, folding, outline, colours, selections. */
import * as vscode from "vscode";

import { check, equal, open, positionIn, rangeOf, replace } from "./editor-gestures.ts";
import { tokensOn } from "./language-queries.ts";
import { until } from "./until.ts";

const apps = "clusters/production/apps.yaml";
const sync = "clusters/production/flux-system/gotk-sync.yaml";
const deployment = "apps/podinfo/deployment.yaml";

export function structureTests(): void {
  test("lenses above a Kustomization open what it renders", async () => {
    const { uri } = (await open(apps)).document;
    const lens = await until("the lens", async () => {
      const all = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        uri,
      );
      return all.find(({ command }) => command?.title === "Show rendered");
    });
    check(lens.command, "it has a command");
    equal(lens.range.start.line, 0);
    await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
    await until("the rendered objects", () =>
      vscode.window.visibleTextEditors.some(({ document }) =>
        /kind: Deployment\n[^]*namespace: apps\n/.test(document.getText()),
      ),
    );
  });

  test("documents and maps fold, and the outline has objects", async () => {
    const { uri } = (await open(sync)).document;
    const folds = await vscode.commands.executeCommand<readonly vscode.FoldingRange[]>(
      "vscode.executeFoldingRangeProvider",
      uri,
    );
    const { document } = await open(sync);
    const metadata = document.positionAt(document.getText().indexOf("metadata:")).line;
    check(
      folds.some(({ start }) => start === metadata),
      "metadata folds",
    );
    const symbols = await vscode.commands.executeCommand<readonly { readonly name: string }[]>(
      "vscode.executeDocumentSymbolProvider",
      uri,
    );
    const names = symbols.map(({ name }) => name);
    for (const name of [
      "GitRepository flux-system/flux-system",
      "Kustomization flux-system/flux-system",
    ])
      check(names.includes(name), `${name} is among ${names.join()}`);
  });

  test("names and variables have colours of their own", async () => {
    const editor = await open(deployment);
    const { document } = editor;
    await replace(
      editor,
      "  name: podinfo\nspec",
      "  name: podinfo\n  labels:\n    on: ${cluster}\nspec",
    );
    const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>(
      "vscode.provideDocumentSemanticTokensLegend",
      document.uri,
    );
    const { line } = rangeOf(document, "${cluster}").start;
    await until("the variable", async () => {
      const { data } = await vscode.commands.executeCommand<vscode.SemanticTokens>(
        "vscode.provideDocumentSemanticTokens",
        document.uri,
      );
      return tokensOn(data, line).some((type) => legend.tokenTypes[type] === "variable");
    });
  });

  test("a selection grows along the YAML", async () => {
    const { document } = await open(apps);
    const found = await vscode.commands.executeCommand<vscode.SelectionRange[]>(
      "vscode.executeSelectionRangeProvider",
      document.uri,
      [positionIn(document, "cluster: produc|tion")],
    );
    const texts: string[] = [];
    for (let one = found[0]; one && texts.length < 20; one = one.parent)
      texts.push(document.getText(one.range).trim());
    check(texts.includes("production"), "the value");
    check(texts.includes("cluster: production"), "the pair");
  });
}
