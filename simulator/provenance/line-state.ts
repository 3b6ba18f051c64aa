/** Whether one line of an object is the same in another render of it. A line is a path to a field, and a row of a text there. */
import { isObject } from "../manifest/json.ts";
import type { Json, JsonObject } from "../manifest/json.ts";
import type { FieldPath } from "./site.ts";

export interface LinePath {
  readonly path: FieldPath;
  /** Of a text of several lines, from 0. */
  readonly row?: number;
}

/** `gone`: the field is not there. */
export type LineState = "same" | "differs" | "gone";

export function lineState(before: JsonObject, after: JsonObject, line: LinePath): LineState {
  let left: Json | undefined = before;
  let right: Json | undefined = after;
  for (const step of line.path) {
    if (typeof step === "number") {
      const items: readonly Json[] = Array.isArray(left) ? (left as readonly Json[]) : [];
      if (!Array.isArray(right)) return "gone";
      right = counterpart(items, step, right as readonly Json[]);
      left = items[step];
    } else {
      left = isObject(left) ? left[step] : undefined;
      right = isObject(right) && Object.hasOwn(right, step) ? right[step] : undefined;
    }
    if (right === undefined) return "gone";
  }
  return compare(left, right, line.row);
}

function compare(left: Json | undefined, right: Json, row: number | undefined): LineState {
  if (typeof left === "string" && typeof right === "string" && row !== undefined)
    return isSameRow(left.split("\n"), right.split("\n"), row) ? "same" : "differs";
  // The line of a list or a mapping says no more than that there is one.
  if (isFilled(left) && isFilled(right) && Array.isArray(left) === Array.isArray(right))
    return "same";
  return JSON.stringify(left) === JSON.stringify(right) ? "same" : "differs";
}

function isFilled(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** Rows that both have at their beginning and at their end are the same ones. */
function isSameRow(left: readonly string[], right: readonly string[], row: number): boolean {
  let start = 0;
  while (start < left.length && left[start] === right[start]) start++;
  if (row < start) return true;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left.at(-1 - end) === right.at(-1 - end)) end++;
  if (row >= left.length - end) return true;
  return right.slice(start, right.length - end).includes(left[row] ?? "");
}

/** The element of another list that is this one: by its name, by equality, else by its position in a list as long. */
function counterpart(
  items: readonly Json[],
  at: number,
  others: readonly Json[],
): Json | undefined {
  const item = items[at];
  const name = nameOf(item);
  if (name !== undefined) {
    const named = others.find((other) => nameOf(other) === name);
    if (named !== undefined) return named;
  } else {
    const text = JSON.stringify(item);
    const equal = others.find((other) => JSON.stringify(other) === text);
    if (equal !== undefined) return equal;
  }
  return items.length === others.length ? others[at] : undefined;
}

const naming = ["name", "key", "mountPath", "host"];

function nameOf(item: Json | undefined): string | undefined {
  if (!isObject(item)) return undefined;
  const key = naming.find((one) => typeof item[one] === "string");
  return key === undefined ? undefined : `${key} ${item[key] as string}`;
}
