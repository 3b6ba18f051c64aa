/** Whether a line of YAML holds a value that a release or a Kustomization takes, by its keys alone: asked at each stop of the cursor. */

/** Keys that values stand below: at the margin, or in `spec`. */
const holders: ReadonlySet<string> = new Set([
  "values",
  "data",
  "stringData",
  "substitute",
  "commonMetadata",
  "postRenderers",
]);

/** `lineAt` gives lines from 0. */
export function isValueLine(lineAt: (line: number) => string, line: number): boolean {
  let indent = indentOf(lineAt(line));
  if (indent === undefined) return false;
  for (let at = line - 1; at >= 0 && indent > 0; at--) {
    const text = lineAt(at);
    const own = indentOf(text);
    if (own === undefined || own >= indent) continue;
    if (text.startsWith("---")) return false;
    const key = /^\s*(?:- )?["']?([\w.-]+)["']?:/.exec(text)?.[1];
    if (key !== undefined && holders.has(key) && own <= 2) return true;
    indent = own;
  }
  return false;
}

function indentOf(text: string): number | undefined {
  const trimmed = text.trimStart();
  return trimmed === "" || trimmed.startsWith("#") ? undefined : text.length - trimmed.length;
}
