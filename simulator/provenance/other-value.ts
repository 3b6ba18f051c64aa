/**
 * Another value of the same form: what a chart does with it should differ in nothing else. Digits change and length stays, so that
 * quantities, ports, versions, digests and schedules remain what they are.
 */
import type { Json } from "../manifest/json.ts";

/** In the place of a text that has no digit. */
const mark = "q7";

export function otherValue(value: Json | undefined): Json {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? otherText(value) : mark;
}

/** Each line changes, as each may be asked about. */
export function otherText(text: string): string {
  if (!text.includes("\n")) return otherLine(text);
  return text
    .split("\n")
    .map((line) => (line.trim() === "" ? line : otherLine(line)))
    .join("\n");
}

function otherLine(line: string): string {
  // What a template inside of a value does is left alone.
  if (line.includes("{{")) return `${line}${mark}`;
  const digit = /\d(?=\D*$)/.exec(line);
  if (digit !== null) {
    const next = String((Number(digit[0]) + 1) % 10);
    return line.slice(0, digit.index) + next + line.slice(digit.index + 1);
  }
  return /^\s|:\/\//.test(line) ? `${line}${mark}` : `${mark}${line}`;
}
