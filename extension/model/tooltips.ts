/** Tooltips in Markdown. What comes from the repository is escaped or stands in a code span, so it can't become markup. */
import type {
  ApplierRecord,
  Change,
  ChartChange,
  FieldChange,
  Place,
  PlanApplier,
  Problem,
  Risk,
} from "#simulator";

import { codeSpan, diffBlock, escapeMarkdown } from "./markdown.ts";
import { changeText, changeWord, objectName, riskText, severityText, stateText } from "./words.ts";

const fieldLimit = 12;

/** `waiting`: names of the appliers that get nothing while this one fails. */
export function applierTooltip(
  { applier, chart, drifted = [] }: Pick<PlanApplier, "applier" | "chart" | "drifted">,
  waiting: readonly string[] = [],
): string {
  const rows: [string, string][] = [
    [
      "State",
      applier.reason ? `${stateText(applier.state)} (${applier.reason})` : stateText(applier.state),
    ],
    ["Source", applier.source],
    ...chartRows(applier, chart),
    ...(applier.path === "" ? [] : [["Path", applier.path] as [string, string]]),
    ["Objects", String(applier.objects)],
    ...(applier.remote === undefined
      ? []
      : [["Cluster", `that of ${applier.remote}`] as [string, string]]),
    ...(applier.dependsOn.length > 0
      ? [["Depends on", applier.dependsOn.join(", ")] as [string, string]]
      : []),
    ...(waiting.length > 0 ? [["Wait for it", listText(waiting)] as [string, string]] : []),
    ...(applier.origin ? [["Written in", placeText(applier.origin)] as [string, string]] : []),
  ];
  const table = rows.map(([name, value]) => `| ${name} | ${codeSpan(value)} |`).join("\n");
  const message = applier.message ? `\n\n${escapeMarkdown(applier.message)}` : "";
  const drift = drifted
    .slice(0, fieldLimit)
    .flatMap(({ ref, fields }) => [
      `**${escapeMarkdown(objectName(ref))}**`,
      ...driftLines(fields),
    ]);
  return [
    `**${escapeMarkdown(objectName(applier.ref))}**\n\n| | |\n| --- | --- |\n${table}${message}`,
    ...drift,
  ].join("\n\n");
}

function listText(names: readonly string[]): string {
  const more = names.length - fieldLimit;
  return `${names.slice(0, fieldLimit).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
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
    if (field.lines)
      return `- ${codeSpan(field.path)} ${field.kind}:\n\n${diffBlock(field.lines, "  ")}`;
    const value = [field.before, field.after].filter((side) => side !== undefined).map(codeSpan);
    return `- ${codeSpan(field.path)} ${field.kind}: ${value.join(" → ")}`;
  });
  const more = change.fields.length - fields.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  const origin = change.origin ? [`Written in ${codeSpan(placeText(change.origin))}`] : [];
  return [
    heading,
    ...(changeText(change) === changeWord(change.kind) ? [] : [escapeMarkdown(changeText(change))]),
    [...fields, ...rest].join("\n"),
    ...driftLines(change.drift ?? []),
    ...origin,
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What somebody changed on the cluster since the release was stored. */
function driftLines(drift: readonly FieldChange[]): readonly string[] {
  if (drift.length === 0) return [];
  const shown = drift
    .slice(0, fieldLimit)
    .map(
      ({ path, before, after }) =>
        `- ${codeSpan(path)}: ${codeSpan(before ?? "–")} on the cluster, ${codeSpan(after ?? "–")} in the release`,
    );
  return [["Drift:", ...shown].join("\n")];
}

export function riskTooltip({ severity, code, message, place, suppressible }: Risk): string {
  const silence = suppressible
    ? `\n\nTo silence it: annotation ${codeSpan(`sluice/allow-risk: ${code.replace("risk/", "")}`)} on the object.`
    : "";
  const where = place ? `\n\n${codeSpan(placeText(place))}` : "";
  return `**${riskText(severity)}** ${codeSpan(code)}\n\n${escapeMarkdown(message)}${silence}${where}`;
}

export function problemTooltip(problem: Problem): string {
  const place = problem.place ? `\n\n${codeSpan(placeText(problem.place))}` : "";
  return `**${severityText(problem.severity)}** ${codeSpan(problem.code)}\n\n${escapeMarkdown(problem.message)}${place}`;
}

export function placeText({ path, line }: Place): string {
  return line === undefined ? path : `${path}:${line}`;
}
