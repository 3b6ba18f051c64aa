/** Functions on texts: patterns (`k8s.io/apiserver/pkg/cel/library/regex.go`), named formats (format.go), and cel-go's strings. */
import type { Environment } from "@marcbachmann/cel-js";
import { Optional } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";

import { formatProblem, isRequestUri } from "./formats.ts";
import { compilePattern } from "./re2.ts";

export function registerTexts(environment: Environment): void {
  environment
    .registerFunction("string.re2test(string): bool", (text: string, pattern: string) =>
      matches(text, pattern),
    )
    .registerFunction("re2test(string, string): bool", matches)
    .registerFunction("string.find(string): string", (text: string, pattern: string) =>
      firstMatch(text, pattern),
    )
    .registerFunction("string.findAll(string): list<string>", (text: string, pattern: string) =>
      allMatches(text, pattern, -1n),
    )
    .registerFunction("string.findAll(string, int): list<string>", allMatches)
    .registerFunction("string.charAt(int): string", charAt)
    .registerFunction(
      "string.replace(string, string): string",
      (text: string, a: string, b: string) => text.split(a).join(b),
    )
    .registerFunction("string.replace(string, string, int): string", replaceSome)
    .registerFunction("string.reverse(): string", (text: string) =>
      Array.from(text).reverse().join(""),
    );
  registerFormats(environment);
}

function matches(text: string, pattern: string): boolean {
  const compiled = compilePattern(pattern);
  if (compiled.outcome === "invalid") throw new SyntaxError(compiled.message);
  return compiled.test(text);
}

function firstMatch(text: string, pattern: string): string {
  const matcher = RE2JS.compile(pattern).matcher(text);
  return matcher.find() ? (matcher.group() ?? "") : "";
}

function allMatches(text: string, pattern: string, limit: bigint): readonly string[] {
  const matcher = RE2JS.compile(pattern).matcher(text);
  const most = limit < 0n ? Infinity : Number(limit);
  const found: string[] = [];
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}

function charAt(text: string, index: bigint): string {
  if (index < 0n || index > BigInt(text.length)) throw new RangeError("index out of range");
  return text.charAt(Number(index));
}

function replaceSome(text: string, from: string, to: string, count: bigint): string {
  if (count < 0n) return text.split(from).join(to);
  const parts = text.split(from);
  const most = Math.min(Number(count), parts.length - 1);
  const head = parts.slice(0, most + 1).join(to);
  return [head, ...parts.slice(most + 1)].join(from);
}

/** A named format; the library needs a class to tell its values from others. */
class Format {
  readonly name: string;
  readonly problems: (text: string) => readonly string[];
  constructor(name: string, problems: (text: string) => readonly string[]) {
    this.name = name;
    this.problems = problems;
  }
}

/** `format.dns1123Label()` and the like hang on a constant, as `format` is no type. */
class FormatNamespace {
  readonly known = true;
}

function registerFormats(environment: Environment): void {
  environment
    .registerType("kubernetes.NamedFormat", Format)
    .registerType("kubernetes.FormatNamespace", FormatNamespace)
    .registerConstant("format", "kubernetes.FormatNamespace", new FormatNamespace())
    .registerFunction(
      "kubernetes.FormatNamespace.named(string): optional<kubernetes.NamedFormat>",
      (_: unknown, name: string) => {
        const make = formats[name];
        return make === undefined ? Optional.none() : Optional.of(new Format(name, make));
      },
    )
    .registerFunction(
      "kubernetes.NamedFormat.validate(string): optional<list<string>>",
      (format: Format, text: string) => {
        const problems = format.problems(text);
        return problems.length === 0 ? Optional.none() : Optional.of(problems);
      },
    );
  // An optional is never null, which does not keep rules from asking.
  environment.registerOperator("optional<list<string>> == null", () => false);
  for (const [name, problems] of Object.entries(formats)) {
    environment.registerFunction(
      `kubernetes.FormatNamespace.${name}(): kubernetes.NamedFormat`,
      () => new Format(name, problems),
    );
  }
}

function byPattern(pattern: RegExp, max: number): (text: string) => readonly string[] {
  return (text) => {
    const tooLong = text.length > max ? [`must be no more than ${max} characters`] : [];
    return pattern.test(text) ? tooLong : [...tooLong, `must match ${pattern.source}`];
  };
}

function byFormat(format: string): (text: string) => readonly string[] {
  return (text) => {
    const expected = formatProblem(format, text);
    return expected === undefined ? [] : [`must be ${expected}`];
  };
}

const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const label1035 = "[a-z](?:[-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(?:\\.${label})*`;
const qualified = "[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?";

const formats: Readonly<Record<string, (text: string) => readonly string[]>> = {
  dns1123Label: byPattern(new RegExp(`^${label}$`), 63),
  dns1123Subdomain: byPattern(new RegExp(`^${subdomain}$`), 253),
  dns1035Label: byPattern(new RegExp(`^${label1035}$`), 63),
  dns1123LabelPrefix: byPattern(new RegExp(`^${label}$`), 63),
  dns1123SubdomainPrefix: byPattern(new RegExp(`^${subdomain}$`), 253),
  dns1035LabelPrefix: byPattern(new RegExp(`^${label1035}$`), 63),
  qualifiedName: (text) => {
    const parts = text.split("/");
    const [prefix, name = ""] = parts.length === 2 ? parts : [undefined, text];
    const prefixProblems =
      prefix === undefined ? [] : byPattern(new RegExp(`^${subdomain}$`), 253)(prefix);
    return [...prefixProblems, ...byPattern(new RegExp(`^${qualified}$`), 63)(name)];
  },
  labelValue: byPattern(new RegExp(`^(?:${qualified})?$`), 63),
  uri: (text) => (isRequestUri(text) ? [] : ["must be a URI"]),
  uuid: byFormat("uuid"),
  byte: byFormat("byte"),
  date: byFormat("date"),
  datetime: byFormat("datetime"),
};
