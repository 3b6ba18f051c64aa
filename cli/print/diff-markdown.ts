/**
 * A plan as Markdown for a pull request: counts, a table, one fold per applier, problems. Text from the repository
 * stands only in code spans and fences, where it can't be markup or mention people. The size fits one comment.
 */
import type { FieldChange, Plan, PlanApplier } from "#simulator";

import { applierNotes, changeNote, isNotable, oldNote, planSummary } from "./diff-text.ts";
import { driftedLines, driftLines, knownText, partialText } from "./live-text.ts";
import { counted, fieldText, placeText, refText } from "./names.ts";
import { problemText, sortedProblems } from "./problems-text.ts";
import { isSaidByRisk, riskLines } from "./risks-text.ts";
import { plainStyle } from "./style.ts";

/** Characters. GitHub takes 65,536 in a comment, others more; what these leave is for the frames. */
const budgetOfTable = 10_000;
const budgetOfRisks = 8_000;
const budgetOfFolds = 28_000;
const budgetOfProblems = 8_000;
const budgetOfImages = 4_000;
const longestName = 200;

interface Row {
  readonly cluster: string;
  readonly entry: PlanApplier;
}

/** The plan must be printable. The first line is a mark by which a robot finds its earlier comment. */
export function diffMarkdown(plan: Plan): string {
  const rows = plan.clusters.flatMap(({ name, appliers }) =>
    appliers.filter(isNotable).map((entry): Row => ({ cluster: name, entry })),
  );
  return [
    "<!-- sluice -->",
    `### Sluice: ${planSummary(plan, plainStyle)}`,
    "",
    [plan.base ?? "nothing", plan.target]
      .map((label) => codeSpan(shortened(label, longestName)))
      .join(" → "),
    "",
    ...liveSection(plan),
    ...riskSection(plan),
    ...table(rows),
    ...folds(rows),
    ...imageSection(plan),
    ...problemSection(plan),
  ].join("\n");
}

/** How the plan is known, and that it is a part where it is one. */
function liveSection(plan: Plan): readonly string[] {
  const { live } = plan;
  if (live === undefined) return [];
  const partial = partialText(plan);
  const taken = live.taken.slice(0, 50).map((name) => `taken from the cluster: ${name}`);
  const lines = [
    ...(partial === undefined ? [] : [partial]),
    `${live.context}: ${knownText(live)}`,
    ...taken,
    ...(live.taken.length > taken.length ? [`and ${live.taken.length - taken.length} more`] : []),
  ];
  return ["#### Cluster", "", ...fenced(fitted(lines, budgetOfImages), "text"), ""];
}

function imageSection({ images }: Plan): readonly string[] {
  const lines = [
    ...images.removed.map((image) => `- removed ${codeSpan(shortened(image, longestName))}`),
    ...images.added.map((image) => `- added ${codeSpan(shortened(image, longestName))}`),
  ];
  if (lines.length === 0) return [];
  const shown = lines.slice(0, countFitting(lines, budgetOfImages));
  const more = lines.length - shown.length;
  return ["#### Images", "", ...shown, ...(more > 0 ? [`- and ${more} more`] : []), ""];
}

function table(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  // Only a cluster tells that something is recreated.
  const isLive = rows.some(({ entry }) => entry.changes.some(({ kind }) => kind === "recreated"));
  const recreated = isLive ? (["recreated"] as const) : [];
  const kinds = ["created", "changed", ...recreated, "deleted", "moved", "orphaned"] as const;
  const lines = rows.map(({ cluster, entry }) => {
    const count = (kind: string): string => {
      const found = entry.changes.filter((change) => change.kind === kind).length;
      return found === 0 ? "" : String(found);
    };
    const cells = [
      tableCode(cluster),
      tableCode([refText(entry.applier.ref), ...applierNotes(entry)].join(", ")),
      ...kinds.map(count),
      entry.problems.length === 0 ? "" : String(entry.problems.length),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const shown = lines.slice(0, countFitting(lines, budgetOfTable));
  const more = lines.length - shown.length;
  return [
    `| Cluster | Applier | Created | Changed |${isLive ? " Recreated |" : ""} Deleted | Moved | Kept | Problems |`,
    `| --- | --- |${" --: |".repeat(kinds.length + 1)}`,
    ...shown,
    "",
    ...(more > 0 ? [`${counted(more, "more applier")} not shown.`, ""] : []),
  ];
}

function folds(rows: readonly Row[]): readonly string[] {
  const lines: string[] = [];
  let left = budgetOfFolds;
  let leftOut = 0;
  for (const { cluster, entry } of rows) {
    if (entry.changes.length === 0 && driftedLines(entry).length === 0) continue;
    if (left <= 0) {
      leftOut += 1;
      continue;
    }
    const drifted = driftedLines(entry).map((line) => `# ${line}`);
    const body = fitted([...changeLines(entry), ...drifted], left);
    const title = shortened(`${cluster} · ${refText(entry.applier.ref)}`, longestName);
    const summary = `<code>${htmlText(title)}</code> ${counted(entry.changes.length, "change")}`;
    const fold = [
      "<details>",
      `<summary>${summary}</summary>`,
      "",
      ...fenced(body, "diff"),
      "",
      "</details>",
      "",
    ];
    left -= fold.join("\n").length;
    lines.push(...fold);
  }
  if (leftOut > 0)
    lines.push(
      `Changes of ${counted(leftOut, "more applier")} left out; run \`sluice diff\` to see them.`,
      "",
    );
  return lines;
}

function changeLines(entry: PlanApplier): readonly string[] {
  return entry.changes.flatMap((change) => {
    const note = changeNote(change);
    const place = change.origin === undefined ? "" : `  (${placeText(change.origin)})`;
    const sign = diffSign(change.kind === "created", change.kind === "deleted");
    const title = `${sign} ${refText(change.ref)}${note === "" ? "" : `, ${note}`}${place}`;
    const whole = change.kind === "created" || change.kind === "deleted";
    const drift = driftLines(change).map((line) => `#     ${line}`);
    return [title, ...(whole ? [] : [...change.fields.flatMap(fieldLines), ...drift])];
  });
}

/** The signs that a `diff` fence colours. */
function diffSign(created: boolean, deleted: boolean): string {
  if (created) return "+";
  return deleted ? "-" : "!";
}

function fieldLines(field: FieldChange): readonly string[] {
  const path = fieldText(field.path);
  if (field.lines !== undefined) return [`      ${path}:`, ...field.lines.map(textLine)];
  const before = `-     ${path}: ${field.before ?? ""}`;
  const after = `+     ${path}: ${field.after ?? ""}`;
  switch (field.kind) {
    case "added":
      return [after];
    case "removed":
      return [before];
    case "changed":
      return [before, after];
  }
}

/** A line of a text of several lines; its first character says what becomes of it. */
function textLine(line: string): string {
  return line.startsWith("@") ? `#       …${line.slice(1)}` : `${line[0]}       ${line.slice(1)}`;
}

/** Risks come first: they are what somebody has to look at. */
function riskSection(plan: Plan): readonly string[] {
  const lines = [...riskLines(plan, plainStyle)].flatMap((text) => text.trimEnd().split("\n"));
  if (lines.length === 0) return [];
  return ["#### Risks", "", ...fenced(fitted(lines, budgetOfRisks), "text"), ""];
}

function problemSection(plan: Plan): readonly string[] {
  const shown = sortedProblems(
    plan.problems.filter(
      (problem) => problem.severity !== "information" && !isSaidByRisk(problem, plan),
    ),
  );
  if (shown.length === 0) return [];
  const lines = shown.flatMap((problem) =>
    problemText(problem, plainStyle, oldNote(problem, plan)).trimEnd().split("\n"),
  );
  return ["#### Problems", "", ...fenced(fitted(lines, budgetOfProblems), "text"), ""];
}

/** As many lines as `budget` characters hold; a line can use no more than a tenth of it. */
function fitted(lines: readonly string[], budget: number): readonly string[] {
  const short = lines.map((line) => shortened(line, Math.max(200, Math.floor(budget / 10))));
  const kept = countFitting(short, budget);
  const more = lines.length - kept;
  return more === 0 ? short : [...short.slice(0, kept), `# … ${counted(more, "more line")}`];
}

function countFitting(lines: readonly string[], budget: number): number {
  let left = budget;
  const over = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return over === -1 ? lines.length : over;
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A fence longer than any run of backticks inside. */
function fenced(lines: readonly string[], language: string): readonly string[] {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [fence + language, ...lines, fence];
}

function codeSpan(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") || text.trim() !== text ? " " : "";
  return `${ticks}${pad}${text === "" ? " " : text}${pad}${ticks}`;
}

/** In a table a bar ends the cell even inside code, unless it is escaped. */
function tableCode(text: string): string {
  return codeSpan(shortened(text, longestName)).replace(/\|/g, "\\|");
}

function htmlText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}
