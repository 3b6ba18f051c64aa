/** Folding by indentation, which holds while the YAML is half typed; documents and blocks of comments fold too. */
import type { FoldingRange } from "vscode-languageserver";

import type { FolderModel } from "../workspace/folder-model.ts";

export function folding({ model }: FolderModel, path: string): readonly FoldingRange[] {
  const file = model.files.get(path);
  return file?.isYaml === true && file.text !== undefined ? foldingOf(file.text) : [];
}

interface Open {
  readonly line: number;
  readonly indent: number;
  readonly isItem: boolean;
}

export function foldingOf(text: string): readonly FoldingRange[] {
  const lines = text.split(/\r?\n/);
  const folds: FoldingRange[] = [...commentFolds(lines), ...documentFolds(lines)];
  const open: Open[] = [];
  let last = 0;
  const closeTo = (indent: number, isItem: boolean): void => {
    for (let top = open.at(-1); top && !encloses(top, indent, isItem); top = open.at(-1)) {
      open.pop();
      if (last > top.line) folds.push({ startLine: top.line, endLine: last });
    }
  };
  for (const [line, content] of lines.entries()) {
    if (isMark(content)) {
      closeTo(-1, false);
      last = line;
      continue;
    }
    if (/^\s*(?:#|$)/.test(content)) continue;
    const indent = content.search(/\S/);
    const isItem = /^\s*-(?:\s|$)/.test(content);
    closeTo(indent, isItem);
    open.push({ line, indent, isItem });
    last = line;
  }
  closeTo(-1, false);
  return folds.toSorted((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** The elements of a list may stand as far left as the key they belong to. */
function encloses(top: Open, indent: number, isItem: boolean): boolean {
  return top.indent < indent || (top.indent === indent && isItem && !top.isItem);
}

function isMark(line: string): boolean {
  return /^(?:---|\.\.\.)(?:\s|$)/.test(line);
}

function* documentFolds(lines: readonly string[]): Generator<FoldingRange> {
  const starts = [...lines.keys()].filter((line) => /^---(?:\s|$)/.test(lines[line] ?? ""));
  for (const [at, start] of starts.entries()) {
    const end = lastFilled(lines, (starts[at + 1] ?? lines.length) - 1);
    if (end > start) yield { startLine: start, endLine: end, kind: "region" };
  }
}

function lastFilled(lines: readonly string[], from: number): number {
  let line = from;
  while (line > 0 && lines[line]?.trim() === "") line--;
  return line;
}

function* commentFolds(lines: readonly string[]): Generator<FoldingRange> {
  let start: number | undefined;
  for (const [line, content] of [...lines, ""].entries()) {
    if (/^\s*#/.test(content)) {
      start ??= line;
      continue;
    }
    if (start !== undefined && line - start > 1)
      yield { startLine: start, endLine: line - 1, kind: "comment" };
    start = undefined;
  }
}
