/** Reads `--rule CODE=SEVERITY` and `--ignore PATTERN[=CODE,…]` of `sluice lint`. */
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user-error.ts";

export const ruleSeverities = ["error", "warning", "information", "hint"] as const;
export type RuleSeverity = (typeof ruleSeverities)[number];

export interface LintRules {
  readonly severity: Readonly<Record<string, RuleSeverity | "off">>;
  readonly ignore: Readonly<Record<string, readonly string[]>>;
}

/** Throws a `UserError` that says which value is wrong and what it should look like. */
export function readLintRules(rules: readonly string[], ignored: readonly string[]): LintRules {
  return {
    severity: Object.fromEntries(rules.map(readRule)),
    ignore: Object.fromEntries(ignored.map(readIgnore)),
  };
}

function readRule(text: string): readonly [string, RuleSeverity | "off"] {
  const [, code, wish = ""] = /^([a-z0-9]+\/[a-z0-9/*-]+)=(.+)$/.exec(text) ?? [];
  if (code === undefined)
    throw new UserError(`--rule can't be "${text}". It looks like flux/suspended=off.`);
  const choices = [...ruleSeverities, "off"] as const;
  const severity = choices.find((one) => one === wish);
  if (severity !== undefined) return [code, severity];
  throw new UserError(
    `--rule can't make ${code} "${wish}".${didYouMean(wish, choices)} It can be ${choices.join(", ")}.`,
  );
}

/** A pattern may hold `=`; what stands behind the last one are codes when they look like codes. */
function readIgnore(text: string): readonly [string, readonly string[]] {
  const [, pattern, codes] = /^(.+)=([a-z0-9/*,-]+\/[a-z0-9/*,-]+)$/.exec(text) ?? [];
  if (pattern === undefined || codes === undefined) return [text, ["*"]];
  return [pattern, codes.split(",").filter((code) => code !== "")];
}
