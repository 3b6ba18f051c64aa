/** Where in the structure of a text a cursor stands: which mapping or list it adds to, or which value it types. */
import { positionIn } from "../manifest/manifest-file.ts";
import type { Outline, OutlineNode, Path } from "./completion-outline.ts";
import { pathOf, scalarOf } from "./completion-outline.ts";

interface Typed {
  /** What stands between `start` and the cursor. */
  readonly word: string;
  /** Offsets of what a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** A space that is missing before it. */
  readonly lead: "" | " ";
  /** Scalars of the mapping around, by key. */
  readonly siblings: ReadonlyMap<string, string>;
}

export type Cursor =
  /** A key or an item may begin here; `path` is that of the mapping, list or item around. */
  | (Typed & {
      readonly at: "entry";
      readonly path: Path;
      /** A colon follows already, so only the name is replaced. */
      readonly hasColon: boolean;
      /** How much deeper the entry is than its line: more than nothing behind dashes. */
      readonly deeper: number;
      readonly style: "block" | "flow";
    })
  /** The scalar at `path`. */
  | (Typed & { readonly at: "value"; readonly path: Path })
  | { readonly at: "block"; readonly node: OutlineNode }
  | { readonly at: "comment"; readonly before: string; readonly offset: number };

export function cursorAt(outline: Outline, offset: number): Cursor | undefined {
  const { line, character } = positionIn(outline.starts, offset);
  const text = outline.lines[line] ?? "";
  const before = text.slice(0, character);
  const block = outline.nodes.find((node) => isInBlock(node, line, text, character));
  if (block) return { at: "block", node: block };
  if (/(?:^|\s)#/.test(withoutQuoted(before))) return { at: "comment", before, offset };
  const own = outline.nodes.filter((node) => node.line === line && node.start <= offset);
  const last = own.at(-1);
  if (!last) return loneWord(outline, line, { offset, text, character });
  const deeper = last.column - (text.search(/\S/) < 0 ? 0 : text.search(/\S/));
  if (last.kind === "item") return inItem(outline, last, { offset, deeper });
  if (offset > last.end) return inValue(outline, last, offset);
  return {
    at: "entry",
    path: last.parent ? pathOf(last.parent) : [],
    word: outline.text.slice(last.start, offset).replace(/^["']/, ""),
    start: last.start,
    end: last.end,
    lead: "",
    siblings: siblingsOf(last.parent, last),
    hasColon: true,
    deeper,
    style: "block",
  };
}

function isInBlock({ block }: OutlineNode, line: number, text: string, character: number): boolean {
  if (!block || line < block.firstLine || line >= block.endLine) return false;
  return character >= block.indent || (text.trim() !== "" && character > 0);
}

function withoutQuoted(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => "x".repeat(quoted.length));
}

interface Spot {
  readonly offset: number;
  readonly text: string;
  readonly character: number;
}

/** A line without a key: nothing, or the beginning of one. Its column says what it belongs to. */
function loneWord(outline: Outline, line: number, spot: Spot): Cursor | undefined {
  const { offset, text, character } = spot;
  const first = text.search(/\S/);
  const column = first < 0 ? character : Math.min(first, character);
  const word = text.slice(column, character);
  if (/^[[{|>]/.test(word) || /\t/.test(text.slice(0, column))) return undefined;
  let container: OutlineNode = outline.nodes.findLast((node) => node.line < line) ?? outline.root;
  while (container.parent && container.column >= column) container = container.parent;
  // A scalar may go on in the next line.
  if (container.value !== "" && !/^[&!]\S*$/.test(container.value)) return undefined;
  const end = offset + (/^[^\s:#]*/.exec(text.slice(character))?.[0].length ?? 0);
  const isDash = word === "-";
  return {
    at: "entry",
    path: pathOf(container),
    word: isDash ? "" : word,
    start: isDash ? offset : offset - word.length,
    end,
    lead: "",
    siblings: siblingsOf(container),
    hasColon: false,
    deeper: 0,
    style: "block",
  };
}

function inItem(
  outline: Outline,
  item: OutlineNode,
  { offset, deeper }: { readonly offset: number; readonly deeper: number },
): Cursor | undefined {
  if (offset < item.end) return undefined;
  if (/^[[{]/.test(item.value)) return inFlow(outline, item, offset);
  const typed = typedIn(outline, item, offset);
  if (!typed) return undefined;
  const dash = Math.max(2, item.valueStart - item.start);
  return {
    at: "entry",
    path: pathOf(item),
    siblings: siblingsOf(item),
    hasColon: false,
    deeper: deeper + dash,
    style: "block",
    ...typed,
    lead: offset === item.end ? " " : "",
  };
}

function inValue(outline: Outline, node: OutlineNode, offset: number): Cursor | undefined {
  if (/^[[{]/.test(node.value)) return inFlow(outline, node, offset);
  const typed = typedIn(outline, node, offset);
  if (!typed) return undefined;
  const colon = outline.text.indexOf(":", node.end);
  return {
    at: "value",
    path: pathOf(node),
    siblings: siblingsOf(node.parent, node),
    ...typed,
    lead: offset === colon + 1 ? " " : "",
  };
}

/** The value behind a key or a dash, without the quotes around it. */
function typedIn(
  { text }: Outline,
  { value, valueStart }: OutlineNode,
  offset: number,
): Pick<Typed, "word" | "start" | "end"> | undefined {
  const end = valueStart + value.length;
  if (value === "" || offset < valueStart) return { word: "", start: offset, end: offset };
  if (offset > end) return undefined;
  const isQuoted = /^["']/.test(value);
  const start = valueStart + (isQuoted ? 1 : 0);
  const isClosed = isQuoted && value.length > 1 && value.at(-1) === value[0];
  return { word: text.slice(start, offset), start, end: isClosed ? end - 1 : end };
}

function siblingsOf(
  container: OutlineNode | undefined,
  self?: OutlineNode,
): ReadonlyMap<string, string> {
  const others = container?.children.filter((node) => node.kind === "key" && node !== self) ?? [];
  return new Map(others.map((node) => [node.key, scalarOf(node)]));
}

interface Frame {
  readonly isMap: boolean;
  readonly known: Map<string, string>;
  key: string | undefined;
  index: number;
}

/** Inside of `{…}` and `[…]`: what is open between its start and the cursor. */
function inFlow({ text }: Outline, node: OutlineNode, offset: number): Cursor | undefined {
  const frames: Frame[] = [];
  let token = node.valueStart;
  const close = (at: number): void => {
    const top = frames.at(-1);
    if (top?.key !== undefined) top.known.set(top.key, bare(text.slice(token, at)));
    token = at + 1;
  };
  for (let at = node.valueStart; at < offset; at++) {
    const top = frames.at(-1);
    const character = text[at] ?? "";
    switch (character) {
      case "{":
      case "[":
        frames.push({ isMap: character === "{", known: new Map(), key: undefined, index: 0 });
        token = at + 1;
        break;
      case "}":
      case "]":
        close(at);
        frames.pop();
        break;
      case ",":
        close(at);
        if (top) Object.assign(top, { key: undefined, index: top.index + 1 });
        break;
      case ":":
        if (!top?.isMap || top.key !== undefined || text[at + 1] === "/") break;
        top.key = bare(text.slice(token, at));
        token = at + 1;
        break;
    }
  }
  const top = frames.at(-1);
  if (!top) return undefined;
  const raw = text.slice(token, offset);
  const lead = /^\s*["']?/.exec(raw)?.[0].length ?? 0;
  const rest = /^[^,}\]\n"':#]*/.exec(text.slice(offset))?.[0].trimEnd().length ?? 0;
  const typed = {
    word: raw.slice(lead),
    start: token + lead,
    end: offset + rest,
    lead: "",
  } as const;
  const path = [...pathOf(node), ...frames.slice(0, -1).map((frame) => frame.key ?? frame.index)];
  const siblings = top.known;
  if (top.isMap && top.key !== undefined)
    return { at: "value", path: [...path, top.key], siblings, ...typed };
  const inner = top.isMap ? path : [...path, top.index];
  return {
    at: "entry",
    path: inner,
    siblings,
    ...typed,
    hasColon: false,
    deeper: 0,
    style: "flow",
  };
}

function bare(text: string): string {
  return text.trim().replaceAll(/^["']|["']$/g, "");
}
