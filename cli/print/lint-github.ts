/** Diagnoses as workflow commands of GitHub Actions, which shows them as annotations. Hints stay out. */
import type { Diagnosis } from "#language-server/lint";

import { printableRecord } from "./printable.ts";

export function* githubText(diagnoses: readonly Diagnosis[]): Generator<string> {
  for (const one of printableRecord(diagnoses)) {
    const command = commands[one.severity];
    if (command === undefined) continue;
    const { start, end } = one.range;
    // An end column is heard on one line only.
    const place = {
      file: one.path,
      line: start.line + 1,
      endLine: end.line + 1,
      col: start.character + 1,
      ...(start.line === end.line && end.character < 10_000 && { endColumn: end.character }),
      title: one.code,
    };
    const fields = Object.entries(place).map(([key, value]) => `${key}=${property(String(value))}`);
    yield `::${command} ${fields.join(",")}::${data(one.message)}\n`;
  }
}

const commands: Readonly<Record<Diagnosis["severity"], string | undefined>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: undefined,
};

/** `actions/toolkit packages/core/src/command.ts`: what has a meaning in a command is escaped. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
