/** Problems one a line, `file:line:column: severity: message [code]`, as compilers print them; and their counts. */
import type { Problem } from "#simulator";

import { applierText, clusterOf, counted, placeText, refText } from "./names.ts";
import { printableRecord } from "./printable.ts";
import { severityText } from "./severity-text.ts";
import type { Style } from "./style.ts";

export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
}

export function countProblems(problems: readonly Problem[]): ProblemCounts {
  return {
    errors: problems.filter((problem) => problem.severity === "error").length,
    warnings: problems.filter((problem) => problem.severity === "warning").length,
  };
}

/** By file and line, what has no place last; otherwise in the order given. */
export function sortedProblems(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => {
    if (a.place === undefined || b.place === undefined)
      return Number(a.place === undefined) - Number(b.place === undefined);
    if (a.place.path !== b.place.path) return a.place.path < b.place.path ? -1 : 1;
    return (
      (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0)
    );
  });
}

/** The problem must be printable. Further lines of its message are indented; `note` stands at the end. */
export function problemText(problem: Problem, style: Style, note = ""): string {
  const place = problem.place === undefined ? "" : `${style.strong(placeText(problem.place))}: `;
  const owner = ownerText(problem);
  const code = style.faint(`[${problem.code}]${note}`);
  const lines = `${problem.message.trimEnd()} ${code}`.split("\n").join("\n    | ");
  return `${place}${severityText(problem.severity, style)}: ${owner}${lines}\n`;
}

/** That there is nothing to simulate, for verbs whose output would be empty without a reason. */
export function* noRootsText(problems: readonly Problem[], style: Style): Generator<string> {
  for (const problem of printableRecord(problems))
    if (problem.code === "no-roots") yield problemText(problem, style);
}

const shownRemarks = 3;

/** One after the other; of remarks about sources, which are as many as there are sources, only the first. */
export function* problemTexts(
  problems: readonly Problem[],
  style: Style,
  noteOf: (problem: Problem) => string = () => "",
): Generator<string> {
  let remarks = 0;
  for (const problem of problems) {
    if (problem.code === "source-remark" && ++remarks > shownRemarks) continue;
    yield problemText(problem, style, noteOf(problem));
  }
  const more = remarks - shownRemarks;
  if (more > 0)
    yield style.faint(`and ${counted(more, "more remark")} about sources (-o json has all)`) + "\n";
}

/** `2 errors, 1 warning`, or an empty string. */
export function problemCountsText(counts: ProblemCounts, style: Style): string {
  const parts: string[] = [];
  if (counts.errors > 0) parts.push(style.bad(counted(counts.errors, "error")));
  if (counts.warnings > 0) parts.push(style.attention(counted(counts.warnings, "warning")));
  return parts.join(", ");
}

/** Whose problem it is: applier with its cluster, and object. What the message begins with is not said twice. */
function ownerText(problem: Problem): string {
  const { applier, object, message } = problem;
  const parts: string[] = [];
  const owner = applier === undefined ? undefined : applierText(applier);
  if (applier !== undefined && owner !== undefined) {
    const cluster = clusterOf(applier);
    if (beginsWith(message, owner)) parts.push(cluster);
    else parts.push(cluster === "" ? owner : `${owner} (${cluster})`);
  }
  const own = object === undefined ? undefined : refText(object);
  if (own !== undefined && own !== owner && !beginsWith(message, own)) parts.push(own);
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? "" : `${text}: `;
}

/** The text as a whole word: `Service web` is not how `Service web-2 is …` begins. */
function beginsWith(message: string, text: string): boolean {
  return message.startsWith(text) && !/^[\w./-]*\w/.test(message.slice(text.length));
}
