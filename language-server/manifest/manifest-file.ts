/** One file of YAML as documents and lines. A new text takes over every document whose text is as before. */
import type { ManifestDocument } from "./manifest-document.ts";
import { derived, parseManifestDocument } from "./manifest-document.ts";
import type { Remembering } from "./memory.ts";
import { Slot } from "./memory.ts";
import type { Slice } from "./slices.ts";
import { slices } from "./slices.ts";
import { textEdit } from "./text-edit.ts";
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

export interface ManifestFile extends Remembering {
  readonly path: string;
  readonly text: string;
  readonly parts: readonly FilePart[];
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
    return { path, text, parts, memory: [] };
  }
  const { head, tail, from, to } = kept;
  const edited = previous.parts.slice(head, previous.parts.length - tail);
  const cut = to > from ? slices(text.slice(from, to)) : [];
  const moved = cut.map((slice) => ({ ...slice, start: slice.start + from }));
  const shift = text.length - previous.text.length;
  const below = previous.parts.slice(previous.parts.length - tail);
  const parts = [
    ...previous.parts.slice(0, head),
    ...toParts(moved, edited),
    ...(shift === 0 ? below : below.map((part) => movedBy(part, shift))),
  ];
  return { path, text, parts, memory: [] };
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
  const { start, end, shift } = textEdit(before, text);
  // The mark behind a document, and what follows it, is as it was.
  const head = Math.max(0, countUntil(parts, start - mark.length - 1) - 1);
  // So is the end of the line above a mark.
  const tail = parts.length - countUntil(parts, end);
  const from = parts[head]?.start ?? 0;
  const to = tail === 0 ? text.length : (parts[parts.length - tail]?.start ?? 0) + shift;
  // What was typed above the first document may be a directive.
  if (head === 0 && /^%/m.test(text.slice(0, to))) return undefined;
  return head + tail === 0 ? undefined : { head, tail, from, to };
}

const mark = "---";

/** The number of documents that start before or at an offset. */
function countUntil(parts: readonly FilePart[], offset: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
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
  file: Pick<ManifestFile, "parts" | "text" | "memory">,
  offset: number,
): Position {
  const at = Math.max(0, Math.min(offset, file.text.length));
  const ordinal = Math.max(0, countUntil(file.parts, at) - 1);
  const part = file.parts[ordinal];
  if (!part) return { line: 0, character: at };
  const { line, character } = positionIn(lineStarts(part.document), at - part.start);
  return { line: line + (firstLines(file)[ordinal] ?? 0), character };
}

/** In a text with lines that start at the given offsets. */
export function positionIn(starts: ArrayLike<number>, offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: offset - (starts[low] ?? 0) };
}

export function offsetAt(
  file: Pick<ManifestFile, "parts" | "text" | "memory">,
  { line, character }: Position,
): number {
  const lines = firstLines(file);
  const ordinal = lines.findLastIndex((first) => first <= line);
  const part = file.parts[ordinal];
  if (!part) return file.text.length;
  const starts = lineStarts(part.document);
  const start = starts[line - (lines[ordinal] ?? 0)];
  if (start === undefined) return file.text.length;
  const next = starts[line - (lines[ordinal] ?? 0) + 1] ?? part.document.text.length;
  return part.start + Math.min(start + character, next);
}

/** The document at an offset; the last one begins where the offset is beyond the end. */
export function partAt(file: ManifestFile, offset: number): FilePart | undefined {
  return file.parts.findLast(({ start }) => start <= offset);
}

const known = new Slot<Remembering, readonly number[]>();

/** Of each document, the line that it starts in. */
function firstLines(file: Pick<ManifestFile, "parts" | "memory">): readonly number[] {
  let lines = known.get(file);
  if (!lines) {
    let line = 0;
    lines = file.parts.map(({ document }) => {
      const own = line;
      line += lineStarts(document).length - 1;
      return own;
    });
    known.set(file, lines);
  }
  return lines;
}

/** Offsets in a document. One that another follows ends with an empty line. */
const lineStarts = derived(
  ({ text }: Remembering & { readonly text: string }): readonly number[] => {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  },
);
