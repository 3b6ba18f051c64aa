/**
 * An edit inside of one value on one line, the commonest there is: the value is read anew, and nothing has to be parsed. Only letters
 * that can't begin or end anything count.
 */
import type { Document, Pair } from "yaml";
import { isPair, isScalar, Scalar } from "yaml";

import type { TextEdit } from "./text-edit.ts";

/** By how it is written, what may stand in a value. In a plain one a space or a colon may, but not one behind the other. */
const harmless = new Map<unknown, RegExp>([
  [Scalar.PLAIN, /^[\w./](?:(?:[\w./+=@,"' -]|:(?! ))*[\w./+=@"'-])?$/],
  [Scalar.QUOTE_DOUBLE, /^[^"\\\r\n\t]*$/],
  [Scalar.QUOTE_SINGLE, /^[^'\r\n\t]*$/],
]);

/** The value in the place of one that the whole edit lies in; `undefined` where it may be more than that. */
export function editedValue(
  {
    before,
    text,
    yaml,
  }: { readonly before: string; readonly text: string; readonly yaml: Document },
  item: unknown,
  edit: TextEdit,
): Scalar | undefined {
  const node = isPair(item) ? item.value : item;
  if (!isScalar(node) || !node.range) return undefined;
  const may = harmless.get(node.type);
  const isPlain = node.type === Scalar.PLAIN;
  const [first, last, next] = node.range;
  const [start, end] = isPlain ? [first, last] : [first + 1, last - 1];
  if (!may || edit.start < start || edit.end > end || !may.test(before.slice(start, end)))
    return undefined;
  const source = text.slice(start, end + edit.shift);
  if (!may.test(source)) return undefined;
  const value = new Scalar<unknown>(isPlain ? resolved(source, yaml) : source);
  value.range = [first, last + edit.shift, next + edit.shift];
  value.source = source;
  value.type = node.type ?? Scalar.PLAIN;
  return value;
}

/** As the library resolves a plain scalar without a tag (`yaml` compose/compose-scalar.ts, findScalarTagByTest). */
function resolved(source: string, { schema, options }: Document): unknown {
  for (const tag of schema.tags) {
    if (tag.collection !== undefined || tag.default !== true || !tag.test?.test(source)) continue;
    const found = tag.resolve(source, () => {}, options);
    return isScalar(found) ? found.value : found;
  }
  return source;
}

/** Keys and indexes that lead to an item; `undefined` where a key is no text, or merges. */
export function pathTo(
  steps: readonly { readonly item: unknown; readonly index: number }[],
): readonly (string | number)[] | undefined {
  const path: (string | number)[] = [];
  for (const { item, index } of steps) {
    const step = isPair(item) ? nameOf(item) : index;
    if (step === undefined) return undefined;
    path.push(step);
  }
  return path;
}

function nameOf({ key }: Pair): string | undefined {
  if (!isScalar(key) || typeof key.value !== "string" || key.value === "<<") return undefined;
  return key.type !== Scalar.PLAIN || key.source === key.value ? key.value : undefined;
}
