/**
 * A tolerant view of a YAML node that remembers where it stands. Aliases and merge keys are followed when a field is asked
 * for; whoever walks over everything does not follow them, so that a bomb of aliases costs nothing.
 */
import type { Document, Node, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";

/** Offsets in the text of the document. */
export type Span = readonly [start: number, end: number];

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Value;
}

const nothing: readonly never[] = [];

export type Path = readonly (string | number)[];

/** More levels of nesting and of aliases are not looked into. */
const maxDepth = 100;

export class Value {
  readonly document: Document;
  /** With aliases resolved; `null` for a key without a value. */
  readonly node: Node | null;
  /** Where it is used: of an alias the `*name`. A key without a value has the end of the key. */
  readonly span: Span;
  readonly path: Path;
  /** Of the key that names it. */
  readonly keySpan: Span | undefined;
  /** Many rules ask for the same fields. Walks over everything leave nothing here. */
  #fields: Map<string, Value | undefined> | undefined;

  constructor(document: Document, node: unknown, path: Path, keySpan: Span | undefined) {
    this.document = document;
    this.node = resolved(document, node);
    this.path = path;
    this.keySpan = keySpan;
    const range = (node as Node | null | undefined)?.range;
    const after = keySpan === undefined ? 0 : keySpan[1] + 1;
    this.span = range && !isMissing(node) ? [range[0], range[1]] : [after, after];
  }

  /** The last wins of equal keys, as in Go; a merged mapping is asked after its own keys. */
  get(key: string): Value | undefined {
    if (!isMap(this.node) || this.path.length > maxDepth) return undefined;
    this.#fields ??= new Map();
    const known = this.#fields.get(key);
    if (known || this.#fields.has(key)) return known;
    const found = this.#find(this.node, key);
    this.#fields.set(key, found);
    return found;
  }

  #find({ items }: YAMLMap, key: string): Value | undefined {
    const own = items.findLast((pair) => keyOf(pair) === key);
    if (own) return this.#child(own, key);
    for (const merged of this.#merged()) {
      const found = merged.get(key);
      if (found) return found;
    }
    return undefined;
  }

  at(...keys: readonly (string | number)[]): Value | undefined {
    return keys.reduce<Value | undefined>(
      (value, key) => (typeof key === "number" ? value?.items[key] : value?.get(key)),
      this,
    );
  }

  /** A text; numbers, booleans and nothing are none. */
  get text(): string | undefined {
    return isScalar(this.node) && typeof this.node.value === "string" ? this.node.value : undefined;
  }

  /** A scalar of any type as it is written, without quotes. */
  get scalar(): string | undefined {
    if (!isScalar(this.node)) return undefined;
    const { value, source } = this.node;
    if (value === null || value === undefined) return source === undefined ? "" : source;
    return typeof value === "string" ? value : (source ?? `${value as number | boolean | bigint}`);
  }

  get flag(): boolean | undefined {
    return isScalar(this.node) && typeof this.node.value === "boolean"
      ? this.node.value
      : undefined;
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  /** True for no value and for an explicit null. */
  get isNull(): boolean {
    return this.node === null || (isScalar(this.node) && this.node.value === null);
  }

  get items(): readonly Value[] {
    if (!isSeq(this.node) || this.path.length > maxDepth) return [];
    return this.node.items.map((item, at) => {
      const node: unknown = isPair(item) ? null : item;
      return new Value(this.document, node, [...this.path, at], undefined);
    });
  }

  /** Own entries only, in the order of the text. */
  get entries(): readonly Entry[] {
    if (!isMap(this.node) || this.path.length > maxDepth) return [];
    return this.node.items.flatMap((pair) => {
      const key = keyOf(pair);
      if (key === undefined || key === "<<") return [];
      const value = this.#child(pair, key);
      return [{ key, keySpan: value.keySpan ?? value.span, value }];
    });
  }

  /** Own and merged keys. */
  keys(): readonly string[] {
    const own = this.entries.map(({ key }) => key);
    return [...new Set([...own, ...this.#merged().flatMap((merged) => merged.keys())])];
  }

  #child(pair: Pair, key: string): Value {
    const range = (pair.key as Node | null)?.range;
    const keySpan: Span | undefined = range ? [range[0], range[1]] : undefined;
    return new Value(this.document, pair.value, [...this.path, key], keySpan);
  }

  #merged(): readonly Value[] {
    if (!isMap(this.node) || !this.node.items.some((pair) => keyOf(pair) === "<<")) return nothing;
    return this.node.items.flatMap((pair) => {
      if (keyOf(pair) !== "<<") return [];
      const value = this.#child(pair, "<<");
      return isSeq(value.node) ? value.items : [value];
    });
  }
}

/** Every scalar that is written in the document, keys of mappings left out; aliases are not followed. */
export function* scalarsOf(value: Value): Generator<Value> {
  if (isScalar(value.node)) yield value;
  for (const item of value.items) if (!isAliasAt(item)) yield* scalarsOf(item);
  for (const { value: child } of value.entries) if (!isAliasAt(child)) yield* scalarsOf(child);
}

/** Whether what stands there is an alias: then the node starts elsewhere. */
function isAliasAt({ node, span }: Value): boolean {
  return node?.range !== undefined && node.range !== null && node.range[0] !== span[0];
}

function keyOf(pair: Pair): string | undefined {
  if (!isScalar(pair.key) || pair.key.value === null) return undefined;
  const value = pair.key.value as string | number | boolean | symbol;
  if (typeof value === "string") return value;
  // `!!merge <<`, as yq writes it.
  return typeof value === "symbol" ? "<<" : `${value}`;
}

function isMissing(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function resolved(document: Document, node: unknown): Node | null {
  if (!isAlias(node)) return (node as Node | null | undefined) ?? null;
  const target = anchorsOf(document)
    .get(node.source)
    ?.findLast((found) => (found.range?.[0] ?? 0) < (node.range?.[0] ?? 0));
  return target ?? null;
}

const anchors = new WeakMap<Document, ReadonlyMap<string, readonly Node[]>>();

/** Where each anchor is, in the order of the text. */
export function anchorsOf(document: Document): ReadonlyMap<string, readonly Node[]> {
  const known = anchors.get(document);
  if (known) return known;
  const found = new Map<string, Node[]>();
  collectAnchors(document.contents, found);
  anchors.set(document, found);
  return found;
}

function collectAnchors(node: unknown, found: Map<string, Node[]>): void {
  if (isPair(node)) {
    collectAnchors(node.key, found);
    collectAnchors(node.value, found);
    return;
  }
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
    const list = found.get(node.anchor) ?? [];
    list.push(node);
    found.set(node.anchor, list);
  }
  if (isMap(node) || isSeq(node)) for (const item of node.items) collectAnchors(item, found);
}
