/** The verdicts of the oracle as docs/live-plan.md shows them. */
import type { Outcomes } from "./outcome.ts";
import { differencesBetween } from "./outcome.ts";
import type { Verdict } from "./run-scenarios.ts";

export const start = "<!-- oracle -->\n\n";
export const end = "\n<!-- /oracle -->";

/** Rows of a Markdown table; the same for the same behaviour, whenever it is made. */
export function oracleTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ scenario, predicted, happened }) => [
    scenario.name,
    scenario.about,
    counts(predicted),
    counts(happened),
    differencesBetween(predicted, happened).length === 0 ? "yes" : "no",
  ]);
  const head = ["Scenario", "What is pushed", "Predicted", "Happened", "Equal, field by field"];
  const all = [head, ...rows];
  const widths = head.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** `2 created, 1 changed (5 fields)`. */
function counts(outcomes: Outcomes): string {
  const all = [...outcomes.values()];
  const parts = (["created", "changed", "recreated", "deleted"] as const).flatMap((kind) => {
    const some = all.filter((one) => one.kind === kind);
    const fields = some.reduce((sum, one) => sum + one.fields.length, 0);
    if (some.length === 0) return [];
    return [
      `${some.length} ${kind}${fields === 0 ? "" : ` (${fields === 1 ? "1 field" : `${fields} fields`})`}`,
    ];
  });
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
