/** One file of YAML as documents and lines. A new text takes over every document whose text is as before. */
import type { ManifestDocument } from "./manifest-document.ts";
import { parseManifestDocument } from "./manifest-document.ts";
import type { Slice } from "./slices.ts";
import { slices } from "./slices.ts";
import type { Span } from "./value.ts";

/** 0-based, as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface TextRange {
  readonly start: Position;
  readonly end: Position;
}

export interface FilePart {
  /** Offset of the document in the file. */
  readonly start: number;
  readonly document: ManifestDocument;
}

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
  readonly parts: readonly FilePart[];
  /** Offsets of the starts of lines. */
  readonly lines: Uint32Array;
}

/** Never throws. What stands before and behind an edit is taken over without a look into it. */
export function parseManifestFile(
  path: string,
  text: string,
  previous?: ManifestFile,
): ManifestFile {
  const kept = previous && unchanged(previous, text);
  if (!previous || !kept) {
    const parts = toParts(slices(text), previous?.parts ?? []);
    return { path, text, parts, lines: Uint32Array.from(lineStarts(text, 0, text.length)) };
  }
  const { head, tail, from, to } = kept;
  const edited = previous.parts.slice(head, previous.parts.length - tail);
  const cut = to > from ? slices(text.slice(from, to)) : [];
  const moved = cut.map((slice) => ({ ...slice, start: slice.start + from }));
  const shift = text.length - previous.text.length;
  const below = previous.parts.slice(previous.parts.length - tail);
  return {
    path,
    text,
    parts: [
      ...previous.parts.slice(0, head),
      ...toParts(moved, edited),
      ...(shift === 0 ? below : below.map((part) => movedBy(part, shift))),
    ],
    lines: editedLines(previous.lines, { text, from, to, shift }),
  };
}

/** Documents by their texts out of `known`; one that was edited learns from the one that stood in its place. */
function toParts(cut: readonly Slice[], known: readonly FilePart[]): readonly FilePart[] {
  const byText = new Map(known.map(({ document }) => [document.text, document]));
  return cut.map(({ start, text }, at) => ({
    start,
    document: byText.get(text) ?? parseManifestDocument(text, known[at]?.document),
  }));
}

function movedBy({ start, document }: FilePart, shift: number): FilePart {
  return { start: start + shift, document };
}

/** Numbers of documents, and the offsets in the new text between which it has to be cut again. */
interface Unchanged {
  readonly head: number;
  readonly tail: number;
  readonly from: number;
  readonly to: number;
}

function unchanged({ parts, text: before }: ManifestFile, text: string): Unchanged | undefined {
  const { text: first = "" } = parts[0]?.document ?? {};
  // Directives belong to the document behind the mark.
  if (/^%/m.test(first) || text.startsWith("%")) return undefined;
  let head = 0;
  let from = 0;
  for (const { document } of parts) {
    const end = from + document.text.length;
    if (end === from || !holds(text, from, document.text) || !isCut(text, end)) break;
    head++;
    from = end;
  }
  const shift = text.length - before.length;
  let tail = 0;
  let to = text.length;
  for (const { start, document } of parts.slice(head).toReversed()) {
    const at = start + shift;
    if (at < from || !isMark(text, at) || !holds(text, at, document.text)) break;
    tail++;
    to = at;
  }
  // What was typed above the first document may be a directive.
  if (head === 0 && /^%/m.test(text.slice(0, to))) return undefined;
  return head + tail === 0 ? undefined : { head, tail, from, to };
}

/** Ten times as quick as `startsWith`, which compares letter by letter. */
function holds(text: string, at: number, part: string): boolean {
  return text.slice(at, at + part.length) === part;
}

function isCut(text: string, at: number): boolean {
  return at === text.length || isMark(text, at);
}

function isMark(text: string, at: number): boolean {
  const isLine = at === 0 || text[at - 1] === "\n";
  return isLine && text.startsWith("---", at) && /^(?:\s|$)/.test(text.slice(at + 3, at + 4));
}

export function rangeOf(
  file: ManifestFile,
  part: Pick<FilePart, "start">,
  [start, end]: Span,
): TextRange {
  return {
    start: positionAt(file, part.start + start),
    end: positionAt(file, part.start + end),
  };
}

export function positionAt(
  { lines, text }: Pick<ManifestFile, "lines" | "text">,
  offset: number,
): Position {
  const at = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: at - (lines[low] ?? 0) };
}

export function offsetAt(
  { lines, text }: Pick<ManifestFile, "lines" | "text">,
  { line, character }: Position,
): number {
  const start = lines[line];
  if (start === undefined) return text.length;
  return Math.min(start + character, lines[line + 1] ?? text.length);
}

/** The document at an offset; the last one begins where the offset is beyond the end. */
export function partAt(file: ManifestFile, offset: number): FilePart | undefined {
  return file.parts.findLast(({ start }) => start <= offset);
}

/** Of the lines that start between the offsets, the first offset included. */
function lineStarts(text: string, from: number, to: number): readonly number[] {
  const starts = [from];
  for (let at = text.indexOf("\n", from); at >= 0 && at + 1 <= to; at = text.indexOf("\n", at + 1))
    starts.push(at + 1);
  return starts;
}

/** The same lines above and below what was cut again. */
function editedLines(
  before: Uint32Array,
  { text, from, to, shift }: Pick<Unchanged, "from" | "to"> & { text: string; shift: number },
): Uint32Array {
  const inside = lineStarts(text, from, to).slice(1);
  const above = firstAfter(before, from);
  const below = firstAfter(before, to - shift);
  const start = above + inside.length;
  const lines = new Uint32Array(start + before.length - below);
  lines.set(before.subarray(0, above));
  lines.set(inside, above);
  lines.set(before.subarray(below), start);
  if (shift !== 0)
    for (let at = start; at < lines.length; at++) lines[at] = (lines[at] ?? 0) + shift;
  return lines;
}

/** Index of the first line that starts behind an offset. */
function firstAfter(lines: Uint32Array, offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
