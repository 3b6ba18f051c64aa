/**
 * Splits a command line into verb, operand and option values, by the tables.
 * Whether a word is allowed where it stands is decided here; what a value means, in request.ts.
 */
import { parseArgs } from "node:util";

import { options, optionsOf } from "./options.ts";
import type { OptionName, OptionSpec } from "./options.ts";
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user-error.ts";
import { isVerb, verbNames } from "./verb-table.ts";
import type { Verb } from "./verb-table.ts";

export interface CommandLine {
  /** Absent for `sluice`, `sluice --help` and `sluice --version`. */
  readonly verb?: Verb;
  readonly operand?: string;
  /** Values by option in the order given; a flag that was given has no values. */
  readonly given: ReadonlyMap<OptionName, readonly string[]>;
}

/** Throws a `UserError` that names the wrong word. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options.map(toParseArgs)),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  const given = new Map<OptionName, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind === "option") {
      const option = options.find((each) => each.name === token.name);
      if (option === undefined) throw unknownOption(token.rawName);
      const values = given.get(option.name) ?? [];
      given.set(option.name, values);
      const value = checkedValue(option, token);
      if (value !== undefined) values.push(value);
    }
  }
  return { ...checkedWords(words, given), given };
}

function toParseArgs(
  option: OptionSpec,
): [string, { type: "string" | "boolean"; short?: string; multiple: true }] {
  const type = option.value === undefined ? "boolean" : "string";
  return [
    option.name,
    { type, multiple: true, ...(option.short !== undefined && { short: option.short }) },
  ];
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkedValue(option: OptionSpec, token: OptionToken): string | undefined {
  if (option.value === undefined) {
    if (token.value !== undefined) throw new UserError(`${token.rawName} takes no value.`);
    return undefined;
  }
  // `-o=json`, as flux, kubectl and helm take it: node leaves the sign to the value.
  const isShort = token.inlineValue === true && !token.rawName.startsWith("--");
  const value = isShort ? token.value?.replace(/^=/, "") : token.value;
  const looksLikeOption = token.inlineValue !== true && /^-./.test(value ?? "");
  if (value === undefined || value === "" || looksLikeOption) {
    throw new UserError(`${token.rawName} needs a value: ${token.rawName} ${option.value}.`);
  }
  return value;
}

function checkedWords(
  words: readonly string[],
  given: ReadonlyMap<OptionName, readonly string[]>,
): { readonly verb?: Verb; readonly operand?: string } {
  const [verb, operand, ...rest] = words[0] === "help" ? [...words.slice(1)] : words;
  if (verb === undefined) return {};
  if (!isVerb(verb)) {
    throw new UserError(
      `There is no verb "${verb}".${didYouMean(verb, verbNames)} sluice knows ${verbNames.join(", ")}.`,
    );
  }
  if (rest.length > 0)
    throw new UserError(`sluice ${verb} takes one operand; "${rest[0]}" is too much.`);
  for (const [name, values] of given) checkOption(verb, name, values);
  return { verb, ...(operand !== undefined && { operand }) };
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

function checkOption(verb: Verb, name: OptionName, values: readonly string[]): void {
  const option: OptionSpec | undefined = optionsOf(verb).find((each) => each.name === name);
  if (option === undefined) {
    const takers = verbNames.filter((each) => optionsOf(each).some((other) => other.name === name));
    throw new UserError(`sluice ${verb} has no option --${name}; it belongs to ${listed(takers)}.`);
  }
  if (values.length > 1 && option.repeatable !== true) {
    throw new UserError(`--${name} was given ${values.length} times; it can be given once.`);
  }
}

function unknownOption(rawName: string): UserError {
  const known = options.map((option) => `--${option.name}`);
  return new UserError(
    `There is no option ${rawName}.${didYouMean(rawName, known)} See sluice --help.`,
  );
}
