// docs/cli.md against the tables of the command; `UPDATE=1` rewrites the parts that come from them.
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";

import { optionUsage } from "../../cli/help.ts";
import { optionGroups, options, optionsOf } from "../../cli/options.ts";
import type { OptionSpec } from "../../cli/options.ts";
import { verbNames, verbs } from "../../cli/verb-table.ts";

const file = "docs/cli.md";

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function verbRows(): readonly string[] {
  return verbNames.map((verb) => {
    const formats = verbs[verb].formats.map((format) => `\`${format}\``).join(", ");
    return `| \`${verb}\` | ${cell(verbs[verb].summary.replace(/^print /, ""))} | ${formats} |`;
  });
}

function optionSections(): readonly string[] {
  return Object.entries(optionGroups).flatMap(([group, title]) => [
    `### ${title}`,
    "",
    "| Option | Verbs | Meaning |",
    "| --- | --- | --- |",
    ...options.filter((option) => option.group === group).map(optionRow),
    "",
  ]);
}

function optionRow(option: OptionSpec): string {
  const takers = verbNames.filter((verb) =>
    optionsOf(verb).some((each) => each.name === option.name),
  );
  const who = takers.length >= 4 ? "all" : takers.join(", ");
  return `| \`${cell(optionUsage(option))}\` | ${who} | ${cell(option.help)} |`;
}

/** The text with the generated lines put before their marks, formatted as the repository's files are. */
function generated(text: string): Promise<string> {
  const filled = text
    .replace(/(?:\| `[a-z]+` .*\n)*\n*<!-- verbs -->/, `${verbRows().join("\n")}\n\n<!-- verbs -->`)
    .replace(
      /## Options\n[\s\S]*?<!-- options -->/,
      `## Options\n\n${optionSections().join("\n")}\n<!-- options -->`,
    );
  return format(filled, { parser: "markdown", printWidth: 100 });
}

test("docs/cli.md has every verb and option as the tables have them", async () => {
  const text = readFileSync(file, "utf8");
  const expected = await generated(text);
  if (process.env["UPDATE"] === "1") writeFileSync(file, expected);
  else expect(text).toBe(expected);
  expect(expected).toContain("--allow-private-network");
});
