/**
 * Parses a document with one very long mapping (the keys of a ConfigMap) in groups of entries, so that an edit costs the group that it
 * is in. Groups end where the text itself says so, hence the same text gives the same tree, whatever was typed before it.
 */
import type { Document, Node, Pair } from "yaml";
import { isMap, isPair, isScalar, isSeq, parseDocument, YAMLMap } from "yaml";

import type { SyntaxFault } from "./manifest-document.ts";
import { movedPair } from "./moved-nodes.ts";
import { parseOptions } from "./parse-options.ts";

/** Shorter ones are parsed whole, which takes a few milliseconds. */
const minLength = 16_000;
const minEntries = 100;
/** Which text it stands for may be said in another group (`alias-keys.ts`). */
const aliasAsKey = /^[ \t]*(?:-[ \t]+)*\*[\w-]+:(?:\s|$)/m;
/** One entry in so many ends a group. */
const usualGroup = 32;
const largestGroup = 200;

export interface LongMapping {
  readonly yaml: Document;
  readonly faults: readonly SyntaxFault[];
  readonly groups: Groups;
}

/** By text. */
export type Groups = ReadonlyMap<string, Group>;

interface Group {
  /** Offsets are those of the group. */
  readonly pairs: readonly Pair[];
  readonly faults: readonly SyntaxFault[];
  /** Where it stood last, and the pairs as they were there. */
  last: { readonly at: number; readonly pairs: readonly Pair[] };
}

/** `undefined` where there is no such mapping, or where only parsing it whole says what is wrong. */
export function parseLongMapping(text: string, known?: Groups): LongMapping | undefined {
  if (text.length < minLength || text.startsWith("%") || aliasAsKey.test(text)) return undefined;
  const body = longestBody(text);
  const starts = body && entryStarts(text, body);
  if (!body || !starts || starts.length < minEntries) return undefined;
  const yaml = parseDocument(text.slice(0, body.start) + text.slice(body.end), parseOptions);
  const holder = holderOf(yaml, body);
  if (yaml.errors.length > 0 || !holder) return undefined;
  const groups = new Map<string, Group>();
  const faults: SyntaxFault[] = [];
  const pairs: Pair[] = [];
  for (const [start, end] of groupsOf(text, starts, body.end)) {
    const own = text.slice(start, end);
    const group = groups.get(own) ?? known?.get(own) ?? parseGroup(own, starts, start);
    if (!group) return undefined;
    groups.set(own, group);
    for (const pair of placed(group, start)) pairs.push(pair);
    for (const { span, ...fault } of group.faults)
      faults.push({ ...fault, span: [span[0] + start, span[1] + start] });
  }
  const length = body.end - body.start;
  if (isMap(yaml.contents)) moveInPlace(yaml.contents, body.start, length);
  holder.value = toMap(pairs, body);
  return { yaml, faults, groups };
}

interface Body {
  /** Offset of the key that it belongs to. */
  readonly key: number;
  readonly start: number;
  readonly end: number;
}

/** Of the keys in the first column that have nothing behind them, the one with the most below it. */
function longestBody(text: string): Body | undefined {
  let longest: Body | undefined;
  for (const header of text.matchAll(/^[A-Za-z][\w.-]*:[ \t]*(?:#.*)?\r?\n/gm)) {
    const start = header.index + header[0].length;
    const next = /^[^\s#]/gm;
    next.lastIndex = start;
    const end = next.exec(text)?.index ?? text.length;
    if (end - start > (longest ? longest.end - longest.start : minLength / 2))
      longest = { key: header.index, start, end };
  }
  return longest;
}

/** Offsets of the lines with the keys of the mapping; none where a line is something else than it looks. */
function entryStarts(text: string, { start, end }: Body): readonly number[] | undefined {
  const first = /^( +)[^\s#]/gm;
  first.lastIndex = start;
  const indent = first.exec(text)?.[1]?.length;
  if (indent === undefined) return undefined;
  const starts: number[] = [];
  const lines = new RegExp(`^ {${indent}}(?=[^ \\t\\r\\n#])`, "gm");
  lines.lastIndex = start;
  for (let line = lines.exec(text); line && line.index < end; line = lines.exec(text)) {
    const letter = text[lines.lastIndex] ?? "";
    // A list may stand in the same column as its key.
    if (letter === "-" && /\s/.test(text[lines.lastIndex + 1] ?? " ")) {
      if (starts.length === 0) return undefined;
      continue;
    }
    if ("?:,[]{}&*!|>%@`".includes(letter)) return undefined;
    starts.push(line.index);
  }
  const shallow = new RegExp(`^ {1,${indent - 1}}[^\\s#]`, "gm");
  shallow.lastIndex = start;
  const outside = indent > 1 ? shallow.exec(text) : null;
  return outside && outside.index < end ? undefined : starts;
}

function holderOf({ contents }: Document, { key, start }: Body): Pair | undefined {
  if (!isMap(contents)) return undefined;
  const pair = contents.items.find(({ key: own }) => (own as Node | null)?.range?.[0] === key);
  const value = pair?.value as Node | null | undefined;
  const isEmpty = isScalar(value) && value.value === null && (value.range?.[0] ?? 0) <= start;
  return isEmpty && value.anchor === undefined ? pair : undefined;
}

/** Where groups end is decided by the names of keys, so an edit moves no other end. */
function* groupsOf(
  text: string,
  starts: readonly number[],
  end: number,
): Generator<readonly [start: number, end: number]> {
  let from = starts[0] ?? end;
  let count = 0;
  for (const start of starts) {
    if (count > 0 && (count >= largestGroup || isEnd(text, start))) {
      yield [from, start];
      from = start;
      count = 0;
    }
    count++;
  }
  yield [from, end];
}

function isEnd(text: string, start: number): boolean {
  let hash = 7;
  for (let at = start; at < start + 40; at++) {
    const code = text.charCodeAt(at);
    if (code === 58 || Number.isNaN(code)) break;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  return (hash ^ (hash >>> 15)) % usualGroup === 0;
}

function parseGroup(own: string, starts: readonly number[], start: number): Group | undefined {
  const whole = parseEntries(own);
  if (whole) return { ...whole, last: { at: 0, pairs: whole.pairs } };
  const cuts = starts.filter((at) => at >= start && at < start + own.length);
  const pairs: Pair[] = [];
  const faults: SyntaxFault[] = [];
  for (const [index, cut] of cuts.entries()) {
    const [from, to] = [cut - start, (cuts[index + 1] ?? start + own.length) - start];
    const text = own.slice(from, to);
    const entry = parseEntries(text);
    // Brackets and quotes may reach into what stands below.
    if (!entry && /["'[{]/.test(text)) return undefined;
    const found = entry ?? { pairs: [], faults: [faultOf(text)] };
    pairs.push(...found.pairs.map((pair) => movedPair(pair, from)));
    for (const { span, ...fault } of found.faults)
      faults.push({ ...fault, span: [span[0] + from, span[1] + from] });
  }
  return { pairs, faults, last: { at: 0, pairs } };
}

function parseEntries(text: string): Pick<Group, "pairs" | "faults"> | undefined {
  const { contents, errors } = parseDocument(text, parseOptions);
  return errors.length === 0 && isMap(contents) && contents.flow !== true
    ? { pairs: contents.items, faults: [] }
    : undefined;
}

function faultOf(text: string): SyntaxFault {
  const [error] = parseDocument(text, parseOptions).errors;
  const start = text.search(/\S/);
  const line = text.indexOf("\n", start);
  const message =
    error?.message ?? "A key of a mapping has to be followed by a colon and its value";
  return { kind: "syntax", span: [start, line < 0 ? text.length : line], message };
}

/** The same pairs as last time where nothing above changed its length. */
function placed(group: Group, at: number): readonly Pair[] {
  if (group.last.at !== at)
    group.last = { at, pairs: group.pairs.map((pair) => movedPair(pair, at)) };
  return group.last.pairs;
}

/** What stands below the mapping makes room for it. Nobody else has seen these nodes yet. */
function moveInPlace(node: unknown, from: number, by: number): void {
  if (isPair(node)) {
    moveInPlace(node.key, from, by);
    moveInPlace(node.value, from, by);
    return;
  }
  const { range } = (node ?? {}) as Partial<Node>;
  if (range) {
    const at = (offset: number): number => (offset >= from ? offset + by : offset);
    (node as Node).range = [at(range[0]), at(range[1]), at(range[2])];
  }
  if (isMap(node) || isSeq(node)) for (const item of node.items) moveInPlace(item, from, by);
}

function toMap(pairs: readonly Pair[], { start, end }: Body): YAMLMap {
  const map = new YAMLMap();
  map.items = [...pairs] as typeof map.items;
  const first = pairs[0]?.key as Node | null | undefined;
  const last = pairs.at(-1)?.value as Node | null | undefined;
  const to = last?.range?.[2] ?? end;
  map.range = [first?.range?.[0] ?? start, to, to];
  return map;
}
