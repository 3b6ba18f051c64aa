/** Reads a CEL expression as far as an editor needs it: where it can't be parsed, and which names it asks for. */
import { parse } from "@marcbachmann/cel-js";

export type CelSyntax =
  | {
      readonly outcome: "parsed";
      /** Free names, with what is asked of them: `status`, then `conditions`. */
      readonly names: readonly CelName[];
    }
  | { readonly outcome: "broken"; readonly offset: number; readonly message: string };

export interface CelName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Never throws. */
export function readCel(expression: string): CelSyntax {
  try {
    const names: CelName[] = [];
    collect(parse(expression).ast, new Set(), names);
    return { outcome: "parsed", names };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const range = (error as { readonly range?: { readonly start?: number } } | null)?.range;
    return {
      outcome: "broken",
      offset: range?.start ?? 0,
      message: message.split("\n", 1)[0] ?? message,
    };
  }
}

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** Macros bind the name that is their first argument in the others. */
function collect(value: unknown, bound: ReadonlySet<string>, names: CelName[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, bound, names);
    return;
  }
  if (!isNode(value)) return;
  const { op, args, start, end } = value;
  if (op === "value") return;
  if (op === "id" && typeof args === "string") {
    if (!bound.has(args)) names.push({ name: args, start, end });
    return;
  }
  if (op === "rcall" && Array.isArray(args) && macros.has(String(args[0]))) {
    const [, receiver, given] = args as readonly unknown[];
    collect(receiver, bound, names);
    const [first, ...rest] = Array.isArray(given) ? (given as readonly unknown[]) : [];
    const own = isNode(first) && typeof first.args === "string" ? [first.args] : [];
    for (const item of rest) collect(item, new Set([...bound, ...own]), names);
    return;
  }
  collect(args, bound, names);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
