/**
 * What a user does not want to hear: severities by code, paths by pattern, and comments in the file:
 * `# sluice-ignore CODE …` on the line or the one above, `# sluice-ignore-file CODE …` anywhere. Without a code all are meant.
 */
import type { ManifestFile } from "../manifest/manifest-file.ts";
import { Slot } from "../manifest/memory.ts";
import type { Severity } from "./rule.ts";

export interface RuleSettings {
  /** By code, or by `group/*`. The longest that fits is taken. */
  readonly severity: Readonly<Record<string, Severity | "off">>;
  /** Patterns of paths with the codes that are not reported there; `*` stands for all. */
  readonly ignore: Readonly<Record<string, readonly string[]>>;
}

export const defaultRuleSettings: RuleSettings = { severity: {}, ignore: {} };

/** The severity to report with; `undefined` when it is not to be reported. */
export function severityFor(
  code: string,
  path: string,
  own: Severity,
  settings: RuleSettings,
): Severity | undefined {
  for (const [pattern, codes] of Object.entries(settings.ignore))
    if (codes.some((one) => covers(one, code)) && globOf(pattern).test(path)) return undefined;
  const chosen = chosenSeverity(code, settings);
  return chosen === "off" ? undefined : (chosen ?? own);
}

/** What the user chose for it; `undefined` where that is nothing. */
export function chosenSeverity(
  code: string,
  { severity }: RuleSettings,
): Severity | "off" | undefined {
  const fitting = Object.keys(severity)
    .filter((one) => covers(one, code))
    .sort((a, b) => b.length - a.length)[0];
  return fitting === undefined ? undefined : severity[fitting];
}

/** `flux/*` covers `flux/semver`, `k8s/schema` covers `k8s/schema/type`. */
function covers(pattern: string, code: string): boolean {
  const plain = pattern.replace(/\/?\*$/, "");
  return plain === "" || code === plain || code.startsWith(`${plain}/`);
}

interface Comments {
  readonly file: readonly string[];
  readonly lines: ReadonlyMap<number, readonly string[]>;
}

const read = new Slot<ManifestFile, Comments>();

export function isIgnoredByComment(file: ManifestFile, line: number, code: string): boolean {
  const comments = commentsOf(file);
  if (comments.file.some((one) => covers(one, code))) return true;
  return [line, line - 1].some((at) =>
    (comments.lines.get(at) ?? []).some((one) => covers(one, code)),
  );
}

/** By a comment on any line of the file. */
export function isIgnoredSomewhere(file: ManifestFile, code: string): boolean {
  const comments = commentsOf(file);
  return [comments.file, ...comments.lines.values()].flat().some((one) => covers(one, code));
}

function commentsOf(file: ManifestFile): Comments {
  let comments = read.get(file);
  if (!comments) read.set(file, (comments = readComments(file.text)));
  return comments;
}

function readComments(text: string): Comments {
  const file: string[] = [];
  const lines = new Map<number, readonly string[]>();
  if (!text.includes("sluice-ignore")) return { file, lines };
  for (const [line, content] of text.split("\n").entries()) {
    const match = /#\s*sluice-ignore(-file)?(?:[\s:]+([^#]*))?$/.exec(content.trimEnd());
    if (!match) continue;
    const codes = (match[2] ?? "")
      .split(/[\s,]+/)
      .filter((code) => code.includes("/") || code === "*");
    const given = codes.length === 0 ? ["*"] : codes;
    if (match[1] === undefined) lines.set(line, given);
    else file.push(...given);
  }
  return { file, lines };
}

const globs = new Map<string, RegExp>();

/** `**` any folders, `*` any part of a name, `?` one letter; a pattern without a slash fits in every folder. */
export function globOf(pattern: string): RegExp {
  let known = globs.get(pattern);
  if (known) return known;
  const rooted = pattern.includes("/") ? pattern.replace(/^\//, "") : `**/${pattern}`;
  const source = rooted
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*\*\/|\*\*|\*|\?/g, (mark) => {
      if (mark === "**/") return "(?:.*/)?";
      if (mark === "**") return ".*";
      return mark === "*" ? "[^/]*" : "[^/]";
    });
  known = new RegExp(`^${source}$`);
  if (globs.size > 500) globs.clear();
  globs.set(pattern, known);
  return known;
}
