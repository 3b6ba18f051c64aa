/** One file of YAML as documents and lines. A new text takes over every document whose text is as before. */
import type { ManifestDocument } from "./manifest-document.ts";
import { parseManifestDocument } from "./manifest-document.ts";
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
  readonly lines: readonly number[];
}

export function parseManifestFile(
  path: string,
  text: string,
  previous?: ManifestFile,
): ManifestFile {
  const known = new Map(previous?.parts.map(({ document }) => [document.text, document]));
  const parts = slices(text).map(({ start, text: own }) => ({
    start,
    document: known.get(own) ?? parseManifestDocument(own),
  }));
  return { path, text, parts, lines: lineStarts(text) };
}

export function rangeOf(file: ManifestFile, part: FilePart, [start, end]: Span): TextRange {
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

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
