/**
 * Bounds what a rule may cost before it is evaluated: the API server counts while it evaluates, here the nesting of loops is
 * multiplied with the longest list in sight. A CRD in a workspace may hold any rule, and typing must not wait for it.
 */
import type { ASTNode } from "@marcbachmann/cel-js";

const maxCost = 2_000_000;
const loops: ReadonlySet<string> = new Set([
  "all",
  "exists",
  "exists_one",
  "existsOne",
  "map",
  "filter",
]);

/** Measures a rule once; the answer says whether it may be evaluated on a value. */
export function measureCost(ast: ASTNode): (self: unknown) => boolean {
  const nodes = nodesByNesting(ast);
  const isFlat = nodes.length === 1;
  return (self) => {
    const size = isFlat ? 1 : Math.max(1, longest(self));
    return nodes.reduce((total, count, depth) => total + count * size ** depth, 0) <= maxCost;
  };
}

/** How many nodes there are outside of loops, inside of one, inside of two, … */
function nodesByNesting(ast: ASTNode): readonly number[] {
  const sum = [1];
  for (const child of children(ast))
    for (const [depth, count] of nodesByNesting(child).entries())
      sum[depth] = (sum[depth] ?? 0) + count;
  return ast.op === "rcall" && loops.has(ast.args[0]) ? [0, ...sum] : sum;
}

function longest(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const items: readonly unknown[] = itemsOf(value);
  return items.reduce<number>((most, item) => Math.max(most, longest(item)), items.length);
}

function itemsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value instanceof Map ? [...value.values()] : Object.values(value);
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
