/** Quick fixes of the diagnostics at a place, and all preferred fixes of a file at once. */
import type { CodeAction, CodeActionParams, WorkspaceEdit } from "vscode-languageserver";
import { CodeActionKind } from "vscode-languageserver";

import type { TextRange } from "../manifest/manifest-file.ts";
import type { Diagnosis, DiagnosisFix } from "../rules/diagnosis.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";

const fixAll = `${CodeActionKind.SourceFixAll}.sluice`;

export function codeActions(
  folder: FolderModel,
  path: string,
  { range, context }: CodeActionParams,
): readonly CodeAction[] {
  const { diagnoses, items } = folder.diagnostics(path);
  const wants = (kind: string): boolean =>
    !context.only || context.only.some((one) => kind === one || kind.startsWith(`${one}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const [at, diagnosis] of diagnoses.entries()) {
      if (!touches(diagnosis.range, range)) continue;
      for (const fix of diagnosis.fixes)
        actions.push({
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          isPreferred: fix.preferred,
          diagnostics: items.slice(at, at + 1),
          edit: toEdit(folder.root, [fix]),
        });
    }
  }
  const all = preferredFixes(diagnoses);
  if (all.length > 0 && context.only && wants(fixAll))
    actions.push({
      title: "Fix everything that Sluice can fix",
      kind: fixAll,
      edit: toEdit(folder.root, all),
    });
  return actions;
}

/** One for each diagnosis, from the top; edits that would overlap wait for the next time. */
function preferredFixes(diagnoses: readonly Diagnosis[]): readonly DiagnosisFix[] {
  const taken: TextRange[] = [];
  return diagnoses.flatMap((diagnosis) => {
    const fix = diagnosis.fixes.find(({ preferred }) => preferred);
    if (!fix || fix.changes.some(({ path }) => path !== diagnosis.path)) return [];
    if (fix.changes.some(({ range }) => taken.some((one) => touches(one, range)))) return [];
    taken.push(...fix.changes.map(({ range }) => range));
    return [fix];
  });
}

function toEdit(root: string, fixes: readonly DiagnosisFix[]): WorkspaceEdit {
  const changes: Record<string, { range: TextRange; newText: string }[]> = {};
  for (const { path, range, text } of fixes.flatMap((fix) => fix.changes))
    (changes[toUri(root, path)] ??= []).push({ range, newText: text });
  return { changes };
}

function touches(a: TextRange, b: TextRange): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: TextRange["start"], b: TextRange["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
