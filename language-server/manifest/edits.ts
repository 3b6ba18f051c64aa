/** Minimal edits of a document: they keep comments and layout, because nothing is written that does not change. */
import type { ManifestDocument } from "./manifest-document.ts";
import type { Span, Value } from "./value.ts";

export interface DocumentEdit {
  readonly span: Span;
  readonly text: string;
}

type Text = Pick<ManifestDocument, "text">;

export function replaceValue(value: Value, text: string): DocumentEdit {
  return { span: value.span, text };
}

/** Removes a field with its key: whole lines where it has them for itself. */
export function removeField({ text }: Text, value: Value): DocumentEdit {
  const start = value.keySpan?.[0] ?? value.span[0];
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const end = Math.max(value.span[1], value.keySpan?.[1] ?? 0);
  const lineEnd = text[end - 1] === "\n" ? end : endOfLine(text, end) + 1;
  const before = text.slice(lineStart, start);
  if (before.trim() === "") return { span: [lineStart, Math.min(lineEnd, text.length)], text: "" };
  // The first field of an element of a list: what follows moves up behind the dash.
  const next = /[^\s]/.exec(text.slice(lineEnd));
  const isSibling = next !== null && column(text, lineEnd + next.index) === start - lineStart;
  return { span: [start, isSibling && next ? lineEnd + next.index : end], text: "" };
}

/** Removes an element of a list with its dash and line. */
export function removeItem({ text }: Text, item: Value): DocumentEdit {
  const lineStart = text.lastIndexOf("\n", item.span[0] - 1) + 1;
  const end = item.span[1];
  const lineEnd = text[end - 1] === "\n" ? end : endOfLine(text, end) + 1;
  return { span: [lineStart, Math.min(lineEnd, text.length)], text: "" };
}

/** A new field behind another one of the same mapping, with its indentation. */
export function insertAfter({ text }: Text, sibling: Value, field: string): DocumentEdit {
  const indent = column(text, sibling.keySpan?.[0] ?? sibling.span[0]);
  const end = Math.max(sibling.span[1], sibling.keySpan?.[1] ?? 0);
  const at = text[end - 1] === "\n" ? end - 1 : endOfLine(text, end);
  const lines = field.split("\n").map((line) => `\n${" ".repeat(indent)}${line}`);
  return { span: [at, at], text: lines.join("") };
}

function column(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
