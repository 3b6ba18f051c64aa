/**
 * From a line of a rendered object to the line of a manifest that it comes from: the same field in the manifest, or the nearest
 * one above it that is written there. What a chart, a patch or a default made leads to where the object as a whole is written;
 * `chart-origin.ts` goes further.
 */
import type { Document, Node } from "yaml";
import {
  LineCounter,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
} from "yaml";

import type { LinePath, Place } from "#simulator";

/** A key, or an element of a list, which is found by its name where it has one. */
export type Step = { readonly key: string } | { readonly name: string; readonly index: number };

/** `line` is 1-based, in `text`. `origin` is where the object begins in `source`. */
export function lineOrigin(text: string, line: number, source: string, origin: Place): Place {
  const rendered = renderedLine(text, line);
  return (rendered && fieldIn(source, origin, rendered.steps)?.place) ?? origin;
}

/** A line of a rendered object, or of a manifest. */
export interface RenderedLine {
  readonly steps: readonly Step[];
  /** The same for the simulator. */
  readonly line: LinePath;
  /** The text of the line. */
  readonly shown: string;
  /** The value, where it is a scalar. */
  readonly scalar?: string;
}

export function renderedLine(text: string, line: number): RenderedLine | undefined {
  const lines = new LineCounter();
  const documents = parse(text, lines);
  const start = lines.lineStarts[line - 1];
  if (start === undefined) return undefined;
  const end = lines.lineStarts[line] ?? text.length;
  const rendered = documents.find(({ range }) => range[2] > start);
  if (rendered === undefined) return undefined;
  const { steps, node } = pathTo(rendered, start, end);
  const shown = text.slice(start, end).trimEnd();
  const path = steps.map((step) => ("key" in step ? step.key : step.index));
  // A block begins on the line of its key.
  const first = isScalar(node) && node.range ? lines.linePos(node.range[0]).line : line;
  const isBlock = isScalar(node) && typeof node.value === "string" && line > first;
  return {
    steps,
    line: { path, ...(isBlock && { row: line - first - 1 }) },
    shown,
    ...(isScalar(node) && { scalar: String(node.value) }),
  };
}

/** The 1-based line of a field in the text of an object. */
export function lineOfPath(text: string, { path, row }: LinePath): number | undefined {
  const lines = new LineCounter();
  const [rendered] = parse(text, lines);
  const found = rendered && walk(rendered, path.map(toStep));
  if (!found?.isWhole || found.offset === undefined) return undefined;
  return lines.linePos(found.offset).line + (row === undefined ? 0 : row + 1);
}

export function toStep(step: string | number): Step {
  return typeof step === "number" ? { name: "", index: step } : { key: step };
}

/** A field of a manifest, or the nearest one around it that is written. */
export interface WrittenField {
  readonly place: Place;
  /** The field itself is written there. */
  readonly isWhole: boolean;
  /** What is written, where that is a scalar. */
  readonly scalar?: string;
}

/** `origin` is where the object begins in `source`. */
export function fieldIn(
  source: string,
  origin: Place,
  steps: readonly Step[],
): WrittenField | undefined {
  const counter = new LineCounter();
  const documents = parse(source, counter);
  const begin = counter.lineStarts[(origin.line ?? 1) - 1] ?? 0;
  const written = documents.find(({ range }) => range[2] > begin) ?? documents[0];
  const found = written && walk(written, steps);
  if (found?.offset === undefined) return undefined;
  const { line, col } = counter.linePos(found.offset);
  const { node, isWhole } = found;
  return {
    place: { path: origin.path, line, column: col },
    isWhole,
    ...(isWhole && isScalar(node) && { scalar: String(node.value) }),
  };
}

function parse(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { lineCounter, logLevel: "silent" });
  return "empty" in documents ? [] : documents;
}

interface PathTo {
  readonly steps: readonly Step[];
  readonly node: unknown;
}

/** The deepest field that begins on the line, or else the one around it. */
function pathTo({ contents }: Document.Parsed, start: number, end: number): PathTo {
  const steps: Step[] = [];
  let node: unknown = contents;
  while (isCollection(node)) {
    const next = stepAt(node, start, end);
    if (next === undefined) break;
    steps.push(next.step);
    node = next.value;
    if (next.begins) break;
  }
  return { steps, node };
}

interface Next {
  readonly step: Step;
  readonly value: unknown;
  /** The line is the first one of this field, so it is what is meant. */
  readonly begins: boolean;
}

function stepAt(node: Node, start: number, end: number): Next | undefined {
  if (isMap(node)) {
    const keys = node.items.flatMap(({ key, value }) =>
      isScalar(key) && key.range ? [{ key, at: key.range[0], value }] : [],
    );
    // A mapping or list ends where the line behind it begins.
    const found =
      keys.find(({ at }) => at >= start && at < end) ?? keys.findLast(({ at }) => at < start);
    if (!found) return undefined;
    const { key, at, value } = found;
    const last = isNode(value) && value.range ? value.range[1] : at;
    if (last < start && at < start) return undefined;
    return { step: { key: String(key.value) }, value, begins: at >= start };
  }
  if (!isSeq(node)) return undefined;
  const startOf = (item: unknown): number => (isNode(item) && item.range ? item.range[0] : end);
  const index = node.items.findLastIndex((item) => startOf(item) < end);
  const item = node.items[index];
  if (!isNode(item) || !item.range || item.range[1] < start) return undefined;
  return { step: { name: nameOf(item), index }, value: item, begins: false };
}

/** Elements of lists are the same when they have the same name, wherever they stand. */
function nameOf(item: unknown): string {
  const name: unknown = isMap(item) ? item.get("name") : undefined;
  return typeof name === "string" ? name : "";
}

interface Walked {
  /** Where the last step that is written begins. */
  readonly offset: number | undefined;
  readonly node: unknown;
  readonly isWhole: boolean;
}

function walk(document: Document.Parsed, steps: readonly Step[]): Walked {
  const { contents } = document;
  let node: unknown = contents;
  let offset = isNode(contents) ? contents.range?.[0] : undefined;
  for (const step of steps) {
    const next = follow(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) return { offset, node, isWhole: false };
    offset = next.offset ?? offset;
    node = next.value;
  }
  return { offset, node, isWhole: true };
}

function follow(
  node: unknown,
  step: Step,
): { readonly value: unknown; readonly offset: number | undefined } | undefined {
  if ("key" in step) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step.key)
      : undefined;
    if (!isPair(pair) || !isScalar(pair.key)) return undefined;
    return { value: pair.value, offset: pair.key.range?.[0] };
  }
  // A number may be a key.
  if (isMap(node) && step.name === "") return follow(node, { key: String(step.index) });
  if (!isSeq(node)) return undefined;
  const named =
    step.name === "" ? undefined : node.items.find((item) => nameOf(item) === step.name);
  const value = named ?? (step.name === "" ? node.items[step.index] : undefined);
  return isNode(value) ? { value, offset: value.range?.[0] } : undefined;
}
