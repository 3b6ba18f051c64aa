/**
 * From a line of a rendered object to the line of a manifest that it comes from: the same field in the manifest, or the nearest
 * one above it that is written there. What a chart, a patch or a default made leads to where the object as a whole is written.
 */
import type { Document, Node } from "yaml";
import {
  LineCounter,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
} from "yaml";

import type { Place } from "#simulator";

type Step = { readonly key: string } | { readonly name: string; readonly index: number };

/** `line` is 1-based, in `text`. `origin` is where the object begins in `source`. */
export function lineOrigin(text: string, line: number, source: string, origin: Place): Place {
  const lines = new LineCounter();
  const [rendered] = parse(text, lines);
  const start = lines.lineStarts[line - 1];
  if (rendered === undefined || start === undefined) return origin;
  const end = lines.lineStarts[line] ?? text.length;
  const path = pathTo(rendered, start, end);
  const counter = new LineCounter();
  const documents = parse(source, counter);
  const begin = counter.lineStarts[(origin.line ?? 1) - 1] ?? 0;
  const written = documents.find(({ range }) => range[2] > begin) ?? documents[0];
  const offset = written && offsetOf(written, path);
  if (offset === undefined) return origin;
  const { line: found, col } = counter.linePos(offset);
  return { path: origin.path, line: found, column: col };
}

function parse(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { lineCounter, logLevel: "silent" });
  return "empty" in documents ? [] : documents;
}

/** The deepest field that begins on the line, or else the one around it. */
function pathTo({ contents }: Document.Parsed, start: number, end: number): readonly Step[] {
  const path: Step[] = [];
  let node: unknown = contents;
  while (isCollection(node)) {
    const next = stepAt(node, start, end);
    if (next === undefined) return path;
    path.push(next.step);
    if (next.begins) return path;
    node = next.value;
  }
  return path;
}

interface Next {
  readonly step: Step;
  readonly value: unknown;
  /** The line is the first one of this field, so it is what is meant. */
  readonly begins: boolean;
}

function stepAt(node: Node, start: number, end: number): Next | undefined {
  if (isMap(node))
    for (const { key, value } of node.items) {
      if (!isScalar(key) || !key.range) continue;
      const last = isNode(value) && value.range ? value.range[1] : key.range[1];
      if (key.range[0] >= end || last < start) continue;
      return { step: { key: String(key.value) }, value, begins: key.range[0] >= start };
    }
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) {
      if (!isNode(item) || !item.range || item.range[0] >= end || item.range[1] < start) continue;
      return { step: { name: nameOf(item), index }, value: item, begins: false };
    }
  return undefined;
}

/** Elements of lists are the same when they have the same name, wherever they stand. */
function nameOf(item: unknown): string {
  const name: unknown = isMap(item) ? item.get("name") : undefined;
  return typeof name === "string" ? name : "";
}

/** Where the last step of the path that is written begins. */
function offsetOf({ contents }: Document.Parsed, path: readonly Step[]): number | undefined {
  let node: unknown = contents;
  let offset = isNode(contents) ? contents.range?.[0] : undefined;
  for (const step of path) {
    const next = follow(node, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.value;
  }
  return offset;
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
  if (!isSeq(node)) return undefined;
  const named =
    step.name === "" ? undefined : node.items.find((item) => nameOf(item) === step.name);
  const value = named ?? (step.name === "" ? node.items[step.index] : undefined);
  return isNode(value) ? { value, offset: value.range?.[0] } : undefined;
}
