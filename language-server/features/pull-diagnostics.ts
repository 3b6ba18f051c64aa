/** `textDocument/diagnostic` and `workspace/diagnostic`: unchanged results cost a comparison of two ids. */
import type {
  DocumentDiagnosticReport,
  PreviousResultId,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";

import type { FolderModel } from "../workspace/folder-model.ts";
import { toPath, toUri } from "../workspace/tree-uri.ts";
import { nextTurn } from "../workspace/turns.ts";

/**
 * Files that were reported by themselves, and how often the client has since said that it knows what the workspace says of them.
 * While a document is open a client takes no notice of that; when it is closed the last report of the document is dropped and
 * what the workspace said is forgotten (vscode-languageclient `common/diagnostic.ts`). So the whole is said again until the
 * client has it for certain; otherwise a mistake that was mended just then would be shown for ever.
 */
const reportedAlone = new WeakMap<FolderModel, Map<string, number>>();
const certain = 2;

export async function documentReport(
  folder: FolderModel,
  path: string,
  previous: string | undefined,
  signal: AbortSignal,
): Promise<DocumentDiagnosticReport> {
  const report = await reportOf(folder, path, previous, signal);
  const alone = reportedAlone.get(folder) ?? new Map<string, number>();
  reportedAlone.set(folder, alone.set(path, 0));
  return report;
}

async function reportOf(
  folder: FolderModel,
  path: string,
  previous: string | undefined,
  signal: AbortSignal,
): Promise<DocumentDiagnosticReport> {
  await folder.prepare(path, signal);
  signal.throwIfAborted();
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
  await folder.prepare("", signal);
  const alone = reportedAlone.get(folder);
  for (const path of folder.paths()) {
    await turn();
    const uri = toUri(folder.root, path);
    const before = known.get(uri);
    known.delete(uri);
    const isAlone = alone?.has(path) === true;
    const report = await reportOf(folder, path, isAlone ? undefined : before, signal);
    if (isAlone && report.resultId === before) {
      const times = (alone.get(path) ?? 0) + 1;
      if (times < certain) alone.set(path, times);
      else alone.delete(path);
    }
    const isEmpty = report.kind === "full" && report.items.length === 0;
    if (isEmpty && before === undefined && !isAlone) continue;
    reports.push({ ...report, uri, version: null });
  }
  // Files that went away take their diagnostics along.
  for (const uri of known.keys())
    if (toPath(folder.root, uri) !== undefined)
      reports.push({ kind: "full", uri, version: null, items: [] });
  return reports;
}
