/** What tests of the language server do in a real VS Code, with and without Node.js: open, edit, look, wait, take back. */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { until } from "./until.ts";

export async function startSluice(): Promise<SluiceApi> {
  const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
  check(extension, "the extension is there");
  // A workbench in a browser saves by itself, and what was saved can't be taken back.
  await vscode.workspace
    .getConfiguration("files")
    .update("autoSave", "off", vscode.ConfigurationTarget.Global);
  const api = await extension.activate();
  await until("the first plan", () => isIdle(api) && api.folders()[0]?.plan);
  return api;
}

export function isIdle(api: SluiceApi): boolean {
  return api.folders().every(({ running }) => !running);
}

export function fileUri(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  check(folder, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function open(path: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(fileUri(path));
  return vscode.window.showTextDocument(document, { preview: false });
}

export async function replace(
  editor: vscode.TextEditor,
  from: string,
  to: string,
): Promise<vscode.Range> {
  const { document } = editor;
  const range = rangeOf(document, from);
  check(await editor.edit((edit) => edit.replace(range, to)), `${from} was replaced`);
  const start = document.offsetAt(range.start);
  return new vscode.Range(range.start, document.positionAt(start + to.length));
}

/** Of the first occurrence. */
export function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  const at = document.getText().indexOf(text);
  check(at >= 0, `${text} is in ${document.uri.path}`);
  return new vscode.Range(document.positionAt(at), document.positionAt(at + text.length));
}

/** Within `text`, whose cursor is written as `|`; the `occurrence`th, counted from 0. */
export function positionIn(
  document: vscode.TextDocument,
  text: string,
  occurrence = 0,
): vscode.Position {
  const before = text.indexOf("|");
  const plain = text.replace("|", "");
  let at = -1;
  for (let count = 0; count <= occurrence; count++) {
    at = document.getText().indexOf(plain, at + 1);
    check(at >= 0, `${plain} is in ${document.uri.path}`);
  }
  return document.positionAt(at + before);
}

export function putCursor(editor: vscode.TextEditor, position: vscode.Position): void {
  editor.selection = new vscode.Selection(position, position);
}

function diagnosticsOf(uri: vscode.Uri): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Sluice");
}

export function allDiagnostics(): readonly vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([, list]) => list)
    .filter(({ source }) => source === "Sluice");
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

export function withCode(uri: vscode.Uri, code: string): vscode.Diagnostic | undefined {
  return diagnosticsOf(uri).find((one) => codeOf(one) === code);
}

/** Takes back whatever a test typed, and waits until nothing is left of it. */
export async function takeBack(api: SluiceApi): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await until(`${document.uri.path} as it was`, async () => {
      // Another editor that is still opening may take the place: then it is asked for again.
      await vscode.window.showTextDocument(document).then(undefined, () => undefined);
      // What was never a file has nothing to go back to.
      const isNew = document.uri.scheme === "untitled";
      await vscode.commands.executeCommand(
        isNew ? "workbench.action.revertAndCloseActiveEditor" : "workbench.action.files.revert",
      );
      return document.isClosed || !document.isDirty;
    });
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await until("the end of the simulation", () => isIdle(api));
  const left = (): string =>
    allDiagnostics()
      .map((one) => `${codeOf(one)}: ${one.message}`)
      .join();
  await until(
    () => `an end of ${left()}`,
    () => left() === "",
  );
}

/** Picks, one list after the other, the item whose label begins so. */
export async function picking(
  labels: readonly string[],
  work: () => Thenable<unknown>,
): Promise<void> {
  const window = vscode.window as { showQuickPick: unknown };
  const real = window.showQuickPick;
  const left = [...labels];
  window.showQuickPick = async (given: unknown) => {
    const items = (await given) as readonly { readonly label: string }[];
    const wanted = left.shift() ?? "";
    return items.find(({ label }) => label.startsWith(wanted));
  };
  try {
    await work();
  } finally {
    window.showQuickPick = real;
  }
  equal(left, []);
}

export function check(value: unknown, what: string): asserts value {
  if (!value) throw new Error(`not true: ${what}`);
}

export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}
