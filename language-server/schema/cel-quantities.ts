/** Quantities and versions (`k8s.io/apiserver/pkg/cel/library/quantity.go`, `semverlib.go`). */
import type { Environment } from "@marcbachmann/cel-js";

import { formatProblem } from "./formats.ts";

const billion = 1_000_000_000n;

/** An exact number of billionths. `isWhole` is how Go keeps it: `1000m` is one, but not held as an integer. */
class Quantity {
  readonly nanos: bigint;
  readonly isWhole: boolean;
  constructor(nanos: bigint, isWhole = nanos % billion === 0n) {
    this.nanos = nanos;
    this.isWhole = isWhole;
  }
}

class Semver {
  readonly parts: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];
  constructor(parts: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    this.parts = parts;
    this.prerelease = prerelease;
  }
}

export function registerQuantities(environment: Environment): void {
  const type = "kubernetes.Quantity";
  type Two = readonly [Quantity, Quantity];
  environment
    .registerType(type, Quantity)
    .registerFunction(`quantity(string): ${type}`, (text: string) => {
      const parsed = parseQuantity(text);
      if (parsed === undefined) throw new RangeError("quantities must match the format");
      return parsed;
    })
    .registerFunction(
      "isQuantity(string): bool",
      (text: string) => parseQuantity(text) !== undefined,
    )
    .registerFunction(`${type}.isGreaterThan(${type}): bool`, (...[a, b]: Two) => a.nanos > b.nanos)
    .registerFunction(`${type}.isLessThan(${type}): bool`, (...[a, b]: Two) => a.nanos < b.nanos)
    .registerFunction(`${type}.compareTo(${type}): int`, (...[a, b]: Two) =>
      signOf(a.nanos - b.nanos),
    )
    .registerFunction(`sign(${type}): int`, (a: Quantity) => signOf(a.nanos))
    .registerFunction(`${type}.isInteger(): bool`, (a: Quantity) => a.isWhole)
    .registerFunction(`${type}.asInteger(): int`, (a: Quantity) => {
      if (!a.isWhole) throw new RangeError("cannot convert value to integer");
      return a.nanos / billion;
    })
    .registerFunction(
      `${type}.asApproximateFloat(): double`,
      (a: Quantity) => Number(a.nanos) / 1e9,
    )
    .registerFunction(
      `${type}.add(${type}): ${type}`,
      (...[a, b]: Two) => new Quantity(a.nanos + b.nanos),
    )
    .registerFunction(
      `${type}.add(int): ${type}`,
      (a: Quantity, b: bigint) => new Quantity(a.nanos + b * billion),
    )
    .registerFunction(
      `${type}.sub(${type}): ${type}`,
      (...[a, b]: Two) => new Quantity(a.nanos - b.nanos),
    )
    .registerFunction(
      `${type}.sub(int): ${type}`,
      (a: Quantity, b: bigint) => new Quantity(a.nanos - b * billion),
    )
    .registerOperator(`${type} == ${type}`, (...[a, b]: Two) => a.nanos === b.nanos);
  registerSemver(environment);
}

function signOf(value: bigint): bigint {
  if (value === 0n) return 0n;
  return value > 0n ? 1n : -1n;
}

const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const powers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** What is finer than a billionth is rounded up, away from zero. */
function parseQuantity(text: string): Quantity | undefined {
  if (formatProblem("quantity", text) !== undefined) return undefined;
  const match = /^([+-]?)(\d*)\.?(\d*)(?:([eE][+-]?\d+)|([A-Za-z]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = match;
  const digits = BigInt(`0${whole}${fraction}`);
  const isBinary = binary[suffix] !== undefined;
  const power = exponent === undefined ? (powers[suffix] ?? 0) : Number(exponent.slice(1));
  if (Math.abs(power) > 100) return undefined;
  const scale = (isBinary ? 0 : power) + 9 - fraction.length;
  const factor = isBinary ? 1n << BigInt(binary[suffix] ?? 0) : 1n;
  const value =
    scale >= 0 ? digits * factor * 10n ** BigInt(scale) : upwards(digits * factor, -scale);
  const isWhole = value % billion === 0n && (isBinary ? fraction === "" : power >= fraction.length);
  return new Quantity(sign === "-" ? -value : value, isWhole);
}

function upwards(value: bigint, places: number): bigint {
  const divisor = 10n ** BigInt(places);
  return (value + divisor - 1n) / divisor;
}

function registerSemver(environment: Environment): void {
  const type = "kubernetes.Semver";
  type Two = readonly [Semver, Semver];
  const parse = (text: string, normalize: boolean): Semver => {
    const parsed = parseSemver(text, normalize);
    if (parsed === undefined) throw new RangeError("no semantic version");
    return parsed;
  };
  environment
    .registerType(type, Semver)
    .registerFunction(`semver(string): ${type}`, (text: string) => parse(text, false))
    .registerFunction(`semver(string, bool): ${type}`, parse)
    .registerFunction(
      "isSemver(string): bool",
      (text: string) => parseSemver(text, false) !== undefined,
    )
    .registerFunction(
      "isSemver(string, bool): bool",
      (text: string, normalize: boolean) => parseSemver(text, normalize) !== undefined,
    )
    .registerFunction(`${type}.major(): int`, (a: Semver) => a.parts[0])
    .registerFunction(`${type}.minor(): int`, (a: Semver) => a.parts[1])
    .registerFunction(`${type}.patch(): int`, (a: Semver) => a.parts[2])
    .registerFunction(
      `${type}.isGreaterThan(${type}): bool`,
      (...[a, b]: Two) => compareSemver(a, b) > 0,
    )
    .registerFunction(
      `${type}.isLessThan(${type}): bool`,
      (...[a, b]: Two) => compareSemver(a, b) < 0,
    )
    .registerFunction(`${type}.compareTo(${type}): int`, (...[a, b]: Two) =>
      BigInt(compareSemver(a, b)),
    )
    .registerOperator(`${type} == ${type}`, (...[a, b]: Two) => compareSemver(a, b) === 0);
}

const number = "(0|[1-9]\\d*)";
const identifier = "(?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*)";
const semver = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*)?$`,
);

function parseSemver(text: string, normalize: boolean): Semver | undefined {
  const match = semver.exec(normalize ? normalized(text) : text);
  if (match === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease] = match;
  return new Semver(
    [BigInt(major), BigInt(minor), BigInt(patch)],
    prerelease === undefined ? [] : prerelease.split("."),
  );
}

/** `v1.2` becomes `1.2.0`; leading zeros go. */
function normalized(text: string): string {
  const [core = "", ...rest] = text.replace(/^v/, "").split(/(?=[-+])/);
  const parts = core.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length < 3) parts.push("0");
  return parts.join(".") + rest.join("");
}

function compareSemver(a: Semver, b: Semver): number {
  for (const [index, part] of a.parts.entries()) {
    const difference = part - (b.parts[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return comparePrerelease(a.prerelease, b.prerelease);
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [isNumber, isOther] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (isNumber && isOther) return Number(part) < Number(other) ? -1 : 1;
    if (isNumber !== isOther) return isNumber ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return a.length === b.length ? 0 : -1;
}
