/**
 * Macros that the library lacks: `optMap` and `optFlatMap`, and `has` for every selection that CEL allows, since the
 * library's own wants a chain of names and refuses `has(a[0].b)`.
 */
import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import { Optional } from "@marcbachmann/cel-js";

interface Checker {
  check(node: ASTNode, context: Context): CelType;
  getType(name: string): CelType;
}

interface CelType {
  readonly kind: string;
  readonly valueType?: CelType;
}

interface Context {
  forkWithVariable(name: string, type: CelType): Overlay;
}

interface Overlay extends Context {
  reuse(parent: Context): Overlay;
  setIterValue(value: unknown, evaluator: Evaluator): Overlay;
}

interface Evaluator {
  run(node: ASTNode, context: Context): unknown;
}

interface Selection {
  readonly object: ASTNode;
  readonly field: string;
}

export function registerMacros(environment: Environment): void {
  registerHas(environment);
  registerOptionalMap(environment, "optMap", (value) => Optional.of(value));
  registerOptionalMap(environment, "optFlatMap", (value) => value);
}

interface Mapping {
  readonly receiver: ASTNode;
  readonly name: string;
  readonly body: ASTNode;
  overlay?: Overlay;
}

/** Evaluates the body with the value bound to a name, when there is a value. */
function registerOptionalMap(
  environment: Environment,
  macro: string,
  wrap: (value: unknown) => unknown,
): void {
  environment.registerFunction(
    `optional.${macro}(ast, ast): optional<dyn>`,
    ({ args: [name, body], receiver }: OptionalCall) => {
      if (name.op !== "id") throw new SyntaxError(`${macro}() needs a name first`);
      return {
        receiver,
        name: name.args,
        body,
        typeCheck: (checker: Checker, mapping: Mapping, context: Context): CelType => {
          const type = checker.check(mapping.receiver, context);
          const value = type.kind === "optional" ? type.valueType : undefined;
          mapping.overlay = context.forkWithVariable(mapping.name, value ?? checker.getType("dyn"));
          checker.check(mapping.body, mapping.overlay);
          return checker.getType("optional");
        },
        evaluate: (evaluator: Evaluator, mapping: Mapping, context: Context): unknown => {
          const given = evaluator.run(mapping.receiver, context);
          if (!(given instanceof Optional)) throw new TypeError(`${macro}() of no optional value`);
          if (!given.hasValue() || mapping.overlay === undefined) return Optional.none();
          const inside = mapping.overlay.reuse(context).setIterValue(given.value(), evaluator);
          return wrap(evaluator.run(mapping.body, inside));
        },
      };
    },
  );
}

interface OptionalCall {
  readonly args: readonly [ASTNode, ASTNode];
  readonly receiver: ASTNode;
}

/** Under the name `got`, because `has` is taken. */
function registerHas(environment: Environment): void {
  environment.registerFunction(
    "got(ast): bool",
    ({ args: [selected] }: { readonly args: readonly [ASTNode] }) => {
      if (selected.op !== ".") throw new SyntaxError("has() needs a field: has(object.field)");
      const [object, field] = selected.args;
      return { object, field, typeCheck, evaluate };
    },
  );
}

function typeCheck(checker: Checker, { object }: Selection, context: Context): CelType {
  checker.check(object, context);
  return checker.getType("bool");
}

function evaluate(evaluator: Evaluator, { object, field }: Selection, context: Context): boolean {
  return isPresent(evaluator.run(object, context), field);
}

function isPresent(value: unknown, field: string): boolean {
  if (value instanceof Optional) return value.hasValue() && isPresent(value.value(), field);
  if (value instanceof Map) return value.has(field);
  if (typeof value !== "object" || value === null) throw new TypeError("has() of a plain value");
  return Object.hasOwn(value, field);
}
