/** Asks a real VS Code what its language features answer, as plain texts. */
import * as vscode from "vscode";

export async function hoverAt(uri: vscode.Uri, at: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    at,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((one) => (typeof one === "string" ? one : one.value))
    .join("\n")
    .replaceAll("&nbsp;", " ");
}

export async function hintsOf(document: vscode.TextDocument): Promise<readonly string[]> {
  const hints = await vscode.commands.executeCommand<readonly vscode.InlayHint[]>(
    "vscode.executeInlayHintProvider",
    document.uri,
    new vscode.Range(0, 0, document.lineCount, 0),
  );
  return hints.map(({ label }) =>
    typeof label === "string" ? label : label.map(({ value }) => value).join(""),
  );
}

export async function completeAt(uri: vscode.Uri, at: vscode.Position): Promise<readonly string[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    uri,
    at,
  );
  return items.map(({ label }) => (typeof label === "string" ? label : label.label));
}

export async function locations(
  command: string,
  uri: vscode.Uri,
  at: vscode.Position,
): Promise<readonly string[]> {
  const found = await vscode.commands.executeCommand<readonly vscode.Location[]>(command, uri, at);
  return found.map((one) => relative(one.uri)).toSorted();
}

export function relative(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

/** Types of the tokens of a line: five numbers for each, of which the first counts lines from the one before. */
export function tokensOn(data: Uint32Array, line: number): readonly number[] {
  const types: number[] = [];
  let at = 0;
  for (let index = 0; index + 4 < data.length; index += 5) {
    at += data[index] ?? 0;
    if (at === line) types.push(data[index + 3] ?? -1);
  }
  return types;
}
