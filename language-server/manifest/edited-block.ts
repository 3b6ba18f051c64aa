/**
 * Parses a document again after an edit by parsing the smallest block that holds it: a value, the lines of one key, or of one item of a list.
 * All other nodes are taken over, those behind the edit as moved copies. Only where that gives what parsing the whole gives;
 * `undefined` says that it may not.
 */
import type { Node } from "yaml";
import {
  Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Pair,
  parseDocument,
  YAMLMap,
  YAMLSeq,
} from "yaml";

import { isInGap } from "./edited-gap.ts";
import { editedValue, pathTo } from "./edited-value.ts";
import { movedItem, movedPair } from "./moved-nodes.ts";
import { parseOptions } from "./parse-options.ts";
import type { TextEdit } from "./text-edit.ts";
import { textEdit } from "./text-edit.ts";
import type { Path } from "./value.ts";

type Collection = YAMLMap | YAMLSeq<Item>;
/** A pair of a mapping, or a node of a list. */
type Item = Pair | Node | null;
type Range = NonNullable<Node["range"]>;

/** An item of a collection that an edit lies in. */
interface Step {
  readonly collection: Collection;
  readonly index: number;
  /** Its lines. */
  readonly start: number;
  readonly end: number;
  /** Column of its key or dash; `undefined` where something else stands before that in the line. */
  readonly column: number | undefined;
}

/** Enclosing blocks that are tried when a smaller one is not enough. */
const mostTries = 3;

export interface Edited {
  readonly yaml: Document;
  /** Keys and indexes that lead to the only value that is another; empty where none is, and all are only moved. */
  readonly path?: Path;
}

export function parseEdited(before: string, yaml: Document, text: string): Edited | undefined {
  if (!isPlain(yaml) || !isBlock(yaml.contents)) return undefined;
  const edit = textEdit(before, text);
  const steps = stepsTo(before, yaml.contents, edit);
  const above = gapAt({ before, text }, steps.at(-1), edit);
  if (above) {
    const to = [...steps.slice(0, -1), above];
    return { yaml: withItems(to, [itemOf(above) ?? null], edit), path: [] };
  }
  const [item] = steps.slice(-1).map(itemOf);
  const value = editedValue({ before, text, yaml }, item, edit);
  if (value) {
    const path = pathTo(steps.map((step) => ({ item: itemOf(step), index: step.index })));
    const given = [isPair(item) ? new Pair(item.key, value) : value];
    return { yaml: withItems(steps, given, edit), ...(path && { path }) };
  }
  return parseBlocks({ before, text }, steps, edit);
}

/** The step to the pair above an edit of comments. At the start of the line of a key the edit is above that. */
function gapAt(
  texts: { readonly before: string; readonly text: string },
  step: Step | undefined,
  edit: TextEdit,
): Step | undefined {
  if (!step || !isMap(step.collection)) return undefined;
  const above = { ...step, index: step.index - (edit.start === step.start ? 1 : 0) };
  const { items } = step.collection;
  return isInGap(texts, [items[above.index], items[above.index + 1]], edit) ? above : undefined;
}

/** Of the smallest block that is enough. */
function parseBlocks(
  { before, text }: { readonly before: string; readonly text: string },
  steps: readonly Step[],
  edit: TextEdit,
): Edited | undefined {
  let tries = 0;
  for (let depth = steps.length; depth > 0 && tries < mostTries; depth--) {
    const step = steps[depth - 1];
    if (step?.column === undefined || edit.start < step.start + step.column) continue;
    if (!endsPlainly(before.slice(step.start, step.end), step.start, itemOf(step), isLast(step)))
      continue;
    tries++;
    const items = parseBlock(text, step, step.column, edit);
    if (items) return { yaml: withItems(steps.slice(0, depth), items, edit) };
  }
  return undefined;
}

const plain = new WeakMap<Document, boolean>();
const edited = new WeakSet<Document>();

/** Whether nodes of it may be those of a document before: it has no aliases then. */
export function isEdited(yaml: Document): boolean {
  return edited.has(yaml);
}

/** Without errors, and without anchors, aliases and tags, which reach from one block into another. */
function isPlain(yaml: Document): boolean {
  let known = plain.get(yaml);
  if (known === undefined) {
    known = yaml.errors.length === 0 && isPlainNode(yaml.contents);
    plain.set(yaml, known);
  }
  return known;
}

function isPlainNode(node: unknown): boolean {
  if (isPair(node)) return isPlainNode(node.key) && isPlainNode(node.value);
  if (isAlias(node)) return false;
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return true;
  if (node.anchor !== undefined || node.tag !== undefined) return false;
  return isScalar(node) || (node.items as readonly unknown[]).every(isPlainNode);
}

function itemsOf({ items }: Collection): readonly Item[] {
  return items;
}

function isBlock(node: unknown): node is Collection {
  return (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
}

/** From the document down to the smallest item. */
function stepsTo(text: string, root: Collection, edit: TextEdit): readonly Step[] {
  const steps: Step[] = [];
  let end = text.length;
  for (let node: unknown = root; isBlock(node);) {
    const step = stepIn(text, node, end, edit);
    if (!step) break;
    steps.push(step);
    end = step.end;
    const item: unknown = itemOf(step);
    node = isPair(item) ? item.value : item;
  }
  return steps;
}

function stepIn(
  text: string,
  collection: Collection,
  end: number,
  edit: TextEdit,
): Step | undefined {
  const items = itemsOf(collection);
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = startOf(items[middle]);
    if (at === undefined) return undefined;
    if (lineStart(text, at) <= edit.start) low = middle + 1;
    else high = middle;
  }
  const at = startOf(items[low - 1]);
  const next = startOf(items[low]);
  if (at === undefined) return undefined;
  const start = lineStart(text, at);
  const to = next === undefined ? end : lineStart(text, next);
  if (to < edit.end) return undefined;
  const column = isMap(collection) ? at - start : columnOf(text, collection);
  // The dash may stand in a line above, with a comment behind it.
  if (isSeq(collection) && ![at, next].every((one) => isBehindDash(text, one, column)))
    return undefined;
  const isFirst = /^ *$/.test(text.slice(start, start + column));
  return { collection, index: low - 1, start, end: to, column: isFirst ? column : undefined };
}

function isBehindDash(text: string, at: number | undefined, column: number): boolean {
  return at === undefined || text[lineStart(text, at) + column] === "-";
}

function startOf(item: Item | undefined): number | undefined {
  const node = (isPair(item) ? item.key : item) as Node | null | undefined;
  return node?.range?.[0];
}

/** Of the dashes of a list. */
function columnOf(text: string, { range }: YAMLSeq): number {
  const at = range?.[0] ?? 0;
  return at - lineStart(text, at);
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** Marks of documents and directives, keys that are marked as such or empty, and tabs. */
const unusual = /^(?:---|\.\.\.|%)|^[ ]*(?:-[ ]+)*[?:](?:\s|$)|\t|\r(?!\n)/m;

/** The new items in the place of the step's, at the place that they have in the text. */
function parseBlock(
  text: string,
  step: Step,
  column: number,
  edit: TextEdit,
): readonly Item[] | undefined {
  const end = step.end + edit.shift;
  const own = text.slice(step.start, end);
  if ((end < text.length && !own.endsWith("\n")) || unusual.test(own)) return undefined;
  if (column > 0 && new RegExp(`^ {0,${column - 1}}[^ \\r\\n]`, "m").test(own)) return undefined;
  const { contents, errors } = parseDocument(own, parseOptions);
  if (errors.length > 0 || !isBlock(contents) || isMap(contents) !== isMap(step.collection))
    return undefined;
  if (contents.range?.[0] !== column || !isPlainNode(contents)) return undefined;
  const items = itemsOf(contents);
  if (!endsPlainly(own, 0, items.at(-1), isLast(step))) return undefined;
  return items.map((item) => movedItem(item, step.start));
}

/** To which collections the comments below the last value belong, and so where these end, is decided by what comes next. */
function endsPlainly(own: string, from: number, item: Item | undefined, isLast: boolean): boolean {
  let value = valueOf(item);
  const isNested = isBlock(value);
  while (isBlock(value)) value = valueOf(itemsOf(value).at(-1));
  if (!value?.range) return false;
  const isFollowed = /\n[ \r]*[^ \r\n]/.test(own.slice(value.range[1] - from - 1));
  return !isFollowed || (!isNested && !isLast);
}

function itemOf({ collection, index }: Step): Item | undefined {
  return itemsOf(collection)[index];
}

function isLast({ collection, index }: Step): boolean {
  return index === collection.items.length - 1;
}

function valueOf(item: Item | undefined): Node | null | undefined {
  return (isPair(item) ? item.value : item) as Node | null | undefined;
}

/** The document with new items in the place of the last step's. */
function withItems(steps: readonly Step[], given: readonly Item[], { shift }: TextEdit): Document {
  let items = given;
  let contents: Collection | undefined;
  for (const { collection, index } of steps.toReversed()) {
    if (contents) {
      const holder: unknown = collection.items[index];
      items = [isPair(holder) ? movedPair({ key: holder.key, value: contents }, 0) : contents];
    }
    contents = withItemsAt(collection, index, items, shift);
  }
  const next = new Document(undefined, parseOptions);
  next.contents = contents ?? null;
  plain.set(next, true);
  edited.add(next);
  return next;
}

function withItemsAt(
  collection: Collection,
  index: number,
  given: readonly Item[],
  shift: number,
): Collection {
  const { range } = collection;
  const items = itemsOf(collection);
  const below = items.slice(index + 1);
  const all = [
    ...items.slice(0, index),
    ...given,
    ...(shift === 0 ? below : below.map((item) => movedItem(item, shift))),
  ];
  const copy: Collection = isMap(collection) ? new YAMLMap() : new YAMLSeq<Item>();
  Object.assign(copy, collection, { items: all });
  if (range)
    copy.range = below.length > 0 ? movedRange(range, shift) : endingWith(range, all, shift);
  return copy;
}

function movedRange(range: Range, shift: number): Range {
  return [range[0], range[1] + shift, range[2] + shift];
}

function endingWith(range: Range, items: readonly Item[], shift: number): Range {
  const end = valueOf(items.at(-1))?.range?.[2];
  if (end === undefined) return movedRange(range, shift);
  return [range[0], end, range[2] === range[1] ? end : range[2] + shift];
}
