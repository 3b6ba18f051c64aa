/** Tooltips in Markdown. What comes from the repository is escaped or stands in a code span, so it can't become markup. */
import type { ApplierRecord, Change, ChartChange, Place, PlanApplier, Problem } from "#simulator";

import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { changeText, changeWord, objectName, severityText, stateText } from "./words.ts";

const fieldLimit = 12;

export function applierTooltip({ applier, chart }: Pick<PlanApplier, "applier" | "chart">): string {
  const rows: [string, string][] = [
    [
      "State",
      applier.reason ? `${stateText(applier.state)} (${applier.reason})` : stateText(applier.state),
    ],
    ["Source", applier.source],
    ...chartRows(applier, chart),
    ...(applier.path === "" ? [] : [["Path", applier.path] as [string, string]]),
    ["Objects", String(applier.objects)],
    ...(applier.dependsOn.length > 0
      ? [["Depends on", applier.dependsOn.join(", ")] as [string, string]]
      : []),
    ...(applier.origin ? [["Written in", placeText(applier.origin)] as [string, string]] : []),
  ];
  const table = rows.map(([name, value]) => `| ${name} | ${codeSpan(value)} |`).join("\n");
  const message = applier.message ? `\n\n${escapeMarkdown(applier.message)}` : "";
  return `**${escapeMarkdown(objectName(applier.ref))}**\n\n| | |\n| --- | --- |\n${table}${message}`;
}

function chartRows(
  { chart, release }: ApplierRecord,
  change: ChartChange | undefined,
): readonly [string, string][] {
  const rows: [string, string][] = [];
  if (chart !== undefined) rows.push(["Chart", `${chart.name} ${chart.version}`]);
  if (change !== undefined)
    rows.push(["Chart before", `${change.before.name} ${change.before.version}`]);
  if (change?.defaults !== undefined)
    rows.push(["Changed defaults", String(change.defaults.length)]);
  if (change !== undefined && change.unknownValues.length > 0)
    rows.push(["Values it no longer knows", change.unknownValues.join(", ")]);
  if (release !== undefined) rows.push(["Release", `${release.namespace}/${release.name}`]);
  return rows;
}

export function changeTooltip(change: Change): string {
  const heading = `**${escapeMarkdown(objectName(change.ref))}** ${escapeMarkdown(changeWord(change.kind))}`;
  const fields = change.fields.slice(0, fieldLimit).map((field) => {
    const value = [field.before, field.after].filter((side) => side !== undefined).map(codeSpan);
    return `- ${codeSpan(field.path)} ${field.kind}: ${value.join(" → ")}`;
  });
  const more = change.fields.length - fields.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  const origin = change.origin ? [`Written in ${codeSpan(placeText(change.origin))}`] : [];
  return [
    heading,
    ...(change.kind === "moved" ? [escapeMarkdown(changeText(change))] : []),
    [...fields, ...rest].join("\n"),
    ...origin,
  ]
    .filter(Boolean)
    .join("\n\n");
}

export function problemTooltip(problem: Problem): string {
  const place = problem.place ? `\n\n${codeSpan(placeText(problem.place))}` : "";
  return `**${severityText(problem.severity)}** ${codeSpan(problem.code)}\n\n${escapeMarkdown(problem.message)}${place}`;
}

export function placeText({ path, line }: Place): string {
  return line === undefined ? path : `${path}:${line}`;
}
