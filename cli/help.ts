/** The texts of `sluice --help` and `sluice VERB --help`, made from the tables. Plain text of at most 100 columns. */
import { optionGroups, optionsOf } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import { verbNames, verbs } from "./verb-table.ts";
import type { Verb } from "./verb-table.ts";

const width = 100;

export function overviewHelp(): string {
  return [
    "sluice shows what Flux would do with a Git repository, without a cluster.",
    "",
    "Usage: sluice VERB [DIR] [OPTIONS]",
    "",
    "Verbs:",
    ...verbNames.map((verb) => `  ${verb.padEnd(12)}${verbs[verb].summary}`),
    "",
    "Start with:",
    "  sluice tree             what is there",
    "  sluice check            what is wrong with it",
    "  sluice diff             what would change if you pushed the working tree",
    "",
    "DIR is the repository, or a folder in it (default: here). sluice VERB --help explains each verb.",
    "",
    "Exit codes: 0 nothing found, 1 differences or errors, 2 could not run, 130 interrupted.",
    "",
  ].join("\n");
}

export function verbHelp(verb: Verb): string {
  const spec = verbs[verb];
  const commandWidth = Math.max(...spec.examples.map(([command]) => command.length)) + 3;
  return [
    `sluice ${verb}: ${spec.summary}`,
    "",
    `Usage: sluice ${verb} ${spec.operand} [OPTIONS]`,
    "",
    ...spec.about,
    "",
    ...optionSections(verb),
    "Examples:",
    ...spec.examples.map(([command, meaning]) => `  ${command.padEnd(commandWidth)}${meaning}`),
    "",
    "Exit codes:",
    ...spec.exitCodes.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** What an option is for; for `-o` the formats of the verb are named. */
export function optionHelp(option: OptionSpec, verb: Verb): string {
  const { formats } = verbs[verb];
  return option.name === "output"
    ? `${option.help}: ${formats.join(", ")} (default: ${formats[0]})`
    : (option.helpOf?.[verb] ?? option.help);
}

/** `-o, --output FORMAT`. */
export function optionUsage(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`;
}

function optionSections(verb: Verb): readonly string[] {
  const lines: string[] = [];
  for (const [group, title] of Object.entries(optionGroups)) {
    const members = optionsOf(verb).filter((option) => option.group === group);
    if (members.length === 0) continue;
    lines.push(`${title}:`);
    for (const option of members) lines.push(...optionLines(option, verb));
    lines.push("");
  }
  return lines;
}

const helpColumn = 28;

function optionLines(option: OptionSpec, verb: Verb): readonly string[] {
  const usage = `  ${optionUsage(option)}`;
  const text = wrap(optionHelp(option, verb), width - helpColumn).map(
    (line) => " ".repeat(helpColumn) + line,
  );
  if (usage.length >= helpColumn - 1) return [usage, ...text];
  return [usage + (text[0] ?? "").slice(usage.length), ...text.slice(1)];
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
