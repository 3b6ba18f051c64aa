/**
 * What happened and what was predicted in one form: for each object how it fared, and the fields that changed. Both sides make fields by
 * the same comparison, so that they are equal as text when they are equal.
 */
import type { FieldChange, JsonObject, Plan } from "#simulator";
import { objectAt, objectId, textAt } from "#simulator";
import { comparable } from "../../../simulator/live/plan/comparable.ts";
import { fieldChanges } from "../../../simulator/plan/fields.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Outcome {
  readonly kind: "created" | "changed" | "recreated" | "deleted";
  /** `path kind: before -> after`, sorted. None for what is created or deleted. */
  readonly fields: readonly string[];
}

export type Outcomes = ReadonlyMap<string, Outcome>;

/** Of the objects that the controllers wrote to. What came and went in between is left out: hooks with a delete policy. */
export function whatHappened(
  written: ReadonlySet<string>,
  before: Snapshot,
  after: Snapshot,
): Outcomes {
  const outcomes = new Map<string, Outcome>();
  for (const id of written) {
    const outcome = fate(before.get(id), after.get(id));
    if (outcome !== undefined) outcomes.set(id, outcome);
  }
  return outcomes;
}

function fate(before: JsonObject | undefined, after: JsonObject | undefined): Outcome | undefined {
  if (before === undefined)
    return after === undefined ? undefined : { kind: "created", fields: [] };
  if (after === undefined || isGoing(after)) return { kind: "deleted", fields: [] };
  const changes = fieldChanges(sideOf(before), sideOf(after), false);
  if (uid(before) === uid(after))
    return changes.length === 0
      ? undefined
      : { kind: "changed", fields: fieldTexts(changes, isSecret(after)) };
  // The server writes the identity of a Job into its labels, which nobody can foresee.
  const foreseeable = changes.filter((field) => field.after !== JSON.stringify(uid(after)));
  return { kind: "recreated", fields: fieldTexts(foreseeable, isSecret(after)) };
}

/** Hooks that Helm deletes again are predicted as created: `gone` names what was made and is no longer there. */
export function whatWasPredicted(plan: Plan, after: Snapshot): Outcomes {
  const outcomes = new Map<string, Outcome>();
  for (const { changes } of plan.clusters.flatMap(({ appliers }) => appliers))
    for (const { kind, ref, fields, drift = [], hook } of changes) {
      const id = objectId(ref);
      if (kind === "orphaned" || (hook !== undefined && !after.has(id))) continue;
      const isSecretObject = ref.kind === "Secret";
      switch (kind) {
        case "created":
        case "deleted":
          outcomes.set(id, { kind, fields: [] });
          break;
        case "changed":
        case "recreated":
          outcomes.set(id, { kind, fields: fieldTexts([...fields, ...drift], isSecretObject) });
          break;
        case "moved":
          outcomes.set(id, { kind: "changed", fields: fieldTexts(fields, isSecretObject) });
      }
    }
  return outcomes;
}

/** One line for each difference; none when the prediction was right. */
export function differencesBetween(predicted: Outcomes, happened: Outcomes): readonly string[] {
  const ids = [...new Set([...predicted.keys(), ...happened.keys()])].sort();
  return ids.flatMap((id) => {
    const one = predicted.get(id);
    const other = happened.get(id);
    const words = (outcome: Outcome | undefined): string => outcome?.kind ?? "nothing";
    if (one?.kind !== other?.kind)
      return [`${id}: predicted ${words(one)}, happened ${words(other)}`];
    const moved = other?.fields.filter((field) => !ownerField.test(field)) ?? [];
    const missing = moved.filter((field) => !matches(one?.fields ?? [], field));
    const extra = (one?.fields ?? []).filter((field) => !matches(other?.fields ?? [], field));
    return [
      ...missing.map((field) => `${id}: not predicted: ${field}`),
      ...extra.map((field) => `${id}: did not happen: ${field}`),
    ];
  });
}

/** A move says by itself that the labels of the owner change. */
const ownerField = /^\/metadata\/labels\/kustomize\.toolkit\.fluxcd\.io~1(name|namespace) /;
const digest = /secret-[0-9a-f]{12}|\(secret\)/;

/** Where a digest stands for a value only the path can be compared. */
function matches(fields: readonly string[], field: string): boolean {
  return fields.some((other) => {
    if (other === field) return true;
    const isHidden = digest.test(other) || digest.test(field);
    return isHidden && other.split(": ")[0] === field.split(": ")[0];
  });
}

function fieldTexts(fields: readonly FieldChange[], isSecret: boolean): readonly string[] {
  return fields
    .map(({ path, kind, before = "", after = "" }) =>
      isSecret ? `${path} ${kind}: (secret)` : `${path} ${kind}: ${before} -> ${after}`,
    )
    .sort();
}

function sideOf(object: JsonObject): Parameters<typeof fieldChanges>[0] {
  const exact = comparable(object);
  return { exact, shown: exact };
}

function isSecret(object: JsonObject): boolean {
  return object["kind"] === "Secret";
}

function isGoing(object: JsonObject): boolean {
  return textAt(objectAt(object, "metadata"), "deletionTimestamp") !== undefined;
}

function uid(object: JsonObject): string | undefined {
  return textAt(object, "metadata", "uid");
}
