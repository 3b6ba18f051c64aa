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

/** What may stand between the name and `}`: a function and its parameters, which may hold variables themselves. */
function readBody(text: string, at: number, uses: VariableUse[]): number | Reason {
  const first = text[at] ?? "";
  const doubled = text[at + 1] === first ? 2 : 1;
  switch (first) {
    case ":":
      if (/[-=+?]/.test(text[at + 1] ?? "")) return readParameters(text, at + 2, uses);
      return text[at + 1] === "}" ? "function" : readParameters(text, at + 1, uses);
    case "=":
      return readParameters(text, at + 1, uses);
    case ",":
    case "^":
      return closing(text, at + doubled);
    case "#":
    case "%":
      return text[at + doubled] === "}" ? "function" : readParameters(text, at + doubled, uses);
    case "/":
      return readReplacement(text, at, uses);
    default:
      return closing(text, at);
  }
}

function readReplacement(text: string, at: number, uses: VariableUse[]): number | Reason {
  const pattern = at + (/[/#%]/.test(text[at + 1] ?? "") ? 2 : 1);
  let slash = pattern;
  while (slash < text.length && text[slash] !== "/") slash += text[slash] === "\\" ? 2 : 1;
  return slash >= text.length || slash === pattern
    ? "function"
    : readParameters(text, slash + 1, uses);
}

function readParameters(text: string, from: number, uses: VariableUse[]): number | Reason {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "}") return at + 1;
    if (text[at] !== "$" || text[at + 1] !== "{") continue;
    const end = readUse(text, at, uses);
    if (typeof end !== "number") return end;
    at = end - 1;
  }
  return "unclosed";
}

function toFault(text: string, start: number, reason: Reason): VariableFault {
  const newline = text.indexOf("\n", start);
  const line = newline < 0 ? text.length : newline;
  const close = text.indexOf("}", start);
  return { start, end: close >= 0 && close < line ? close + 1 : line, reason };
}
