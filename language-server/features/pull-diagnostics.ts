/** `textDocument/diagnostic` and `workspace/diagnostic`: unchanged results cost a comparison of two ids. */
import type {
  DocumentDiagnosticReport,
  PreviousResultId,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";

import type { FolderModel } from "../workspace/folder-model.ts";
import { toPath, toUri } from "../workspace/tree-uri.ts";
import { nextTurn } from "../workspace/turns.ts";

export function documentReport(
  folder: FolderModel,
  path: string,
  previous: string | undefined,
): DocumentDiagnosticReport {
  const { items, resultId } = folder.diagnostics(path);
  return resultId === previous
    ? { kind: "unchanged", resultId }
    : { kind: "full", resultId, items: [...items] };
}

/** Only what changed is reported. Lets others have their turn between files. */
export async function workspaceReports(
  folder: FolderModel,
  previous: readonly PreviousResultId[],
  signal: AbortSignal,
): Promise<readonly WorkspaceDocumentDiagnosticReport[]> {
  const known = new Map(previous.map(({ uri, value }) => [uri, value]));
  const reports: WorkspaceDocumentDiagnosticReport[] = [];
  const turn = nextTurn(signal);
  for (const path of folder.paths()) {
    await turn();
    const uri = toUri(folder.root, path);
    const before = known.get(uri);
    const report = documentReport(folder, path, before);
    known.delete(uri);
    if (report.kind === "full" && report.items.length === 0 && before === undefined) continue;
    reports.push({ ...report, uri, version: null });
  }
  // Files that went away take their diagnostics along.
  for (const uri of known.keys())
    if (toPath(folder.root, uri) !== undefined)
      reports.push({ kind: "full", uri, version: null, items: [] });
  return reports;
}
