/** Functions on lists and sets (`k8s.io/apiserver/pkg/cel/library/lists.go`, cel-go ext/sets.go). */
import type { Environment } from "@marcbachmann/cel-js";

type Ordered = bigint | number | string | boolean | { valueOf(): number };

export function registerLists(environment: Environment): void {
  environment
    .registerFunction("list.isSorted(): bool", (list: readonly Ordered[]) =>
      list.every((item, index) => index === 0 || compare(list[index - 1] ?? item, item) <= 0),
    )
    .registerFunction("list.sum(): dyn", sum)
    .registerFunction("list.min(): dyn", (list: readonly Ordered[]) => extreme(list, -1))
    .registerFunction("list.max(): dyn", (list: readonly Ordered[]) => extreme(list, 1))
    .registerFunction("list.indexOf(dyn): int", (list: readonly unknown[], value: unknown) =>
      BigInt(list.findIndex((item) => isSame(item, value))),
    )
    .registerFunction("list.lastIndexOf(dyn): int", (list: readonly unknown[], value: unknown) =>
      BigInt(list.map((item) => isSame(item, value)).lastIndexOf(true)),
    );
  registerSets(environment);
}

class SetsNamespace {
  readonly known = true;
}

function registerSets(environment: Environment): void {
  const has = (list: readonly unknown[], value: unknown): boolean =>
    list.some((item) => isSame(item, value));
  type Lists = readonly [unknown, readonly unknown[], readonly unknown[]];
  environment
    .registerType("kubernetes.SetsNamespace", SetsNamespace)
    .registerConstant("sets", "kubernetes.SetsNamespace", new SetsNamespace())
    .registerFunction("kubernetes.SetsNamespace.contains(list, list): bool", (...[, a, b]: Lists) =>
      b.every((item) => has(a, item)),
    )
    .registerFunction(
      "kubernetes.SetsNamespace.equivalent(list, list): bool",
      (...[, a, b]: Lists) => a.every((item) => has(b, item)) && b.every((item) => has(a, item)),
    )
    .registerFunction(
      "kubernetes.SetsNamespace.intersects(list, list): bool",
      (...[, a, b]: Lists) => a.some((item) => has(b, item)),
    );
}

function compare(a: Ordered, b: Ordered): number {
  const [x, y] = [a.valueOf(), b.valueOf()];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function extreme(list: readonly Ordered[], sign: -1 | 1): Ordered {
  const [first, ...rest] = list;
  if (first === undefined) throw new RangeError("min or max of an empty list");
  return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first);
}

/** The sum of nothing is zero, as an integer. */
function sum(list: readonly (bigint | number)[]): bigint | number {
  if (list.every((item) => typeof item === "bigint"))
    return list.reduce((total, item) => total + item, 0n);
  return list.reduce<number>((total, item) => total + Number(item), 0);
}

/** CEL compares numbers across their types. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "bigint" || typeof b === "bigint" || typeof a === "number")
    return Number(a) === Number(b);
  if (typeof a !== "object" || a === null) return a === b;
  return JSON.stringify(a, plainBigInts) === JSON.stringify(b, plainBigInts);
}

function plainBigInts(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
