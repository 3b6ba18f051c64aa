/** Field changes for showing: paths from the exact objects, values from the masked ones. */
import { compareValues, valueAtPointer } from "../diff/compare.ts";
import type { Difference } from "../diff/compare.ts";
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
  return differences(base.exact, target.exact, isMove).map(({ path, basePath, kind }) => ({
    path,
    kind,
    ...(kind === "added" ? {} : { before: show(base.shown, basePath ?? path) }),
    ...(kind === "removed" ? {} : { after: show(target.shown, path) }),
  }));
}

function show(object: JsonObject | undefined, pointer: string): string {
  const value = object === undefined ? undefined : valueAtPointer(object, pointer);
  if (value === undefined) return hidden;
  const text = JSON.stringify(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}
