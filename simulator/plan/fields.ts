/** Field changes for showing: paths from the exact objects, values from the masked ones. */
import { compareValues, valueAtPointer } from "../diff/compare.ts";
import type { Difference } from "../diff/compare.ts";
import { lineDiff } from "../diff/line-diff.ts";
import { normalise, withoutNullTimestamp, withoutOwnerLabels } from "../diff/normalise.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FieldChange } from "../records.ts";

/** Both sides of an object; `shown` is what may be printed of it (absent: nothing). */
export interface Side {
  readonly exact: JsonObject;
  readonly shown: JsonObject | undefined;
}

const maxShown = 300;
const hidden = "(secret)";

/** Differences that count. Empty when the objects are equal for the cluster. */
export function differences(
  base: JsonObject,
  target: JsonObject,
  isMove: boolean,
): readonly Difference[] {
  const rules = isMove ? [withoutNullTimestamp, withoutOwnerLabels] : [withoutNullTimestamp];
  return compareValues(normalise(base, rules), normalise(target, rules));
}

export function fieldChanges(base: Side, target: Side, isMove: boolean): readonly FieldChange[] {
  return differences(base.exact, target.exact, isMove).map(({ path, basePath, kind }) => {
    const before = kind === "added" ? undefined : shownValue(base.shown, basePath ?? path);
    const after = kind === "removed" ? undefined : shownValue(target.shown, path);
    return { path, kind, ...shownSides(before, after), ...linesOf(before, after) };
  });
}

/** A value that may be printed; what may not is told by the word in its place. */
type Shown = { readonly value: unknown } | typeof hidden;

function shownValue(object: JsonObject | undefined, pointer: string): Shown {
  const value = object === undefined ? undefined : valueAtPointer(object, pointer);
  return value === undefined ? hidden : { value };
}

/** Both sides as short JSON. Of long ones that begin alike, what is alike is left out: the difference would be cut off. */
function shownSides(
  before: Shown | undefined,
  after: Shown | undefined,
): Pick<FieldChange, "before" | "after"> {
  const [old, now] = [textOf(before), textOf(after)];
  const from = old === undefined || now === undefined ? 0 : alikeUntil(old, now);
  return {
    ...(old === undefined ? {} : { before: shortened(old, from) }),
    ...(now === undefined ? {} : { after: shortened(now, from) }),
  };
}

function textOf(shown: Shown | undefined): string | undefined {
  return typeof shown === "object" ? JSON.stringify(shown.value) : shown;
}

const shownBefore = 60;

function alikeUntil(old: string, now: string): number {
  const shorter = Math.min(old.length, now.length);
  if (Math.max(old.length, now.length) <= maxShown) return 0;
  let at = 0;
  while (at < shorter && old[at] === now[at]) at++;
  return at < maxShown - shownBefore ? 0 : at - shownBefore;
}

function shortened(text: string, from: number): string {
  const cut = from + maxShown;
  return `${from > 0 ? "…" : ""}${text.slice(from, cut)}${text.length > cut ? "…" : ""}`;
}

function linesOf(before: Shown | undefined, after: Shown | undefined): Pick<FieldChange, "lines"> {
  if (typeof before !== "object" || typeof after !== "object") return {};
  if (typeof before.value !== "string" || typeof after.value !== "string") return {};
  const lines = lineDiff(before.value, after.value);
  return lines.length === 0 ? {} : { lines };
}
