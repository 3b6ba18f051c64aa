/**
 * The `${…}` of a text as Flux's substitution reads them. Only what decides whether it can be read, and which variable it asks
 * for; what a function makes of a value is the engine's business. Source: `fluxcd/pkg envsubst/parse`.
 */

export interface VariableUse {
  readonly name: string;
  /** From `${` to behind `}`. */
  readonly start: number;
  readonly end: number;
  /** Of the name alone. */
  readonly nameStart: number;
  /** A default or an alternative stands behind it, so it need not be set. */
  readonly hasDefault: boolean;
}

export interface VariableFault {
  readonly start: number;
  readonly end: number;
  readonly reason: "name" | "unclosed" | "function";
}

export interface Variables {
  readonly uses: readonly VariableUse[];
  /** The first only: what is behind it can't be read. */
  readonly fault?: VariableFault;
}

type Reason = VariableFault["reason"];

const identifier = /[\p{L}\p{Nd}_]+/uy;

/** Never throws. Offsets are those of `text`. */
export function variablesOf(text: string): Variables {
  const uses: VariableUse[] = [];
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at)) {
    // `$$` is a dollar sign, and what is behind it is text.
    if (text[at + 1] === "$") at += 2;
    else if (text[at + 1] !== "{") at++;
    else {
      const end = readUse(text, at, uses);
      if (typeof end !== "number") return { uses, fault: toFault(text, at, end) };
      at = end;
    }
  }
  return { uses };
}

/** Reads from `${` and gives the offset behind `}`. */
function readUse(text: string, start: number, uses: VariableUse[]): number | Reason {
  const isLength = text[start + 2] === "#";
  const nameStart = start + (isLength ? 3 : 2);
  identifier.lastIndex = nameStart;
  const name = identifier.exec(text)?.[0];
  if (name === undefined) return "name";
  const after = nameStart + name.length;
  const end = isLength ? closing(text, after) : readBody(text, after, uses);
  if (typeof end !== "number") return end;
  const hasDefault = !isLength && /^(?::[-=+?]|=)/.test(text.slice(after, end));
  uses.push({ name, start, end, nameStart, hasDefault });
  return end;
}

function closing(text: string, at: number): number | Reason {
  if (text[at] === "}") return at + 1;
  return text.includes("}", at) ? "function" : "unclosed";
}

/** What may stand between the name and `}`: a function and its parameters, which may be variables themselves. */
function readBody(text: string, at: number, uses: VariableUse[]): number | Reason {
  const first = text[at] ?? "";
  const next = text[at + 1] ?? "";
  switch (first) {
    case ":":
      if (/[-=+?]/.test(next)) return readDefault(text, at + 2, uses);
      // Upstream steps back too far from a letter of several bytes (`parseDefaultOrSubstr`), and finds no function.
      return next > "\u007f" ? "function" : readSubstring(text, at + 1, uses);
    case "=":
      return readDefault(text, at + 1, uses);
    case ",":
    case "^":
      return closing(text, at + (/[,^]/.test(next) ? 2 : 1));
    case "#":
    case "%":
      return closed(text, readOne({ text, uses, ends: "}" }, at + (next === first ? 2 : 1)));
    case "/":
      return readReplacement(text, at + (/[/#%]/.test(next) ? 2 : 1), uses);
    default:
      return closing(text, at);
  }
}

/** Texts and variables in any order. */
function readDefault(text: string, from: number, uses: VariableUse[]): number | Reason {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "}") return at + 1;
    if (!text.startsWith("${", at)) continue;
    const end = readUse(text, at, uses);
    if (typeof end !== "number") return end;
    at = end - 1;
  }
  return "unclosed";
}

function readSubstring(text: string, from: number, uses: VariableUse[]): number | Reason {
  const offset = readOne({ text, uses, ends: ":}" }, from);
  if (typeof offset !== "number" || text[offset] !== ":") return closed(text, offset);
  return closed(text, readOne({ text, uses, ends: "}" }, behind(text, ":", offset)));
}

function readReplacement(text: string, from: number, uses: VariableUse[]): number | Reason {
  const pattern = readOne({ text, uses, ends: "/", escapes: true }, from);
  if (typeof pattern !== "number") return pattern;
  if (text[pattern] !== "/") return "function";
  const at = behind(text, "/", pattern);
  if (text[at] === "}") return at + 1;
  return closed(text, readOne({ text, uses, ends: "}", escapes: true }, at));
}

interface Parameter {
  readonly text: string;
  readonly uses: VariableUse[];
  /** Letters that end it. */
  readonly ends: string;
  /** `$$`, and a backslash before a slash or another one. */
  readonly escapes?: true;
}

/** One variable or one text, never both. */
function readOne({ text, uses, ends, escapes }: Parameter, from: number): number | Reason {
  if (text.startsWith("${", from)) return readUse(text, from, uses);
  let at = from;
  while (at < text.length && !ends.includes(text[at] ?? "") && !text.startsWith("${", at))
    at += escapes && /^(?:\$\$|\\[/\\])/.test(text.slice(at, at + 2)) ? 2 : 1;
  return at === from ? "function" : at;
}

function closed(text: string, at: number | Reason): number | Reason {
  return typeof at === "number" ? closing(text, at) : at;
}

function behind(text: string, letter: string, from: number): number {
  let at = from;
  while (text[at] === letter) at++;
  return at;
}

function toFault(text: string, start: number, reason: Reason): VariableFault {
  const newline = text.indexOf("\n", start);
  const line = newline < 0 ? text.length : newline;
  const close = text.indexOf("}", start);
  return { start, end: close >= 0 && close < line ? close + 1 : line, reason };
}
