/** Rules of Go's YAML about texts: which would be read as something else, and in which order keys are printed. */

/** Words that YAML 1.1 gives another type (`resolve.go` of goyaml.v2). */
const words = new Set(
  ["y", "yes", "n", "no", "on", "off", "true", "false", "null"].flatMap((word) => [
    word,
    word.toUpperCase(),
    `${word[0]?.toUpperCase()}${word.slice(1)}`,
  ]),
);
const special = new Set(["", "~", ".nan", ".NaN", ".NAN"]);
const infinity = /^[-+]?\.(?:inf|Inf|INF)$/u;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/u;
const integer = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$/u;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/u;
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:Z| ?[-+]\d{1,2}(?::?\d{2})?)?)?$/u;

/** Whether a plain text stays a text when it is read again. */
export function readsAsText(text: string): boolean {
  if (special.has(text) || words.has(text) || infinity.test(text)) {
    return false;
  }
  const plain = text.replaceAll("_", "");
  return !(float.test(plain) || integer.test(text) || base60.test(text) || timestamp.test(text));
}

/** `keyList.Less`: letters by code, numbers by value, signs before letters. */
export function compareKeys(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  let digits = false;
  for (let at = 0; at < left.length && at < right.length; at++) {
    const x = left[at] ?? "";
    const y = right[at] ?? "";
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    if (isLetter(x) && isLetter(y)) {
      return x < y ? -1 : 1;
    }
    if (isLetter(x) || isLetter(y)) {
      return (digits ? isLetter(x) : isLetter(y)) ? -1 : 1;
    }
    return compareNumbers(left.slice(at), right.slice(at));
  }
  return left.length - right.length;
}

function compareNumbers(left: readonly string[], right: readonly string[]): number {
  const x = leadingDigits(left);
  const y = leadingDigits(right);
  if (Number(x) !== Number(y)) {
    return Number(x) - Number(y);
  }
  if (x.length !== y.length) {
    return x.length - y.length;
  }
  return (left[0] ?? "") < (right[0] ?? "") ? -1 : 1;
}

function leadingDigits(characters: readonly string[]): string {
  const end = characters.findIndex((character) => !isDigit(character));
  return characters.slice(0, end < 0 ? characters.length : end).join("");
}

function isDigit(character: string): boolean {
  return /^\p{Nd}$/u.test(character);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}
