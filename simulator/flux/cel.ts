/** The one place that knows the CEL library: boolean expressions over plain objects, as `readyExpr` needs them. */
import { parse } from "@marcbachmann/cel-js";

import { excess } from "./cel-cost.ts";

export type CelOutcome =
  | { readonly outcome: "value"; readonly value: boolean }
  | { readonly outcome: "error"; readonly stage: "compile" | "evaluate"; readonly message: string };

/** Evaluates an expression that must be boolean (`fluxcd/pkg runtime/cel`). Never throws. */
export function evaluateCel(
  expression: string,
  variables: Readonly<Record<string, unknown>>,
): CelOutcome {
  let program: ReturnType<typeof parse>;
  try {
    program = parse(expression);
  } catch (error) {
    return { outcome: "error", stage: "compile", message: firstLine(error) };
  }
  try {
    const refusal = excess(program.ast, variables);
    if (refusal !== undefined) return { outcome: "error", stage: "evaluate", message: refusal };
    const value: unknown = program(integers(variables) as Record<string, unknown>);
    if (typeof value === "boolean") return { outcome: "value", value };
    return {
      outcome: "error",
      stage: "compile",
      message: `the expression gives ${typeof value}, not a boolean`,
    };
  } catch (error) {
    return { outcome: "error", stage: "evaluate", message: firstLine(error) };
  }
}

/** CEL knows integers apart from doubles: whole JSON numbers become integers, as they are in Go's unstructured objects. */
function integers(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(integers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, integers(item)]));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
