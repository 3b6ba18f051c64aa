/** What a plan against a cluster says besides its changes: how they are known, what was taken from where, and what is missing. */
import type { Change, FieldChange, Plan, PlanApplier, PlanLive } from "#simulator";

import { counted, fieldText, refText } from "./names.ts";

/** What the sign of a change and its fields don't say. */
export function liveNotes(change: Change): readonly string[] {
  const { known, takesFrom = [], restarts, drift = [], hook } = change;
  const notes: string[] = [];
  if (hook !== undefined) notes.push(`hook ${hook.join(", ")}`);
  if (restarts === true) notes.push("restarts its pods");
  if (takesFrom.length > 0) notes.push(`takes fields from ${takesFrom.join(", ")}`);
  if (drift.length > 0) notes.push(`${counted(drift.length, "field")} drifted`);
  if (known === "structural") notes.push("by its fields, without a dry run");
  if (known === "repository") notes.push("by the repository, the cluster was not asked");
  return notes;
}

/** Drifted fields as lines; a drift is no part of the change. */
export function driftLines({ drift = [] }: Change): readonly string[] {
  return drift.map((field) => `drifted ${driftText(field)}`);
}

/** What drifted and is not taken back, as lines. */
export function driftedLines({ drifted = [] }: PlanApplier): readonly string[] {
  return drifted.flatMap(({ ref, fields }) =>
    fields.map((field) => `${refText(ref)} drifted, not corrected: ${driftText(field)}`),
  );
}

function driftText({ path, before, after }: FieldChange): string {
  const none = "(not there)";
  return `${fieldText(path)}: ${before ?? none} on the cluster, ${after ?? none} in the release`;
}

/** A plan that is only a part of the truth says so before anything else. */
export function partialText({ live }: Plan): string | undefined {
  return live?.partial === undefined ? undefined : `Only a part: ${live.partial}`;
}

/** `12 objects by dry run, 1 by its fields, 2 not answered`. */
export function knownText({ known }: PlanLive): string {
  const parts = [
    [known["dry-run"], "by dry run"],
    [known.structural, "by their fields"],
    [known.repository, "by the repository"],
    [known.unanswered, "not answered"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, how]) => `${count} ${how}`);
  return said.length === 0 ? "nothing was asked about" : said.join(", ");
}
