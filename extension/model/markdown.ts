/** Text from the repository inside Markdown: escaped or in a code span, so that it can't become markup. */

/** A code span that survives backticks, pipes and line breaks in the text. */
export function codeSpan(text: string): string {
  const flat = text.replace(/\s+/g, " ").replace(/\|/g, "\\|");
  if (!flat) return "–";
  const fence = "`".repeat(
    Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length)) + 1,
  );
  const pad = /^`|`$/.test(flat) ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}
