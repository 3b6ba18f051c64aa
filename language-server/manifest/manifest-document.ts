/**
 * One YAML document of a file: its tree and its headline. Everything in it is relative to its own text, so an edit above it
 * changes nothing. What else is derived from it is remembered by `derived`.
 */
import type { Document } from "yaml";
import { isAlias, isMap, isPair, isSeq } from "yaml";

import { lineOfDepth } from "#simulator";

import { parseWithAliasKeys } from "./alias-keys.ts";
import { parseEdited } from "./edited-block.ts";
import type { Groups } from "./long-mapping.ts";
import { parseLongMapping } from "./long-mapping.ts";
import type { Memory, Remembering } from "./memory.ts";
import { Slot } from "./memory.ts";
import type { Path, Span } from "./value.ts";
import { anchorsOf, Value } from "./value.ts";

export interface SyntaxFault {
  readonly kind: "syntax" | "aliases" | "depth";
  readonly span: Span;
  readonly message: string;
}

export interface ManifestDocument extends Remembering {
  readonly text: string;
  /** `undefined` when the document is no mapping, or is refused. */
  readonly root: Value | undefined;
  readonly yaml: Document | undefined;
  readonly faults: readonly SyntaxFault[];
  readonly apiVersion: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** A document that expands to more nodes by its aliases is refused. */
const maxNodes = 100_000;

/** Never throws. Parsed when first asked for more than its text. */
export function parseManifestDocument(text: string, previous?: ManifestDocument): ManifestDocument {
  return new LazyDocument(text, previous);
}

type Content = Omit<ManifestDocument, "text" | "memory">;

class LazyDocument implements ManifestDocument {
  readonly text: string;
  readonly memory: Memory = [];
  #before: ManifestDocument | undefined;
  #content: Content | undefined;

  constructor(text: string, before: ManifestDocument | undefined) {
    this.text = text;
    this.#before = before;
  }

  #read(): Content {
    const before = this.#before;
    const { text } = this;
    const edited = before && parseFrom(before, text);
    const parsed = edited ?? parseText(text, before && groupsOf.get(before));
    if (before && edited?.path) noteValueEdit(this, { before, path: edited.path });
    this.#before = undefined;
    if (parsed.yaml) readable.set(this, parsed.yaml);
    if (parsed.groups) groupsOf.set(this, parsed.groups);
    return (this.#content = toContent(parsed));
  }

  get root() {
    return (this.#content ?? this.#read()).root;
  }
  get yaml() {
    return (this.#content ?? this.#read()).yaml;
  }
  get faults() {
    return (this.#content ?? this.#read()).faults;
  }
  get apiVersion() {
    return (this.#content ?? this.#read()).apiVersion;
  }
  get group() {
    return (this.#content ?? this.#read()).group;
  }
  get version() {
    return (this.#content ?? this.#read()).version;
  }
  get kind() {
    return (this.#content ?? this.#read()).kind;
  }
  get name() {
    return (this.#content ?? this.#read()).name;
  }
  get namespace() {
    return (this.#content ?? this.#read()).namespace;
  }
}

/** Of the text that was parsed last: what an edit did not touch is taken from there. */
const groupsOf = new Slot<ManifestDocument, Groups>();

/** What a document differs in from one before: a single value, or with an empty path only where its lines stand. */
export interface ValueEdit {
  readonly before: ManifestDocument;
  readonly path: Path;
}

const valueEdits = new Slot<ManifestDocument, ValueEdit | null>();

export function valueEditOf(document: ManifestDocument): ValueEdit | undefined {
  return valueEdits.get(document) ?? undefined;
}

/** Only the last one is kept, otherwise all documents before would be. */
function noteValueEdit(document: ManifestDocument, edit: ValueEdit): void {
  valueEdits.set(edit.before, null);
  valueEdits.set(document, edit);
}

/** Trees by document, of those that were parsed. */
const readable = new Slot<ManifestDocument, Document>();

/** After an edit of a document that was parsed; what is left of the text decides as before whether it may be read at all. */
function parseFrom(before: ManifestDocument, text: string): Parsed | undefined {
  const yaml = readable.get(before);
  const isSound = yaml !== undefined && before.faults.length === 0;
  const edited = isSound ? parseEdited(before.text, yaml, text) : undefined;
  if (!edited) return undefined;
  // A value alone opens no bracket.
  const isValue = edited.path !== undefined && edited.path.length > 0;
  if (!isValue && lineOfDepth(text) !== undefined) return undefined;
  return { ...edited, faults: [] };
}

interface Parsed {
  readonly yaml: Document | undefined;
  readonly faults: readonly SyntaxFault[];
  /** Of the value that is another than in the document before; empty where none is. */
  readonly path?: Path;
  readonly groups?: Groups;
}

function parseText(text: string, known: Groups | undefined): Parsed {
  const deep = lineOfDepth(text);
  if (deep !== undefined) {
    const message = "This is nested too deep, and is not read as a manifest.";
    return refused({ kind: "depth", span: lineSpan(text, deep), message });
  }
  const parsed = parseLongMapping(text, known) ?? parseWhole(text);
  if (parsed.yaml && text.includes("*") && expandedSize(parsed.yaml) > maxNodes) {
    const message =
      "The aliases of this document expand beyond the limit, and it is not read as a manifest. Write the values out.";
    return refused({ kind: "aliases", span: lineSpan(text, 1), message });
  }
  return parsed;
}

function parseWhole(text: string): Parsed {
  const yaml = parseWithAliasKeys(text);
  const faults = yaml.errors
    .filter(({ code }) => code !== "MULTIPLE_DOCS")
    .map(({ pos, message }): SyntaxFault => ({
      kind: "syntax",
      span: [pos[0], Math.max(pos[0] + 1, pos[1])],
      message,
    }));
  return { yaml, faults };
}

function refused(fault: SyntaxFault): Parsed {
  return { yaml: undefined, faults: [fault] };
}

function toContent({ yaml, faults }: Parsed): Content {
  const root =
    yaml && isMap(yaml.contents) ? new Value(yaml, yaml.contents, [], undefined) : undefined;
  const apiVersion = root?.get("apiVersion")?.text ?? "";
  const slash = apiVersion.indexOf("/");
  return {
    root,
    yaml,
    faults,
    apiVersion,
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: root?.get("kind")?.text ?? "",
    name: root?.at("metadata", "name")?.scalar ?? "",
    namespace: root?.at("metadata", "namespace")?.scalar ?? "",
  };
}

/** A stage that is computed once for each document: equal text is the same document, so it is remembered in the document. */
export function derived<
  T extends object | string | number | boolean | null,
  D extends Remembering = ManifestDocument,
>(compute: (document: D) => T): (document: D) => T {
  const known = new Slot<D, T>();
  return (document) => {
    const found = known.get(document);
    if (found !== undefined) return found;
    const made = compute(document);
    known.set(document, made);
    return made;
  };
}

/** The number of nodes with all aliases written out. An anchor stands before its aliases, so its size is known by then. */
function expandedSize(yaml: Document): number {
  const sizes = new Map<unknown, number>();
  const anchors = anchorsOf(yaml);
  const count = (node: unknown): number => {
    if (isPair(node)) return count(node.key) + count(node.value);
    if (isAlias(node)) {
      const before = node.range?.[0] ?? 0;
      const target = anchors.get(node.source)?.findLast(({ range }) => (range?.[0] ?? 0) < before);
      // An anchor that is still being counted contains its own alias: that expands without end.
      return target === undefined ? 1 : (sizes.get(target) ?? maxNodes + 1);
    }
    let total = 1;
    if (isMap(node) || isSeq(node))
      for (const item of node.items) total = Math.min(total + count(item), maxNodes + 1);
    sizes.set(node, total);
    return total;
  };
  return count(yaml.contents);
}

function lineSpan(text: string, line: number): Span {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  const end = text.indexOf("\n", start);
  return [start, end < 0 ? text.length : end];
}
