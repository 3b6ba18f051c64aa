/**
 * Canonical JSON text -> block YAML in the manner of kubectl. It works on the text, so numbers keep every digit.
 * Strings are quoted wherever YAML 1.1 or 1.2 could read them as something else, and unsafe characters are escaped.
 */
import { printable, printableJson } from "./printable.ts";

/** `json` must be valid JSON; a document of one value, with a line break at its end. */
export function yamlFromJson(json: string): string {
  const scan: Scan = { text: json, at: 0, out: [], depth: 0 };
  emitItem(scan, "");
  return scan.out.join("");
}

interface Scan {
  readonly text: string;
  at: number;
  readonly out: string[];
  depth: number;
}

/** Deeper than any Kubernetes object; beyond it the JSON itself, which is YAML as well, is copied. */
const deepest = 100;

/** A value that stands after `- ` or at the start of a document: its first line has its indentation already. */
function emitItem(scan: Scan, pad: string): void {
  const opener = open(scan);
  if (opener === "{") emitObject(scan, pad, true);
  else if (opener === "[") emitArray(scan, pad, true);
  else scan.out.push(scalar(scan, pad), "\n");
}

/** A value that stands after `key:`. */
function emitField(scan: Scan, pad: string): void {
  const opener = open(scan);
  if (opener === "{" || opener === "[") scan.out.push("\n");
  else scan.out.push(" ");
  if (opener === "{") emitObject(scan, `${pad}  `, false);
  else if (opener === "[") emitArray(scan, pad, false);
  else scan.out.push(scalar(scan, `${pad}  `), "\n");
}

function emitObject(scan: Scan, pad: string, started: boolean): void {
  let first = started;
  scan.depth += 1;
  do {
    scan.at += 1;
    if (!first) scan.out.push(pad);
    first = false;
    scan.out.push(keyText(readString(scan)));
    skipSpace(scan);
    scan.at += 1;
    scan.out.push(":");
    emitField(scan, pad);
    skipSpace(scan);
  } while (scan.text[scan.at] === ",");
  scan.at += 1;
  scan.depth -= 1;
}

function emitArray(scan: Scan, pad: string, started: boolean): void {
  let first = started;
  scan.depth += 1;
  do {
    scan.at += 1;
    scan.out.push(first ? "- " : `${pad}- `);
    first = false;
    emitItem(scan, `${pad}  `);
    skipSpace(scan);
  } while (scan.text[scan.at] === ",");
  scan.at += 1;
  scan.depth -= 1;
}

/** The bracket of a collection that has content and may be entered; else undefined. */
function open(scan: Scan): "{" | "[" | undefined {
  skipSpace(scan);
  const bracket = scan.text[scan.at];
  if (bracket !== "{" && bracket !== "[") return undefined;
  if (scan.depth >= deepest || isEmpty(scan)) return undefined;
  return bracket;
}

function isEmpty(scan: Scan): boolean {
  const inside: Scan = { ...scan, at: scan.at + 1 };
  skipSpace(inside);
  return inside.text[inside.at] === "}" || inside.text[inside.at] === "]";
}

function skipSpace(scan: Scan): void {
  while (" \n\r\t".includes(scan.text[scan.at] ?? "x")) scan.at += 1;
}

function readString(scan: Scan): string {
  skipSpace(scan);
  const start = scan.at;
  scan.at += 1;
  while (scan.at < scan.text.length && scan.text[scan.at] !== '"')
    scan.at += scan.text[scan.at] === "\\" ? 2 : 1;
  scan.at += 1;
  return JSON.parse(scan.text.slice(start, scan.at)) as string;
}

/** A string, number, literal, empty collection, or a collection copied as JSON because it is too deep. */
function scalar(scan: Scan, pad: string): string {
  const start = scan.at;
  if (scan.text[start] === '"') return stringText(readString(scan), pad);
  let nesting = 0;
  while (scan.at < scan.text.length) {
    const character = scan.text[scan.at] ?? "";
    if (character === '"') {
      readString(scan);
      continue;
    }
    if (character === "{" || character === "[") nesting += 1;
    if (nesting === 0 && ",}] \n\r\t".includes(character)) break;
    if (character === "}" || character === "]") nesting -= 1;
    scan.at += 1;
    if (nesting === 0 && (character === "}" || character === "]")) break;
  }
  return printableJson(scan.text.slice(start, scan.at)).replace(/^([{[])\s*([}\]])$/, "$1$2");
}

function keyText(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function stringText(text: string, pad: string): string {
  if (isPlain(text)) return text;
  if (isBlock(text)) return blockText(text, pad);
  return quoted(text);
}

/** Words that YAML 1.1 (as Kubernetes reads it) or 1.2 gives another type. */
const typedWord = /^(y|n|yes|no|on|off|true|false|null|~)$/i;
const quantity = /^\d+(m|s|h|[KMGTPE]i)$/;

function isPlain(text: string): boolean {
  if (quantity.test(text)) return true;
  if (!/^[A-Za-z_/\u00c0-\u024f][^\n\t"\\]*$/.test(text) || printable(text) !== text) return false;
  return !typedWord.test(text) && !/: | #|[: ]$|[\ud800-\udfff\ufffe\uffff]/.test(text);
}

/** Several lines that a literal block can hold without an indentation indicator. */
function isBlock(text: string): boolean {
  if (!/^[^\s][^\n]*\n/.test(text) || /[\ud800-\udfff\ufffe\uffff]/.test(text)) return false;
  const shown = text.replace(/[\n\t]/g, "");
  return printable(shown) === shown;
}

function blockText(text: string, pad: string): string {
  const indentation = pad === "" ? "  " : pad;
  const body = text.replace(/\n$/, "");
  const chomp = chomping(text);
  const lines = body.split("\n").map((line) => (line === "" ? "" : indentation + line));
  return `|${chomp}\n${lines.join("\n")}`;
}

function chomping(text: string): "" | "-" | "+" {
  if (!text.endsWith("\n")) return "-";
  return text.endsWith("\n\n") ? "+" : "";
}

/** Double quotes. Surrogates stay raw: a pair is one character to YAML, and its `\u` can't say it. */
function quoted(text: string): string {
  return printableJson(JSON.stringify(text));
}
