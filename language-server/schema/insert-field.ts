/** The edit that adds a missing field to a mapping, in the layout that is there already. */
import type { Node, YAMLMap } from "yaml";

import { rangeOf } from "./fields.ts";
import type { SchemaFix } from "./finding.ts";
import type { Schema } from "./schema.ts";

/** Nothing when the mapping is written in flow style, is empty, or the text is not at hand. */
export function insertField(
  text: string | undefined,
  map: YAMLMap,
  name: string,
  schema: Schema | undefined,
): readonly SchemaFix[] {
  const last = map.items.at(-1);
  const firstKey = map.items[0]?.key as Node | undefined;
  const end = ((last?.value ?? last?.key) as Node | undefined)?.range?.[1];
  if (text === undefined || map.flow === true || firstKey === undefined || end === undefined)
    return [];
  const start = rangeOf(firstKey)[0];
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = " ".repeat(start - lineStart);
  const lineEnd = endOfLine(text, end);
  return [
    {
      title: `Add ${name}`,
      range: [lineEnd, lineEnd],
      text: `\n${indent}${name}:${skeleton(schema, `${indent}  `)}`,
    },
  ];
}

/** After a block scalar the end is already the start of the next line. */
function endOfLine(text: string, end: number): number {
  if (text[end - 1] === "\n") return end - 1;
  const next = text.indexOf("\n", end);
  const line = next < 0 ? text.length : next;
  return text[line - 1] === "\r" ? line - 1 : line;
}

/** The required fields below, the only allowed value, or nothing. */
function skeleton(schema: Schema | undefined, indent: string): string {
  if (schema?.enum?.length === 1) return ` ${String(schema.enum[0])}`;
  if (schema?.type === "array") return " []";
  const required = (schema?.required ?? []).filter(
    (name) => schema?.properties?.[name]?.default === undefined,
  );
  if (schema?.type !== "object" || required.length === 0 || indent.length > 20) return " ";
  return required
    .map((name) => `\n${indent}${name}:${skeleton(schema.properties?.[name], `${indent}  `)}`)
    .join("");
}
