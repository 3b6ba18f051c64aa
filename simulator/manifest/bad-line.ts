/** The line that a YAML parser complains about, for complaints that name none (go-yaml's errors of encoding, anchors and depth). */
import { lineOfDepth } from "./depth.ts";

export function badLine(complaint: string, text: string): number | undefined {
  if (complaint.includes("control characters are not allowed"))
    return lineOf(text, controlCharacter);
  if (/invalid (?:leading|trailing|length|Unicode|continuation)|incomplete UTF/.test(complaint))
    return lineOf(text, /\ufffd/);
  if (complaint.includes("unknown anchor")) return unknownAnchor(text);
  if (complaint.includes("exceeded max depth")) return lineOfDepth(text);
  if (complaint.includes("found incompatible YAML document")) return lineOf(text, /^%YAML/);
  return field(complaint, text) ?? inOnlyDocument(complaint, text);
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function unknownAnchor(text: string): number | undefined {
  const known = new Set([...text.matchAll(/&([^\s,[\]{}]+)/g)].map((match) => match[1]));
  for (const [index, line] of text.split("\n").entries()) {
    for (const match of line.matchAll(/(?:^|[\s[{,])\*([^\s,[\]{}]+)/g))
      if (!known.has(match[1])) return index + 1;
  }
  return undefined;
}

/** `json: cannot unmarshal … into Go struct field Kustomization.patches of type …`: the last part that stands as a key. */
function field(complaint: string, text: string): number | undefined {
  const path = /Go struct field \w+\.([\w.]+) of type/.exec(complaint)?.[1]?.split(".") ?? [];
  return path
    .toReversed()
    .reduce<number | undefined>(
      (found, key) => found ?? lineOf(text, new RegExp(`(?:^|[\\s{,-])${key}:`)),
      undefined,
    );
}

/** A document counts its lines from its own start, so the number is the file's only when it is alone. */
function inOnlyDocument(complaint: string, text: string): number | undefined {
  const line = /\n {2}line (\d+): /.exec(complaint)?.[1];
  return line === undefined || text.includes("\n---") ? undefined : Number(line);
}

function lineOf(text: string, pattern: RegExp): number | undefined {
  const index = text.split("\n").findIndex((line) => pattern.test(line));
  return index < 0 ? undefined : index + 1;
}
