/** The rules over files in a test, with the schemas that are shipped. */
import type { Diagnosis, LintInput, Packs } from "../../language-server/lint.ts";
import { defaultRuleSettings, lint } from "../../language-server/lint.ts";
import { readPacksFrom } from "../../language-server/schema/read-packs.ts";
import { treeOf } from "./fixture.ts";
import type { Mark } from "./markers.ts";

let packs: Promise<Packs> | undefined;

export function shippedPacks(): Promise<Packs> {
  packs ??= readPacksFrom("dist/schemas");
  return packs;
}

/** Rejects when a rule throws. */
export async function lintFiles(
  files: Readonly<Record<string, string>>,
  more: Partial<LintInput> = {},
): Promise<readonly Diagnosis[]> {
  const { diagnoses, bugs } = await lint(
    {
      tree: treeOf(files),
      options: { flux: "2.9", kubernetes: "", featureGates: {} },
      settings: defaultRuleSettings,
      packs: await shippedPacks(),
      ...more,
    },
    new AbortController().signal,
  );
  if (bugs.length > 0) throw new Error(bugs.join("\n"));
  return diagnoses;
}

/** A diagnosis as a mark of its first line. */
export function toMark({ range, severity, code }: Diagnosis, text: string): Mark {
  const { start, end } = range;
  const line = text.split("\n")[start.line] ?? "";
  const last = end.line === start.line ? end.character : line.length;
  return {
    line: start.line,
    start: start.character,
    end: Math.max(start.character + 1, Math.min(last, Math.max(line.length, start.character + 1))),
    severity,
    code,
  };
}
