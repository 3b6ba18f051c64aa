/** Diagnoses one a line, `file:line:column: severity: message [code]`, and their counts. Hints are only counted. */
import type { Diagnosis, Severity } from "#language-server/lint";

import { counted } from "./names.ts";
import { printableRecord } from "./printable.ts";
import { severityText } from "./severity-text.ts";
import type { Style } from "./style.ts";

export function* lintText(
  diagnoses: readonly Diagnosis[],
  files: number,
  style: Style,
): Generator<string> {
  const shown = diagnoses.filter(({ severity }) => severity !== "hint");
  for (const one of printableRecord(shown)) {
    const place = style.strong(
      `${one.path}:${one.range.start.line + 1}:${one.range.start.character + 1}`,
    );
    const message = one.message.trimEnd().split("\n").join("\n    | ");
    yield `${place}: ${severityText(one.severity, style)}: ${message} ${style.faint(`[${one.code}]`)}\n`;
  }
  yield `${summary(diagnoses, style)} in ${counted(files, "file")}.\n`;
}

function summary(diagnoses: readonly Diagnosis[], style: Style): string {
  const count = (severity: Severity): number =>
    diagnoses.filter((one) => one.severity === severity).length;
  const parts = [
    count("error") > 0 ? style.bad(counted(count("error"), "error")) : "",
    count("warning") > 0 ? style.attention(counted(count("warning"), "warning")) : "",
    count("information") > 0 ? style.accent(counted(count("information"), "note")) : "",
    count("hint") > 0 ? style.faint(counted(count("hint"), "hint")) : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? style.good("Nothing found") : parts.join(", ");
}
