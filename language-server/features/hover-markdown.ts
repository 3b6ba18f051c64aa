/** Words of hovers. Text of the repository is shown as text: nothing in it becomes Markdown. */
import { positionAt } from "../manifest/manifest-file.ts";
import type { Span } from "../manifest/value.ts";
import { toUri } from "../workspace/tree-uri.ts";
import type { Spot } from "./definition-locations.ts";

/** Markdown, and what it is about. */
export interface HoverText {
  readonly span: Span;
  readonly text: string;
}

const maxLength = 200;

/** As code on one line, shortened. */
export function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  const short = line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
  // A fence has to be longer than any run of backticks in it.
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = short.startsWith("`") || short.endsWith("`") || short === "" ? " " : "";
  return `${fence}${pad}${short}${pad}${fence}`;
}

export function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#|!]/g, String.raw`\$&`);
}

/** `path:line`, which opens it. */
export function link(root: string, { file, part, span }: Spot): string {
  const line = positionAt(file, part.start + span[0]).line + 1;
  return lineLink(root, file.path, line);
}

/** `line` is 1-based. */
export function lineLink(root: string, path: string, line: number): string {
  const uri = toUri(root, path).replaceAll("(", "%28").replaceAll(")", "%29");
  return `[${escaped(path)}:${line}](${uri}#L${line})`;
}
