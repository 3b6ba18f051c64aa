/**
 * The structure of a YAML text by its lines and indentation alone. A text that is being typed is mostly broken YAML, and its tree
 * is wrong just where the cursor is; this is right there, and knows nothing of aliases and multi-line flow collections.
 */
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { derived } from "../manifest/manifest-document.ts";

export type Path = readonly (string | number)[];

/** A literal or folded scalar: lines of another text. */
export interface Block {
  readonly firstLine: number;
  /** Behind its last line. */
  readonly endLine: number;
  readonly indent: number;
}

export interface OutlineNode {
  readonly kind: "root" | "key" | "item";
  /** Without quotes; empty for an item. */
  readonly key: string;
  readonly line: number;
  readonly column: number;
  /** Offsets of the key, or of the dash. */
  readonly start: number;
  readonly end: number;
  /** What stands behind it on its line, without a comment, as written. */
  readonly value: string;
  readonly valueStart: number;
  readonly parent: OutlineNode | undefined;
  readonly children: readonly OutlineNode[];
  readonly block?: Block;
}

export interface Outline {
  readonly text: string;
  readonly lines: readonly string[];
  readonly starts: Uint32Array;
  readonly root: OutlineNode;
  /** In the order of the text, without the root. */
  readonly nodes: readonly OutlineNode[];
}

type Building = Omit<OutlineNode, "children" | "block"> & { children: Building[]; block?: Block };

export const outlineOf = derived((document: ManifestDocument) => readOutline(document.text));

/** Never throws. Offsets are those of `text`. */
export function readOutline(text: string): Outline {
  const builder = new Builder(text);
  for (let line = 0; line < builder.lines.length;) line = builder.read(line);
  return builder;
}

class Builder implements Outline {
  readonly text: string;
  readonly lines: readonly string[];
  readonly starts: Uint32Array;
  readonly root: Building;
  readonly nodes: Building[] = [];
  readonly #stack: Building[];

  constructor(text: string) {
    this.text = text;
    this.lines = text.split(/\r?\n/);
    this.starts = startsOf(text);
    const nowhere = { line: -1, column: -1, start: 0, end: 0, value: "", valueStart: 0 };
    this.root = { kind: "root", key: "", ...nowhere, parent: undefined, children: [] };
    this.#stack = [this.root];
  }

  /** Reads a line and gives the next one to read. */
  read(line: number): number {
    const text = this.lines[line] ?? "";
    let column = /^ */.exec(text)?.[0].length ?? 0;
    if (/^\s*(?:#|$)|^(?:---|\.\.\.)(?:\s|$)/.test(text)) return line + 1;
    let last: Building | undefined;
    for (;;) {
      const dash = /^-(?:\s+|$)/.exec(text.slice(column));
      if (!dash) break;
      last = this.#add({ kind: "item", key: "", line, column, length: 1 });
      column += dash[0].length;
    }
    const key = keyAt(text.slice(column));
    if (key) last = this.#add({ kind: "key", key: key.name, line, column, length: key.length });
    return last ? this.#skipValue(last) : line + 1;
  }

  #add(found: {
    readonly kind: "key" | "item";
    readonly key: string;
    readonly line: number;
    readonly column: number;
    readonly length: number;
  }): Building {
    const { kind, key, line, column, length } = found;
    const parent = this.#parentAt(column, kind);
    const start = (this.starts[line] ?? 0) + column;
    const after = (this.lines[line] ?? "").slice(column + length);
    const lead = /^\s*:?\s*/.exec(after)?.[0].length ?? 0;
    const node: Building = {
      kind,
      key,
      line,
      column,
      start,
      end: start + length,
      value: withoutComment(after.slice(lead)),
      valueStart: start + length + lead,
      parent,
      children: [],
    };
    parent.children.push(node);
    this.nodes.push(node);
    this.#stack.push(node);
    return node;
  }

  /** An item may stand in the same column as the key of its list. */
  #parentAt(column: number, kind: "key" | "item"): Building {
    for (let top = this.#stack.at(-1); top !== undefined; top = this.#stack.at(-1)) {
      const isList = kind === "item" && top.kind === "key" && top.column === column;
      if (top.column < column || isList) return top;
      this.#stack.pop();
    }
    return this.root;
  }

  /** Lines of a block scalar and of a flow collection that goes on hold no structure. */
  #skipValue(node: Building): number {
    const { line, value } = node;
    const isBlock = /^(?:[&!]\S+\s+)*[|>][-+0-9]*$/.test(value);
    if (!isBlock && !isOpenFlow(value)) return line + 1;
    const floor = node.column;
    let end = line + 1;
    let indent = -1;
    let open = value;
    for (; end < this.lines.length; end++) {
      const text = this.lines[end] ?? "";
      if (/^\s*$/.test(text)) continue;
      const depth = text.search(/\S/);
      if (depth <= floor) break;
      if (indent < 0) indent = depth;
      if (!isBlock && !isOpenFlow((open += text))) return end + 1;
    }
    if (isBlock)
      node.block = { firstLine: line + 1, endLine: end, indent: indent < 0 ? floor + 2 : indent };
    return end;
  }
}

function startsOf(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

/** A key that a colon ends; `undefined` for a scalar and a half-typed key. */
function keyAt(text: string): { readonly name: string; readonly length: number } | undefined {
  const quoted = /^(["'])((?:(?!\1).)*)\1\s*:(?=\s|$)/.exec(text);
  if (quoted) return { name: quoted[2] ?? "", length: (quoted[2] ?? "").length + 2 };
  const plain = /^([^\s"'[\]{},#&!|>%@`](?:[^:#]|:(?=\S)|(?<=\S)#)*?)\s*:(?=\s|$)/.exec(text);
  const name = plain?.[1];
  return name === undefined ? undefined : { name, length: name.length };
}

/** A `#` starts a comment behind a space, and not inside of quotes. */
function withoutComment(value: string): string {
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(value)?.[0];
  if (quoted !== undefined) return quoted;
  const comment = value.search(/(?:^|\s)#/);
  return (comment < 0 ? value : value.slice(0, comment)).trimEnd();
}

function isOpenFlow(value: string): boolean {
  if (!/^[[{]/.test(value)) return false;
  const bare = value.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "");
  const count = (pattern: RegExp): number => bare.match(pattern)?.length ?? 0;
  return count(/[[{]/g) > count(/[\]}]/g);
}

export function pathOf(node: OutlineNode): Path {
  const { parent } = node;
  if (!parent) return [];
  const step = node.kind === "item" ? parent.children.indexOf(node) : node.key;
  return [...pathOf(parent), step];
}

export function nodeAt(root: OutlineNode, path: Path): OutlineNode | undefined {
  let node: OutlineNode | undefined = root;
  for (const step of path) {
    node =
      typeof step === "number"
        ? node?.children[step]
        : node?.children.find(({ key, kind }) => kind === "key" && key === step);
  }
  return node;
}

/** The scalar of a node, without quotes; empty when there is none. */
export function scalarOf({ value }: Pick<OutlineNode, "value">): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  if (quoted) return quoted[2] ?? "";
  return /^[|>[{&*!]/.test(value) ? "" : value;
}

export function scalarAt(root: OutlineNode, ...path: Path): string {
  const above = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (!above || last === undefined) return "";
  const node = nodeAt(above, [last]);
  if (node) return scalarOf(node);
  // `sourceRef: { kind: GitRepository, name: apps }`
  return typeof last === "string" ? (flowScalars(above.value).get(last) ?? "") : "";
}

/** The scalars of a flow mapping that holds nothing else. */
function flowScalars(value: string): ReadonlyMap<string, string> {
  if (!value.startsWith("{")) return new Map();
  const pairs = value.replaceAll(/[{}]/g, "").split(",");
  return new Map(
    pairs.map((pair) => {
      const [key = "", ...rest] = pair.split(":");
      return [
        key.trim(),
        rest
          .join(":")
          .trim()
          .replaceAll(/^["']|["']$/g, ""),
      ] as const;
    }),
  );
}
