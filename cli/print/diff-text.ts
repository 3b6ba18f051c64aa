/** A plan as people read it in a terminal: cluster, applier, object, field, then problems and counts. */
import type {
  ApplierRecord,
  Change,
  ChartChange,
  FieldChange,
  Plan,
  PlanApplier,
  PlanCluster,
  Problem,
} from "#simulator";
import { problemKey } from "#simulator";

import { driftedLines, driftLines, knownText, liveNotes, partialText } from "./live-text.ts";
import { applierText, fieldText, placeText, refText } from "./names.ts";
import { problemCountsText, problemText, problemTexts } from "./problems-text.ts";
import { isSaidByRisk, riskCountsText, riskLines } from "./risks-text.ts";
import type { Style } from "./style.ts";

/** The plan must be printable. */
export function* diffText(plan: Plan, style: Style): Generator<string> {
  yield style.faint(`${plan.base ?? "nothing"} → ${plan.target}`) + "\n";
  const partial = partialText(plan);
  if (partial !== undefined) yield `${style.bad(partial)}\n`;
  for (const cluster of plan.clusters) yield* clusterText(cluster, plan, style);
  const shown = new Set(
    plan.clusters.flatMap((cluster) => cluster.appliers).map(({ applier }) => applier.id),
  );
  const others = plan.problems.filter(
    (problem) =>
      (problem.applier === undefined || !shown.has(problem.applier)) &&
      !isSaidByRisk(problem, plan),
  );
  if (others.length > 0) yield "\n";
  yield* problemTexts(others, style, (problem) => oldNote(problem, plan));
  yield* imagesText(plan, style);
  const risks = [...riskLines(plan, style)];
  if (risks.length > 0) yield `\n${style.strong("Risks")}\n`;
  for (const risk of risks) yield indented(risk, "  ");
  yield* liveText(plan, style);
  yield `\n${planSummary(plan, style)}\n`;
}

function* liveText({ live }: Plan, style: Style): Generator<string> {
  if (live === undefined) return;
  yield `\n${style.strong("Cluster")}\n  ${live.context}: ${knownText(live)}\n`;
  for (const name of live.taken) yield `  ${style.faint(`taken from it: ${name}`)}\n`;
}

function* imagesText({ images }: Plan, style: Style): Generator<string> {
  if (images.added.length + images.removed.length === 0) return;
  yield `\n${style.strong("Images")}\n`;
  for (const image of images.removed) yield `  ${style.bad(`- ${image}`)}\n`;
  for (const image of images.added) yield `  ${style.good(`+ ${image}`)}\n`;
}

/** `3 created, 1 deleted; 1 error; 2 high risks`, or that nothing would change. */
export function planSummary(plan: Plan, style: Style): string {
  const { created, changed, deleted, moved, orphaned, recreated = 0 } = plan.counts;
  const parts: string[] = [];
  if (created > 0) parts.push(style.good(`${created} created`));
  if (changed > 0) parts.push(style.attention(`${changed} changed`));
  if (recreated > 0) parts.push(style.bad(`${recreated} recreated`));
  if (deleted > 0) parts.push(style.bad(`${deleted} deleted`));
  if (moved > 0) parts.push(style.accent(`${moved} moved`));
  if (orphaned > 0) parts.push(style.accent(`${orphaned} kept`));
  const changes = parts.length === 0 ? "Nothing would change" : parts.join(", ");
  const problems = problemCountsText(plan.counts, style);
  const risks = riskCountsText(plan, style);
  return `${[changes, problems, risks].filter((text) => text !== "").join("; ")}.`;
}

/** Says that a problem is not new, so that a reader can pass over it. */
export function oldNote(problem: Problem, { base, oldProblems }: Plan): string {
  return base !== undefined && oldProblems.includes(problemKey(problem))
    ? ` (also in ${base})`
    : "";
}

/** Whether anything about this applier is worth a line. */
export function isNotable(entry: PlanApplier): boolean {
  return (
    entry.changes.length > 0 ||
    entry.problems.length > 0 ||
    (entry.drifted ?? []).length > 0 ||
    entry.status === "created" ||
    entry.status === "deleted"
  );
}

/** The sign that stands before a change. */
function changeSign(kind: Change["kind"]): string {
  switch (kind) {
    case "created":
      return "+";
    case "changed":
      return "~";
    case "recreated":
      return "±";
    case "deleted":
      return "-";
    case "moved":
      return ">";
    case "orphaned":
      return "!";
  }
}

/** Says what the sign and the fields don't: where an object moved from, why it is kept, what follows on the cluster. */
export function changeNote(change: Change): string {
  return [kindNote(change), ...liveNotes(change)].filter((note) => note !== "").join(", ");
}

function kindNote(change: Change): string {
  switch (change.kind) {
    case "moved":
      return change.from === undefined ? "moved" : `moved from ${applierText(change.from)}`;
    case "orphaned":
      return `kept${change.kept === undefined ? "" : `: ${change.kept.replace(/\s*\n\s*/g, " ")}`}`;
    case "recreated":
      return "deleted and created again";
    case "created":
    case "changed":
    case "deleted":
      return "";
  }
}

/** What an applier's header says besides its name. */
export function applierNotes(entry: PlanApplier): readonly string[] {
  const notes: string[] = [];
  if (entry.status === "created" || entry.status === "deleted") notes.push(entry.status);
  if (entry.status !== "deleted" && entry.applier.state !== "ready")
    notes.push(stateText(entry.applier));
  if (entry.chart !== undefined) notes.push(`chart ${chartNote(entry.chart)}`);
  return notes;
}

/** `podinfo 6.1.0 → 6.2.0, 3 defaults differ`. */
function chartNote({ before, after, defaults = [] }: ChartChange): string {
  const name = before.name === after.name ? "" : `${after.name} `;
  const count = defaults.length === 1 ? "1 default differs" : `${defaults.length} defaults differ`;
  const note = defaults.length === 0 ? "" : `, ${count}`;
  return `${before.name} ${before.version} → ${name}${after.version}${note}`;
}

/** `failed (BuildFailed)`. */
function stateText(applier: ApplierRecord): string {
  return applier.reason === undefined ? applier.state : `${applier.state} (${applier.reason})`;
}

function* clusterText(cluster: PlanCluster, plan: Plan, style: Style): Generator<string> {
  const notable = cluster.appliers.filter(isNotable);
  if (notable.length === 0) return;
  yield `\n${style.strong(`Cluster ${cluster.name}`)}\n`;
  for (const entry of notable) {
    const notes = applierNotes(entry)
      .map((note) => `, ${note}`)
      .join("");
    const path = entry.applier.path === "" ? "" : style.faint(`  ${entry.applier.path}`);
    yield `  ${style.strong(refText(entry.applier.ref))}${path}${notes}\n`;
    yield* defaultsText(entry, style);
    for (const change of entry.changes) yield* changeText(change, style);
    for (const line of driftedLines(entry)) yield `    ${style.attention(line)}\n`;
    for (const problem of entry.problems) {
      if (isSaidByRisk(problem, plan)) continue;
      const { applier: _shownAbove, ...rest } = problem;
      yield indented(problemText(rest, style, oldNote(problem, plan)), "    ");
    }
  }
}

/** Defaults of the chart that the release does not overrule are what an upgrade changes unseen. */
function* defaultsText({ chart }: PlanApplier, style: Style): Generator<string> {
  const defaults = chart?.defaults ?? [];
  for (const field of defaults.slice(0, maxDefaults))
    yield `    ${style.faint("default")} ${fieldLine(field, style)}\n`;
  const more = defaults.length - maxDefaults;
  if (more > 0) yield `    ${style.faint(`and ${more} more defaults`)}\n`;
}

const maxDefaults = 40;

function* changeText(change: Change, style: Style): Generator<string> {
  const note = changeNote(change);
  const place = change.origin === undefined ? "" : style.faint(`  ${placeText(change.origin)}`);
  const title = `${changeSign(change.kind)} ${refText(change.ref)}`;
  yield `    ${changeStyle(change.kind, style)(title)}${note === "" ? "" : `, ${note}`}${place}\n`;
  if (change.kind === "created" || change.kind === "deleted") return;
  for (const field of change.fields) yield* fieldLines(field, style);
  for (const line of driftLines(change)) yield `        ${style.faint(line)}\n`;
}

function* fieldLines(field: FieldChange, style: Style): Generator<string> {
  if (field.lines === undefined) return yield `        ${fieldLine(field, style)}\n`;
  yield `        ${fieldText(field.path)}:\n`;
  for (const line of field.lines) yield `          ${lineText(line, style)}\n`;
}

/** A line of a text of several lines; its first character says what becomes of it. */
function lineText(line: string, style: Style): string {
  const rest = line.slice(1);
  if (line.startsWith("-")) return style.bad(`- ${rest}`);
  if (line.startsWith("+")) return style.good(`+ ${rest}`);
  return line.startsWith("@") ? style.faint(`⋮ ${rest.trim()}`) : `  ${rest}`;
}

function fieldLine(field: FieldChange, style: Style): string {
  const path = fieldText(field.path);
  switch (field.kind) {
    case "added":
      return `${path}: ${style.good(`+ ${field.after ?? ""}`)}`;
    case "removed":
      return `${path}: ${style.bad(`- ${field.before ?? ""}`)}`;
    case "changed":
      return `${path}: ${style.bad(field.before ?? "")} → ${style.good(field.after ?? "")}`;
  }
}

function changeStyle(kind: Change["kind"], style: Style): (text: string) => string {
  switch (kind) {
    case "created":
      return style.good;
    case "changed":
      return style.attention;
    case "deleted":
    case "recreated":
      return style.bad;
    case "moved":
    case "orphaned":
      return style.accent;
  }
}

function indented(text: string, pad: string): string {
  return text.replace(/^(?=[^\n])/gm, pad);
}
