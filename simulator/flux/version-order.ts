/**
 * Whether one tag is an earlier version than another, for tags that say so beyond doubt: the same number of numbers, the same
 * words around them. Ranges and Flux's own choice of versions are the engine's.
 */

interface Parsed {
  readonly prefix: string;
  readonly numbers: readonly number[];
  /** `-rc.1`; empty for a release. */
  readonly suffix: string;
}

/** `undefined` when nothing certain can be said. */
export function isEarlierVersion(tag: string, than: string): boolean | undefined {
  const [a, b] = [parse(tag), parse(than)];
  if (a === undefined || b === undefined || a.prefix !== b.prefix) return undefined;
  if (a.numbers.length !== b.numbers.length) return undefined;
  const at = a.numbers.findIndex((number, index) => number !== b.numbers[index]);
  if (at < 0) return isEarlierSuffix(a.suffix, b.suffix);
  // `1.2.3-alpine` and `1.3.0-debian` are still two versions of one thing, `1.2.3` and `20240101` are not.
  if (isFarApart(a.numbers[0] ?? 0, b.numbers[0] ?? 0)) return undefined;
  return (a.numbers[at] ?? 0) < (b.numbers[at] ?? 0);
}

/** `v1.2.3`, `1.25-alpine`, `release-1.4`, `2024.11.0`. Digests of commits are no versions. */
function parse(tag: string): Parsed | undefined {
  const match = /^([a-zA-Z_-]*)(\d{1,14}(?:\.\d{1,14}){0,3})((?:[-+_.][\w.+-]*)?)$/.exec(tag);
  if (match === null || /^(sha|git|commit)/i.test(match[1] ?? "")) return undefined;
  const [, prefix = "", numbers = "", suffix = ""] = match;
  return {
    prefix: prefix.toLowerCase().replace(/^v$/, ""),
    numbers: numbers.split(".").map(Number),
    suffix: suffix.replace(/\+.*$/, "").toLowerCase(),
  };
}

/** A date that stands where a version stood. */
function isFarApart(a: number, b: number): boolean {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return high >= 1000 && low < 1000;
}

/** Of the same numbers: `1.0.0-rc.1` comes before `1.0.0` and before `1.0.0-rc.2`; other words have no order. */
function isEarlierSuffix(a: string, b: string): boolean | undefined {
  if (a === b) return false;
  const [x, y] = [preRelease(a), preRelease(b)];
  if (x !== undefined && y !== undefined)
    return x.stage === y.stage ? x.number < y.number : x.stage < y.stage;
  if (x !== undefined && b === "") return true;
  if (y !== undefined && a === "") return false;
  return undefined;
}

const stages = ["alpha", "beta", "rc"];

function preRelease(
  suffix: string,
): { readonly stage: number; readonly number: number } | undefined {
  const match = /^[-.](alpha|beta|rc)[-.]?(\d{0,9})$/.exec(suffix);
  return match === null
    ? undefined
    : { stage: stages.indexOf(match[1] ?? ""), number: Number(match[2] ?? 0) };
}
