/** Objects of all files by `Kind namespace/name`. */
import type { SymbolInformation } from "vscode-languageserver";

import { namespacesOf } from "../model/namespaces.ts";
import { lineOf } from "../model/object-index.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { symbolKind, symbolName } from "./document-symbols.ts";

/** More than anyone reads; clients ask again when the query grows. */
const maxSymbols = 500;

export function workspaceSymbols(
  { model, root }: FolderModel,
  query: string,
  signal?: AbortSignal,
): readonly SymbolInformation[] {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, "");
  const found: SymbolInformation[] = [];
  for (const one of model.index.all) {
    if (found.length >= maxSymbols) break;
    signal?.throwIfAborted();
    if (one.name === "" && one.kind === "") continue;
    const namespace = one.namespace || (namespacesOf(model, one.path, one)?.[0] ?? "");
    if (!isSubsequence(wanted, `${one.kind}${namespace}/${one.name}`)) continue;
    const start = { line: lineOf(model, one), character: 0 };
    found.push({
      name: symbolName({ ...one, namespace }),
      kind: symbolKind(one.kind),
      containerName: one.path,
      location: { uri: toUri(root, one.path), range: { start, end: start } },
    });
  }
  return found;
}

/** Whether the letters of `wanted` come in their order. */
function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const letter of text.toLowerCase()) if (letter === wanted[at]) at++;
  return at >= wanted.length;
}
