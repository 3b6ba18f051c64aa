/** Checks single values: allowed values, patterns, formats, lengths and limits. That the type fits was seen before. */
import type { Scalar } from "yaml";

import type { At } from "./at.ts";
import { fieldName, pathOf, placeOf } from "./at.ts";
import type { Check } from "./check.ts";
import { rangeOf } from "./fields.ts";
import type { SchemaFix, TextRange } from "./finding.ts";
import { formatProblem } from "./formats.ts";
import { isEqual } from "./plain.ts";
import { compilePattern } from "./re2.ts";
import type { ScalarReading } from "./scalar.ts";
import type { Schema } from "./schema.ts";
import { closest } from "./similar.ts";

export function checkScalar(
  check: Check,
  node: Scalar,
  reading: ScalarReading,
  schema: Schema,
  at: At,
): void {
  const range = rangeOf(node);
  checkEnum(check, reading, schema, at, range);
  if (reading.type === "string") checkText(check, reading.value, schema, at, range);
  if (reading.type === "number") checkNumber(check, reading.value, schema, at, range);
}

function checkEnum(
  check: Check,
  { value }: ScalarReading,
  schema: Schema,
  at: At,
  range: TextRange,
): void {
  if (schema.enum === undefined || schema.enum.some((one) => isEqual(one, value))) return;
  // The zero value of Go's own types means that nothing was set.
  if (check.dialect === "builtin" && value === "") return;
  const allowed = schema.enum.map((one) => `\`${String(one)}\``);
  check.report({
    code: "enum",
    range: placeOf(at, range),
    path: pathOf(at),
    message: `${fieldName(at)} must be ${listed(allowed)}, not \`${String(value)}\`.`,
    ...fixes(at, enumFixes(value, schema.enum, range)),
  });
}

function enumFixes(
  value: unknown,
  allowed: readonly unknown[],
  range: TextRange,
): readonly SchemaFix[] {
  const texts = allowed.filter((one) => typeof one === "string");
  const near = closest(String(value), texts);
  const chosen = near.length > 0 || texts.length > 4 ? near : texts;
  return chosen.map((text) => ({
    title: `Change to ${text}`,
    range,
    text: /^[A-Za-z][\w-]*$/.test(text) ? text : JSON.stringify(text),
  }));
}

function checkText(check: Check, text: string, schema: Schema, at: At, range: TextRange): void {
  const say = (code: "pattern" | "format" | "range", message: string): void =>
    check.report({ code, range: placeOf(at, range), path: pathOf(at), message });
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    const problem = lengthProblem(characters(text), schema);
    if (problem !== undefined) say("range", `${fieldName(at)} ${problem}.`);
  }
  if (schema.pattern !== undefined) {
    const pattern = compilePattern(schema.pattern);
    if (pattern.outcome === "pattern" && !pattern.test(text))
      say(
        "pattern",
        `\`${shortened(text)}\` is no valid ${fieldName(at)}: ${expectation(schema.pattern)}.`,
      );
  }
  if (schema.format !== undefined) {
    const expected = formatProblem(schema.format, text);
    if (expected !== undefined)
      say("format", `\`${shortened(text)}\` is no valid ${fieldName(at)}: expected ${expected}.`);
  }
}

function lengthProblem(
  length: number,
  { minLength = 0, maxLength = Infinity }: Schema,
): string | undefined {
  if (length > maxLength) return `has ${length} characters; ${maxLength} are allowed`;
  if (length >= minLength) return undefined;
  return minLength === 1 ? "must not be empty" : `needs ${minLength} characters`;
}

/** Go counts runes. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Patterns that upstream uses over and over, in words. */
function expectation(pattern: string): string {
  if (/^\^\(\[0-9\]\+\(\\\.\[0-9\]\+\)\?\((?:ms\|)?s\|m(?:\|h)?\)\)\+\$$/.test(pattern))
    return "expected a duration such as `90s`, `10m` or `1h30m` (days are no unit)";
  return `it has to match \`${pattern}\``;
}

function checkNumber(check: Check, value: number, schema: Schema, at: At, range: TextRange): void {
  const say = (message: string): void =>
    check.report({ code: "range", range: placeOf(at, range), path: pathOf(at), message });
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const bits = integerLimit(schema);
  if (bits !== undefined && (value < -bits || value >= bits))
    say(`${value} is too large for ${fieldName(at)} (${schema.format}).`);
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
    say(
      `${fieldName(at)} must be ${exclusiveMinimum === true ? "more than" : "at least"} ${minimum}.`,
    );
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
    say(
      `${fieldName(at)} must be ${exclusiveMaximum === true ? "less than" : "at most"} ${maximum}.`,
    );
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    say(`${fieldName(at)} must be a multiple of ${multipleOf}.`);
}

function integerLimit({ type, format }: Schema): number | undefined {
  if (type !== "integer") return undefined;
  if (format === "int32") return 2 ** 31;
  return format === "int64" ? 2 ** 63 : undefined;
}

/** `a`, `b` or `c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

export function shortened(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 57)}…` : line;
}

/** Behind an alias nothing can be replaced: the text stands elsewhere and is used more than once. */
export function fixes(
  at: At,
  list: readonly SchemaFix[],
): { readonly fixes?: readonly SchemaFix[] } {
  return at.usedAt !== undefined || list.length === 0 ? {} : { fixes: list };
}
