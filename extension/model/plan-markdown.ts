/** A plan as Markdown, for a pull request or a chat. */
import type { Plan, PlanApplier } from "#simulator";

import { placeText } from "./tooltips.ts";
import {
  changeCount,
  changeText,
  changeWord,
  countsText,
  objectName,
  problemCount,
  severityText,
  sidesText,
} from "./words.ts";

export function planMarkdown(plan: Plan): string {
  const counts = countsText(changeCount(plan), problemCount(plan)) || "No changes";
  const lines = [`### Flux plan: ${sidesText(plan)}`, "", counts, ""];
  for (const cluster of plan.clusters) {
    const appliers = cluster.appliers.filter(
      ({ changes, problems }) => changes.length + problems.length > 0,
    );
    if (appliers.length === 0) continue;
    lines.push(`#### ${cluster.name}`, "", ...appliers.flatMap(applierLines), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function applierLines({ applier, changes, problems }: PlanApplier): readonly string[] {
  return [
    `- **${objectName(applier.ref)}**`,
    ...problems.map(
      ({ severity, message, place }) =>
        `  - ${severityText(severity)}: ${message.replace(/\s+/g, " ")}${place ? ` (\`${placeText(place)}\`)` : ""}`,
    ),
    ...changes.flatMap((change) => [
      `  - ${changeWord(change.kind)}: \`${objectName(change.ref)}\`${change.kind === "changed" ? ` (${changeText(change)})` : ""}`,
      ...change.fields.map(
        ({ path, before, after }) =>
          `    - \`${path}\`: \`${before ?? "–"}\` → \`${after ?? "–"}\``,
      ),
    ]),
  ];
}
