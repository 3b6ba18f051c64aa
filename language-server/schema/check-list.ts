/** Checks the elements of a list, how many there are, and that none is there twice where that is not allowed. */
import type { Node, YAMLSeq } from "yaml";
import { isAlias, isMap } from "yaml";

import type { At } from "./at.ts";
import { atElement, fieldName, pathOf, placeOf } from "./at.ts";
import type { Check } from "./check.ts";
import { rangeOf } from "./fields.ts";
import type { TextRange } from "./finding.ts";
import { hasUnknown, toPlain, unknownValue } from "./plain.ts";
import type { Schema } from "./schema.ts";

export function checkList(check: Check, list: YAMLSeq, schema: Schema, at: At): void {
  const items = list.items as readonly (Node | null)[];
  if (!check.isPatch) checkCount(check, items.length, schema, at);
  if (schema.items !== undefined) {
    for (const [index, item] of items.entries()) {
      check.below(item, schema.items, atElement(at, index, elementAnchor(item, at)));
    }
  }
  const { items: element, listType, listMapKeys } = schema;
  if (listType === "map" && element !== undefined && listMapKeys !== undefined) {
    checkDistinct(check, items, at, (item) => keyOf(check, item, listMapKeys, element));
  } else if (listType === "set" || schema.uniqueItems === true) {
    checkDistinct(check, items, at, (item) => valueOf(check, item));
  }
}

function checkCount(check: Check, count: number, schema: Schema, at: At): void {
  const say = (message: string): void =>
    check.report({ code: "range", range: placeOf(at, at.anchor), path: pathOf(at), message });
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && count < minItems)
    say(`${fieldName(at)} needs at least ${minItems} ${minItems === 1 ? "element" : "elements"}.`);
  if (maxItems !== undefined && count > maxItems)
    say(`${fieldName(at)} has ${count} elements; at most ${maxItems} are allowed.`);
}

/** The first key of a mapping, or the value itself. */
function elementAnchor(item: Node | null, at: At): TextRange {
  if (item === null) return at.anchor;
  if (isMap(item)) {
    const first = item.items[0]?.key as Node | undefined;
    return first?.range ? rangeOf(first) : rangeOf(item);
  }
  const range = rangeOf(item);
  return range[1] > range[0] ? range : at.anchor;
}

function checkDistinct(
  check: Check,
  items: readonly (Node | null)[],
  at: At,
  key: (item: Node | null) => readonly [string, string] | undefined,
): void {
  const seen = new Map<string, Node | null>();
  for (const [index, item] of items.entries()) {
    const found = key(item);
    if (found === undefined) continue;
    const [id, words] = found;
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, item);
      continue;
    }
    check.report({
      code: "duplicate-item",
      range: placeOf(at, elementAnchor(item, at)),
      path: [...pathOf(at), index],
      message: `${fieldName(at)} has two elements with ${words}; the API server refuses that.`,
      related: [{ range: elementAnchor(first, at), message: "The first one is here." }],
    });
  }
}

/** The values of the keys, defaults filled in; nothing when one of them is not known. */
function keyOf(
  check: Check,
  item: Node | null,
  keys: readonly string[],
  schema: Schema,
): readonly [string, string] | undefined {
  const map = isAlias(item) ? check.nodes.target(item) : item;
  if (!isMap(map)) return undefined;
  const fields = check.nodes.fields(map);
  const values = keys.map((key) => {
    const field = fields.find(({ name }) => name === key);
    const value = field === undefined ? null : plain(check, field.value);
    return value ?? schema.properties?.[key]?.default ?? null;
  });
  if (hasUnknown(values) || values.every((one) => one === null)) return undefined;
  const words = keys
    .map((key, index) => [key, values[index]] as const)
    .filter(([, one]) => one !== null)
    .map(([key, one]) => `${key} \`${typeof one === "string" ? one : JSON.stringify(one)}\``);
  return [JSON.stringify(values), words.join(", ")];
}

function valueOf(check: Check, item: Node | null): readonly [string, string] | undefined {
  const value = plain(check, item);
  if (value === unknownValue || hasUnknown(value)) return undefined;
  const id = JSON.stringify(value);
  return [id, `the value \`${id}\``];
}

function plain(check: Check, item: Node | null): unknown {
  return toPlain(item, { nodes: check.nodes, opaque: check.opaque, budget: { left: 1000 } });
}
