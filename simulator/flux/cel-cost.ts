/**
 * Judges what an expression may cost before it is evaluated: nested loops over lists, values that double, and patterns on
 * which a backtracking matcher takes forever. The controllers evaluate with Go's linear RE2 and a deadline; there is
 * neither here, so what is out of all proportion is refused. A real `readyExpr` costs a few hundred.
 */
import type { ASTNode } from "@marcbachmann/cel-js";

const maxCost = 1_000_000;
const loops: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** Why an expression is not evaluated, or `undefined` when it may be. `data` is everything that it can see. */
export function excess(ast: ASTNode, data: unknown): string | undefined {
  const largest = { list: 1, text: 1 };
  measure(data, largest);
  measureLiterals(ast, largest);
  const pattern = riskyPattern(ast, largest.text);
  if (pattern !== undefined) return `the pattern ${pattern} may take too long to match`;
  const size = names(ast).has("split") ? Math.max(largest.list, largest.text) : largest.list;
  return cost(ast, size) > maxCost ? "the expression may take too long to evaluate" : undefined;
}

interface Largest {
  list: number;
  text: number;
}

function measure(value: unknown, largest: Largest): void {
  if (typeof value === "string") largest.text = Math.max(largest.text, value.length);
  if (typeof value !== "object" || value === null) return;
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  largest.list = Math.max(largest.list, items.length);
  for (const item of items) measure(item, largest);
}

function measureLiterals(ast: ASTNode, largest: Largest): void {
  if (ast.op === "value") measure(ast.args, largest);
  const below = children(ast);
  if (ast.op === "list" || ast.op === "map") largest.list = Math.max(largest.list, below.length);
  for (const child of below) measureLiterals(child, largest);
}

/** Nodes evaluated, when every list has `size` items. A bound value can be used as often as its body has nodes. */
function cost(ast: ASTNode, size: number): number {
  const below = children(ast).map((child) => cost(child, size));
  const sum = below.reduce((total, one) => total + one, 1);
  if (ast.op !== "rcall") return sum;
  if (loops.has(ast.args[0])) return sum * size;
  return ast.args[0] === "bind" ? sum * 2 * Math.max(1, ...below) : sum;
}

function names(ast: ASTNode): ReadonlySet<string> {
  const own = ast.op === "rcall" || ast.op === "call" ? [ast.args[0]] : [];
  return new Set([...own, ...children(ast).flatMap((child) => [...names(child)])]);
}

function riskyPattern(ast: ASTNode, longest: number): string | undefined {
  if (ast.op === "rcall" && ast.args[0] === "matches") {
    const argument = ast.args[2][0];
    const pattern =
      argument?.op === "value" && typeof argument.args === "string" ? argument.args : undefined;
    if (pattern === undefined || !isBounded(pattern, longest)) return pattern ?? "that is computed";
  }
  return children(ast).reduce<string | undefined>(
    (found, child) => found ?? riskyPattern(child, longest),
    undefined,
  );
}

/**
 * Whether matching is polynomial and small: no repeated group that repeats or chooses inside, no looking around or back
 * (RE2 has neither), and few repetitions for the length of the texts.
 */
function isBounded(pattern: string, longest: number): boolean {
  const plain = pattern.replace(/\\[^1-9]/g, "x").replace(/\[\^?\]?[^\]]*\]/g, "x");
  if (/\\[1-9]|\(\?(?!:)/.test(plain)) return false;
  for (const group of plain.matchAll(/\(([^()]*)\)[*+{]/g))
    if (/[*+{|]/.test(group[1] ?? "")) return false;
  if (/\([^()]*\([\s\S]*\)[*+{]/.test(plain)) return false;
  const repetitions = plain.match(/[*+{]/g)?.length ?? 0;
  return longest ** (repetitions + 1) <= maxCost * 10;
}

function children(ast: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (typeof value === "object" && value !== null && "op" in value && "args" in value)
      found.push(value as ASTNode);
  };
  if (ast.op !== "value") collect(ast.args);
  return found;
}
