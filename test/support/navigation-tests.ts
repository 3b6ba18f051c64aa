/** From a name to what it means and back, in a real VS Code: definitions, references, rename, hierarchy, links, symbols. */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import {
  allDiagnostics,
  check,
  codeOf,
  equal,
  fileUri,
  isIdle,
  open,
  positionIn,
  putCursor,
  withCode,
} from "./editor-gestures.ts";
import { locations, relative } from "./language-queries.ts";
import { until } from "./until.ts";

const apps = "clusters/production/apps.yaml";
const infrastructure = "clusters/production/infrastructure.yaml";
const sync = "clusters/production/flux-system/gotk-sync.yaml";

export function navigationTests(api: () => SluiceApi): void {
  test("a name leads to its definition in another file", async () => {
    await goFrom(apps, "kind: GitRepository\n    name: |flux-system", sync, "flux-system");
    await goFrom(apps, "dependsOn:\n    - name: |infrastructure", infrastructure, "infrastructure");
  });

  test("a path leads to the kustomization.yaml of its folder", async () => {
    await goFrom(apps, "path: ./apps|/podinfo", "apps/podinfo/kustomization.yaml");
  });

  test("a source that is renamed gets its new name wherever it is named", async () => {
    const { document } = await open(sync);
    const at = positionIn(document, "kind: GitRepository\nmetadata:\n  name: flux|-system");
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      document.uri,
      at,
      "fleet",
    );
    const counts = edit.entries().map(([uri, edits]) => `${relative(uri)}: ${edits.length}`);
    equal(counts.toSorted(), [`${apps}: 1`, `${sync}: 2`, `${infrastructure}: 1`]);
    check(await vscode.workspace.applyEdit(edit), "the edit was applied");
    const texts = await Promise.all([apps, infrastructure, sync].map(textOf));
    for (const text of texts) check(text.includes("kind: GitRepository\n    name: fleet"), text);
    // A Kustomization of the same name is another object.
    check(texts[2]?.includes("kind: Kustomization\nmetadata:\n  name: flux-system"), "it stays");
    const { uri } = document;
    await until(
      "a plan of the new text",
      () => isIdle(api()) && !withCode(uri, "flux/ref-not-found"),
    );
    equal(allDiagnostics().filter((one) => codeOf(one) === "flux/ref-not-found").length, 0);
    const uses = await locations("vscode.executeReferenceProvider", uri, at);
    equal(uses, [apps, sync, sync, infrastructure]);
  });

  test("a name can be renamed, and a field can't", async () => {
    const { document } = await open(apps);
    const { placeholder } = await vscode.commands.executeCommand<{ readonly placeholder: string }>(
      "vscode.prepareRename",
      document.uri,
      positionIn(document, "name: ap|ps"),
    );
    equal(placeholder, "apps");
    const at = positionIn(document, "inter|val");
    const refused = await vscode.commands
      .executeCommand("vscode.prepareRename", document.uri, at)
      .then(
        () => "",
        (error: unknown) => String(error),
      );
    check(refused !== "", "it is refused");
  });

  test("who waits for whom is a call hierarchy", async () => {
    const { document } = await open(apps);
    const [item] = await vscode.commands.executeCommand<vscode.CallHierarchyItem[]>(
      "vscode.prepareCallHierarchy",
      document.uri,
      positionIn(document, "name: ap|ps"),
    );
    check(item, "there is an item");
    equal(item.name, "Kustomization flux-system/apps");
    const outgoing = await vscode.commands.executeCommand<vscode.CallHierarchyOutgoingCall[]>(
      "vscode.provideOutgoingCalls",
      item,
    );
    equal(outgoing.map(({ to }) => to.name).toSorted(), [
      "GitRepository flux-system/flux-system",
      "Kustomization flux-system/infrastructure",
    ]);
    const waitedFor = outgoing.find(({ to }) => to.name.endsWith("infrastructure"));
    const incoming = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>(
      "vscode.provideIncomingCalls",
      waitedFor?.to,
    );
    equal(
      incoming.map(({ from }) => from.name),
      ["Kustomization flux-system/apps"],
    );
  });

  test("paths are links", async () => {
    const { uri } = (await open("apps/podinfo/kustomization.yaml")).document;
    const links = await vscode.commands.executeCommand<readonly vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      uri,
    );
    const targets = links.flatMap(({ target }) => (target ? [relative(target)] : []));
    for (const name of ["deployment.yaml", "service.yaml", "settings.yaml"])
      check(targets.includes(`apps/podinfo/${name}`), `${name} is among ${targets.join()}`);
  });

  test("objects are found by kind and name in the workspace", async () => {
    await open(apps);
    const found = await vscode.commands.executeCommand<readonly vscode.SymbolInformation[]>(
      "vscode.executeWorkspaceSymbolProvider",
      "deploypodinfo",
    );
    check(
      found.some(({ name }) => name === "Deployment apps/podinfo"),
      found.map(({ name }) => name).join(),
    );
  });
}

async function goFrom(path: string, from: string, to: string, name?: string): Promise<void> {
  const { document } = await open(path);
  const active = await until(`${to} to open`, async () => {
    const before = vscode.window.activeTextEditor;
    if (before?.document === document) {
      putCursor(before, positionIn(document, from));
      await vscode.commands.executeCommand("editor.action.revealDefinition");
    }
    const now = vscode.window.activeTextEditor;
    return now && relative(now.document.uri) === to ? now : undefined;
  });
  if (name === undefined) return;
  const { selection } = active;
  const word = active.document.getWordRangeAtPosition(selection.start, /[\w-]+/);
  equal(active.document.getText(word), name);
}

async function textOf(path: string): Promise<string> {
  return (await vscode.workspace.openTextDocument(fileUri(path))).getText();
}
