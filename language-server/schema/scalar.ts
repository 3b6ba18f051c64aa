/**
 * Reads a plain scalar as Go does on its way to the API server, which is neither YAML 1.1 nor 1.2. `kustomize` is what a
 * Flux build goes through (go.yaml.in/yaml/v3, resolve.go), `kubectl` what is applied as it is (sigs.k8s.io/yaml).
 */

export type ScalarReading =
  | { readonly type: "boolean"; readonly value: boolean }
  /** `isWhole`: written to JSON without a fraction, so that it passes for an integer. */
  | { readonly type: "number"; readonly value: number; readonly isWhole: boolean }
  | { readonly type: "null"; readonly value: null }
  | { readonly type: "string"; readonly value: string };

export type ScalarReader = "kustomize" | "kubectl";

/** `source` is the text of the scalar as it stands there, without quotes around it. */
export function readScalar(source: string, reader: ScalarReader = "kustomize"): ScalarReading {
  switch (kindOf(source.charCodeAt(0))) {
    case "word":
      return readWord(source, reader);
    case "number":
      return readNumber(source);
    case "text":
      return text(source);
  }
}

const trues = new Set(["true", "True", "TRUE"]);
const falses = new Set(["false", "False", "FALSE"]);
const nulls = new Set(["", "~", "null", "Null", "NULL"]);
const oldTrues = new Set(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const oldFalses = new Set(["n", "N", "no", "No", "NO", "off", "Off", "OFF"]);

/** Go looks at the first byte and then knows what it can be. NaN: the empty text. */
function kindOf(first: number): "word" | "number" | "text" {
  if (Number.isNaN(first)) return "word";
  const letter = String.fromCharCode(first);
  if ("yYnNtTfFoO~".includes(letter)) return "word";
  return "+-.0123456789".includes(letter) ? "number" : "text";
}

function readWord(source: string, reader: ScalarReader): ScalarReading {
  if (nulls.has(source)) return { type: "null", value: null };
  if (trues.has(source)) return { type: "boolean", value: true };
  if (falses.has(source)) return { type: "boolean", value: false };
  if (reader === "kubectl" && oldTrues.has(source)) return { type: "boolean", value: true };
  if (reader === "kubectl" && oldFalses.has(source)) return { type: "boolean", value: false };
  return text(source);
}

const special: Readonly<Record<string, number>> = {
  ".nan": Number.NaN,
  ".inf": Infinity,
  "+.inf": Infinity,
  "-.inf": -Infinity,
};
const decimal = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const whole = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const timestamp =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]\d\d?:\d\d?:\d\d?(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:[.,]\d+)?)?$/;

function readNumber(source: string): ScalarReading {
  const named = isSpecial(source) ? special[source.toLowerCase()] : undefined;
  if (named !== undefined) return { type: "number", value: named, isWhole: false };
  // A time is written to JSON as a text, so that is what arrives.
  if (timestamp.test(source)) return text(source);
  const isFraction = source.startsWith(".");
  const plain = isFraction ? source : source.replaceAll("_", "");
  const integer = whole.exec(plain);
  if (integer !== null) return number(wholeOf(integer));
  // What is too large for a float is no number at all.
  const isDecimal = decimal.test(plain) && Number.isFinite(Number(plain));
  return isDecimal ? number(Number(plain)) : text(source);
}

function isSpecial(source: string): boolean {
  return /^(?:\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/.test(source);
}

function wholeOf([, sign, hex, binary, octal, plain]: RegExpExecArray): number {
  const digits = plain ?? prefixed("0x", hex) ?? prefixed("0b", binary) ?? prefixed("0o", octal);
  return Number(digits) * (sign === "-" ? -1 : 1);
}

function prefixed(prefix: string, digits: string | undefined): string | undefined {
  return digits === undefined ? undefined : prefix + digits;
}

/** encoding/json writes a float without a fraction as digits only, as long as it is not huge. */
function number(value: number): ScalarReading {
  return { type: "number", value, isWhole: Number.isInteger(value) && Math.abs(value) < 1e21 };
}

function text(value: string): ScalarReading {
  return { type: "string", value };
}
