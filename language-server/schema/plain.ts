/** A node as a plain value, for comparing and for CEL. What is not known yet is a mark of its own. */
import type { Node } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";

import type { NodeReader } from "./fields.ts";
import { fieldOf } from "./navigate.ts";
import type { Opaque } from "./opaque.ts";
import type { Schema } from "./schema.ts";

/** Stands for a value that is not known before something else has run over the text. */
export const unknownValue: unique symbol = Symbol("unknown");

export interface PlainOptions {
  readonly nodes: NodeReader;
  readonly opaque: Opaque;
  /** How many nodes may still be read; an alias bomb ends as unknown. */
  readonly budget: { left: number };
}

const maxDepth = 100;

export function toPlain(node: Node | null, options: PlainOptions, depth = 0): unknown {
  if (node === null) return null;
  if (depth > maxDepth || options.budget.left-- <= 0) return unknownValue;
  if (isAlias(node)) {
    const target = options.nodes.target(node);
    return target === undefined ? unknownValue : toPlain(target, options, depth + 1);
  }
  if (isScalar(node)) {
    const { value } = options.nodes.scalar(node);
    return typeof value === "string" && options.opaque(value) ? unknownValue : value;
  }
  if (isSeq(node)) {
    return node.items.map((item) => toPlain(item as Node | null, options, depth + 1));
  }
  if (!isMap(node)) return unknownValue;
  const fields = options.nodes.fields(node);
  if (fields.some(({ name }) => options.opaque(name))) return unknownValue;
  return Object.fromEntries(
    fields.map(({ name, value }) => [name, toPlain(value, options, depth + 1)]),
  );
}

/**
 * The same, as far as rules can see it: of what the schema leaves open, only that it is there. Charts' values can be long.
 */
export function toVisible(
  node: Node | null,
  schema: Schema,
  options: PlainOptions,
  depth = 0,
): unknown {
  if (depth > maxDepth || options.budget.left-- <= 0) return unknownValue;
  if (isAlias(node)) {
    const target = options.nodes.target(node);
    return target === undefined ? unknownValue : toVisible(target, schema, options, depth + 1);
  }
  const { items, properties, additional } = schema;
  if (isSeq(node) && items !== undefined) {
    return node.items.map((item) => toVisible(item as Node | null, items, options, depth + 1));
  }
  if (!isMap(node)) return toPlain(node, options, depth);
  if (properties === undefined && additional === undefined) return {};
  const fields = options.nodes.fields(node);
  if (fields.some(({ name }) => options.opaque(name))) return unknownValue;
  return Object.fromEntries(
    fields.flatMap(({ name, value }) => {
      const below = fieldOf(schema, name);
      return below === undefined ? [] : [[name, toVisible(value, below, options, depth + 1)]];
    }),
  );
}

/** Whether anything inside is not known. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some(hasUnknown);
}

/** Equality of JSON values: the order of keys does not matter. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isEqual(item, b[index]));
  }
  const [x, y] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return (
    x.length === Object.keys(y).length &&
    x.every(([key, value]) => Object.hasOwn(y, key) && isEqual(value, y[key]))
  );
}
