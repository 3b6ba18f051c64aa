/** Text from the repository inside Markdown: escaped or in a code span, so that it can't become markup. */

/** A code span that survives backticks, pipes and line breaks in the text. */
export function codeSpan(text: string): string {
  const flat = text.replace(/\s+/g, " ").replace(/\|/g, "\\|");
  if (!flat) return "–";
  const fence = "`".repeat(longestRun(flat) + 1);
  const pad = /^`|`$/.test(flat) ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** Lines of `FieldChange.lines` as a coloured block inside a list item. */
export function diffBlock(lines: readonly string[], indent: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  const body = lines.map((line) =>
    line.startsWith("@") ? `  …${line.slice(1)}` : `${line[0]} ${line.slice(1)}`,
  );
  return [`${fence}diff`, ...body, fence]
    .map((line) => indent + line.replace(/[\r\u2028\u2029]/g, " "))
    .join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}
