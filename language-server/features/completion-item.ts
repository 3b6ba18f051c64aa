/** Suggestions as LSP wants them. */
import type { CompletionItem, CompletionList } from "vscode-languageserver";
import {
  CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
  InsertTextMode,
} from "vscode-languageserver";

import type { ManifestFile, TextRange } from "../manifest/manifest-file.ts";
import { positionAt } from "../manifest/manifest-file.ts";
import type { Completed } from "./completion.ts";
import type { Suggestion } from "./completion-site.ts";

export interface FilePlace {
  readonly file: ManifestFile;
  /** Offset of the document in the file. */
  readonly start: number;
  /** Whether the client knows placeholders. */
  readonly snippets: boolean;
}

/** Nobody reads more; what is typed next asks again. */
const maxItems = 1000;

export function toList(
  { suggestions, start, end, lead }: Completed,
  { file, start: documentStart, snippets }: FilePlace,
): CompletionList {
  const range = {
    start: positionAt(file, documentStart + start),
    end: positionAt(file, documentStart + end),
  };
  const ordered = suggestions.toSorted((a, b) => a.rank - b.rank);
  const items = ordered
    .slice(0, maxItems)
    .map((one, at) => toItem(one, { range, lead, snippets, at }));
  return { isIncomplete: suggestions.length > maxItems, items };
}

interface Insertion {
  readonly range: TextRange;
  readonly lead: string;
  readonly snippets: boolean;
  readonly at: number;
}

function toItem(one: Suggestion, { range, lead, snippets, at }: Insertion): CompletionItem {
  const { label, detail, documentation } = one;
  const usesSnippet = one.snippet !== undefined && snippets;
  const text = usesSnippet ? one.snippet : (one.insert ?? plain(one.snippet) ?? label);
  return {
    label,
    kind: kinds[one.kind],
    sortText: `${one.rank}${`${at}`.padStart(4, "0")}`,
    filterText: one.kind === "variable" ? (one.insert ?? label) : label,
    insertTextFormat: usesSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.adjustIndentation,
    textEdit: { range, newText: `${lead}${text ?? label}` },
    ...(detail !== undefined && detail !== "" && { detail }),
    ...(documentation !== undefined &&
      documentation !== "" && { documentation: { kind: "markdown", value: documentation } }),
    ...(one.deprecated === true && { tags: [CompletionItemTag.Deprecated] }),
  };
}

const kinds: Readonly<Record<Suggestion["kind"], CompletionItemKind>> = {
  field: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  object: CompletionItemKind.Reference,
  variable: CompletionItemKind.Variable,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  kind: CompletionItemKind.Class,
};

/** Without its placeholders, for clients that know none; and only its first line, because what follows would be holes. */
function plain(snippet: string | undefined): string | undefined {
  return snippet
    ?.split("\n")[0]
    ?.replaceAll(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, "$1")
    .replaceAll(/\$\{\d+:?([^}]*)\}/g, "$1")
    .replaceAll(/\\([\\$}])/g, "$1");
}
