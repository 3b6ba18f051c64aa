/**
 * YAML as Go programs of Kubernetes print it (`sigs.k8s.io/yaml`, its `goyaml.v2`): sorted keys, lists at the column of their
 * key, long plain text folded after column 80. Texts that Flux commits are compared byte for byte, so nothing here is a matter
 * of taste.
 */
import { isObject } from "../manifest/json.ts";
import { compareKeys, readsAsText } from "./go-yaml-rules.ts";

const bestWidth = 80;

/** One document with a line break at its end. */
export function goYaml(value: unknown): string {
  const lines = new Lines();
  block(lines, value, 0, "document");
  return lines.text();
}

/** Several documents, as kustomize joins them. */
export function goYamlDocuments(values: readonly unknown[]): string {
  return values.map((value) => goYaml(value)).join("---\n");
}

type Context = "document" | "key" | "item";

/** Collects text and knows the column, which decides where plain text is folded. */
class Lines {
  #text: string[] = [];
  column = 0;

  write(text: string): void {
    this.#text.push(text);
    const at = text.lastIndexOf("\n");
    this.column = at < 0 ? this.column + text.length : text.length - at - 1;
  }

  breakTo(indent: number): void {
    this.write(`\n${" ".repeat(indent)}`);
  }

  text(): string {
    return `${this.#text.join("")}\n`;
  }
}

/** `indent` is the column of the surrounding mapping's keys, or of the list's dashes. */
function block(lines: Lines, value: unknown, indent: number, context: Context): void {
  if (Array.isArray(value) && value.length > 0) {
    list(lines, value, indent, context);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    mapping(lines, value, indent, context);
  } else {
    lines.write(context === "key" ? " " : "");
    scalar(lines, value, context === "document" ? 0 : indent + 2);
  }
}

function mapping(lines: Lines, value: object, indent: number, context: Context): void {
  const column = context === "document" ? 0 : indent + 2;
  let first = context !== "key";
  for (const [key, item] of Object.entries(value).sort(([a], [b]) => compareKeys(a, b))) {
    if (!first) {
      lines.breakTo(column);
    }
    first = false;
    lines.write(`${keyText(key)}:`);
    block(lines, item, column, "key");
  }
}

function list(lines: Lines, items: readonly unknown[], indent: number, context: Context): void {
  // A list under a key stands at the column of the key, a list in a list two further.
  const column = context === "item" ? indent + 2 : indent;
  let first = context !== "key";
  for (const item of items) {
    if (!first) {
      lines.breakTo(column);
    }
    first = false;
    lines.write("- ");
    block(lines, item, column, "item");
  }
}

function keyText(key: string): string {
  const style = styleOf(key);
  return style === "plain" ? key : quotedKey(key, style);
}

function quotedKey(key: string, style: Style): string {
  return style === "single"
    ? `'${key.replaceAll("'", "''")}'`
    : `"${Array.from(key, escaped).join("")}"`;
}

function scalar(lines: Lines, value: unknown, indent: number): void {
  if (Array.isArray(value)) {
    lines.write("[]");
  } else if (isObject(value)) {
    lines.write("{}");
  } else if (typeof value === "string") {
    text(lines, value, indent);
  } else {
    lines.write(JSON.stringify(value ?? null));
  }
}

function text(lines: Lines, value: string, indent: number): void {
  const style = styleOf(value);
  switch (style) {
    case "plain":
      folded(lines, value, indent, false);
      return;
    case "single":
      lines.write("'");
      folded(lines, value.replaceAll("'", "''"), indent, true);
      lines.write("'");
      return;
    case "double":
      doubleQuoted(lines, value, indent);
      return;
    case "literal":
      literal(lines, value, indent);
  }
}

type Style = "plain" | "single" | "double" | "literal";

/** Characters that `is_printable` admits; a mark of byte order is none. */
const printable = /^[\n\u{20}-\u{7e}\u{85}\u{a0}-\u{d7ff}\u{e000}-\u{fefe}\u{ff00}-\u{fffd}]*$/u;

/** `yaml_emitter_select_scalar_style` with what `stringv` asks for. */
function styleOf(value: string): Style {
  // Blanks before a line break, and characters that are not printed, only double quotes can hold.
  const special = / \n/u.test(value) || !printable.test(value);
  if (value.includes("\n")) {
    return special || value.endsWith(" ") ? "double" : "literal";
  }
  if (!readsAsText(value) || special) {
    return "double";
  }
  const edges = value.startsWith(" ") || value.endsWith(" ");
  return edges || hasIndicator(value) ? "single" : "plain";
}

/** Characters that would mean something in block context (`yaml_emitter_analyze_scalar`). */
function hasIndicator(value: string): boolean {
  return (
    /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`])/u.test(value) ||
    /^[?:-](?:\s|$)/u.test(value) ||
    /:(?:\s|$)|\s#/u.test(value)
  );
}

/** Breaks at a single blank that lies beyond the best width. */
function folded(lines: Lines, value: string, indent: number, quoted: boolean): void {
  let wasBlank = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at] ?? "";
    const blank = character === " ";
    const inside = !quoted || (at > 0 && at < value.length - 1);
    if (blank && !wasBlank && inside && lines.column > bestWidth && value[at + 1] !== " ") {
      lines.breakTo(indent);
    } else {
      lines.write(character);
    }
    wasBlank = blank;
  }
}

function doubleQuoted(lines: Lines, value: string, indent: number): void {
  lines.write('"');
  let wasBlank = false;
  const characters = Array.from(value);
  characters.forEach((character, at) => {
    const blank = character === " ";
    const inside = at > 0 && at < characters.length - 1;
    if (blank && !wasBlank && inside && lines.column > bestWidth) {
      lines.breakTo(indent);
      if (characters[at + 1] === " ") {
        lines.write("\\");
      }
    } else {
      lines.write(escaped(character));
    }
    wasBlank = blank;
  });
  lines.write('"');
}

const shortEscapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) {
    return short;
  }
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) {
    return `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`;
  }
  if (code < 0x20 || code === 0x7f || (code > 0x7e && code < 0xa0)) {
    return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return code === 0xfeff || (code >= 0xd800 && code <= 0xdfff) || code > 0xfffd
    ? `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`
    : character;
}

function literal(lines: Lines, value: string, indent: number): void {
  const hint = /^[ \n]/u.test(value) ? "2" : "";
  lines.write(`|${hint}${chomping(value)}`);
  const body = value.endsWith("\n") ? value.slice(0, -1) : value;
  for (const line of body.split("\n")) {
    lines.write(line === "" ? "\n" : `\n${" ".repeat(indent)}${line}`);
  }
}

function chomping(value: string): "" | "-" | "+" {
  if (!value.endsWith("\n")) {
    return "-";
  }
  return value.endsWith("\n\n") || value === "\n" ? "+" : "";
}
