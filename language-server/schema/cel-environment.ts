/**
 * The CEL of the API server: the library's standard functions, with Kubernetes' own added and RE2 for patterns. Programs are
 * compiled once. The only file of this room, with cel-cost.ts, that knows the library.
 */
import { Environment, EvaluationError, Optional } from "@marcbachmann/cel-js";

import { measureCost } from "./cel-cost.ts";
import { registerLists } from "./cel-lists.ts";
import { registerMacros } from "./cel-macros.ts";
import { registerNetwork } from "./cel-network.ts";
import { registerQuantities } from "./cel-quantities.ts";
import { registerTexts } from "./cel-texts.ts";

export type CelProgram =
  | {
      readonly outcome: "program";
      readonly run: (self: unknown) => CelResult;
    }
  | { readonly outcome: "invalid"; readonly message: string };

export type CelResult =
  | { readonly outcome: "value"; readonly value: unknown }
  /** The API server would fail at the same place: a missing key, an index that is out of range. */
  | { readonly outcome: "error"; readonly message: string }
  /** Too expensive, or something that this implementation does not have. */
  | { readonly outcome: "unknown"; readonly message: string };

const maxKept = 5000;
const kept = new Map<string, CelProgram>();
let environment: Environment | undefined;

export function compileCel(expression: string): CelProgram {
  const known = kept.get(expression);
  if (known !== undefined) return known;
  if (kept.size >= maxKept) kept.clear();
  const program = compile(expression);
  kept.set(expression, program);
  return program;
}

export function celDuration(text: string): unknown {
  const program = compileCel(`duration(${JSON.stringify(text)})`);
  const result = program.outcome === "program" ? program.run(undefined) : undefined;
  return result?.outcome === "value" ? result.value : text;
}

function compile(expression: string): CelProgram {
  environment ??= createEnvironment();
  try {
    const program = environment.parse(withOwnCalls(expression));
    const checked = program.check();
    if (!checked.valid) return { outcome: "invalid", message: firstLine(checked.error) };
    const isAffordable = measureCost(program.ast);
    const run = (self: unknown): CelResult => {
      if (!isAffordable(self))
        return { outcome: "unknown", message: "the rule would take too long" };
      try {
        const value: unknown = program({ self, oldSelf: Optional.none() });
        return { outcome: "value", value };
      } catch (error) {
        return failure(error);
      }
    };
    return { outcome: "program", run };
  } catch (error) {
    return { outcome: "invalid", message: firstLine(error) };
  }
}

function createEnvironment(): Environment {
  const made = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 20_000, maxDepth: 100 },
  })
    .registerVariable("self", "dyn")
    .registerVariable("oldSelf", "dyn");
  registerMacros(made);
  registerTexts(made);
  registerLists(made);
  registerNetwork(made);
  registerQuantities(made);
  return made;
}

const serverErrors: ReadonlySet<string> = new Set([
  "no_such_key",
  "index_out_of_range",
  "division_by_zero",
  "modulo_by_zero",
  "numeric_overflow",
  "invalid_duration",
  "invalid_timestamp",
  "int_conversion_error",
  "uint_conversion_error",
  "optional_value_missing",
]);

function failure(error: unknown): CelResult {
  const isServers = error instanceof EvaluationError && serverErrors.has(error.code);
  return { outcome: isServers ? "error" : "unknown", message: firstLine(error) };
}

const strings = /[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/;
const replacedCall = new RegExp(`(${strings.source})|\\b(matches|has)(?=\\s*\\()`, "g");

/**
 * What the library registers itself can't be replaced. Ours have names of the same length, so that places in errors stay:
 * `re2test` for `matches`, which takes JavaScript's patterns there, and `got` for `has`, which takes fewer arguments there.
 */
function withOwnCalls(expression: string): string {
  return expression.replace(replacedCall, (whole, text: string | undefined, name: string) => {
    if (text !== undefined) return whole;
    return name === "has" ? "got" : "re2test";
  });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
