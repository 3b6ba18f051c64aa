/** A plan as Markdown, for a pull request or a chat. */
import type { Plan, PlanApplier, Risk } from "#simulator";

import { codeSpan, diffBlock, escapeMarkdown } from "./markdown.ts";
import { placeText } from "./tooltips.ts";
import {
  changeCount,
  changeText,
  changeWord,
  countsText,
  loudRisks,
  objectName,
  problemCount,
  riskText,
  severityText,
  sidesText,
} from "./words.ts";

export function planMarkdown(plan: Plan): string {
  const counts =
    countsText(changeCount(plan), loudRisks(plan).length, problemCount(plan)) || "No changes";
  const lines = [
    `### Flux plan: ${sidesText(plan)}`,
    "",
    counts,
    "",
    ...riskLines(loudRisks(plan)),
  ];
  for (const cluster of plan.clusters) {
    const appliers = cluster.appliers.filter(
      ({ changes, problems }) => changes.length + problems.length > 0,
    );
    if (appliers.length === 0) continue;
    lines.push(`#### ${cluster.name}`, "", ...appliers.flatMap(applierLines), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function riskLines(risks: readonly Risk[]): readonly string[] {
  if (risks.length === 0) return [];
  const lines = risks.map(
    ({ severity, message, place }) =>
      `- **${riskText(severity)}**: ${escapeMarkdown(message.replace(/\s+/g, " "))}${place ? ` (\`${placeText(place)}\`)` : ""}`,
  );
  return ["#### Risks", "", ...lines, ""];
}

function applierLines({ applier, changes, problems }: PlanApplier): readonly string[] {
  return [
    `- **${objectName(applier.ref)}**`,
    ...problems.map(
      ({ severity, message, place }) =>
        `  - ${severityText(severity)}: ${escapeMarkdown(message.replace(/\s+/g, " "))}${place ? ` (\`${placeText(place)}\`)` : ""}`,
    ),
    ...changes.flatMap((change) => [
      `  - ${changeWord(change.kind)}: \`${objectName(change.ref)}\`${change.kind === "changed" ? ` (${changeText(change)})` : ""}`,
      ...change.fields.map(
        ({ path, before, after, lines }) =>
          `    - ${codeSpan(path)}:${lines ? `\n\n${diffBlock(lines, "      ")}\n` : ` ${codeSpan(before ?? "–")} → ${codeSpan(after ?? "–")}`}`,
      ),
    ]),
  ];
}
