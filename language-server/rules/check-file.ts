/** The diagnoses of one file of a model: what the rules find in its documents, at its place in the file and as severe as was chosen. */
import type { FilePart, ManifestFile, TextRange } from "../manifest/manifest-file.ts";
import { positionAt, rangeOf } from "../manifest/manifest-file.ts";
import { lineOf } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Found, OnBug } from "./document-findings.ts";
import { findingsOf, syntax } from "./document-findings.ts";
import type { Edit, Related } from "./rule.ts";
import type { RuleSettings } from "./suppression.ts";
import { isIgnoredByComment, severityFor } from "./suppression.ts";

export type { OnBug } from "./document-findings.ts";
export const syntaxMeta = syntax.meta;

export function checkFile(
  model: WorkspaceModel,
  path: string,
  settings: RuleSettings,
  onBug: OnBug,
): readonly Diagnosis[] {
  const file = model.manifest(path);
  if (!file) return model.files.get(path)?.isTooLarge === true ? [tooLarge(path)] : [];
  const found: Diagnosis[] = [];
  file.parts.forEach(({ start }, ordinal) => {
    for (const one of findingsOf(model, file, ordinal, onBug)) {
      const part = { start: start + one.offset };
      const diagnosis = toDiagnosis({ model, file, part }, one, settings);
      if (diagnosis) found.push(diagnosis);
    }
  });
  return found.sort(byPlace);
}

/** Said once, at the top: otherwise nobody would know why nothing else is said. */
function tooLarge(path: string): Diagnosis {
  const { code } = syntax.meta;
  return {
    code,
    rule: code,
    path,
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
    severity: "information",
    message:
      "This file is larger than 10 MB and is not looked into. Objects are 1.5 MB at most on a cluster: split it.",
    related: [],
    fixes: [],
    tags: [],
  };
}

interface Site {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: Pick<FilePart, "start">;
}

function toDiagnosis(
  site: Site,
  { rule, finding, mayMiss }: Found,
  settings: RuleSettings,
): Diagnosis | undefined {
  const { file, part } = site;
  const { code: own } = rule.meta;
  const code = finding.detail === undefined ? own : `${own}/${finding.detail}`;
  const range = rangeOf(file, part, finding.span);
  if (isIgnoredByComment(file, range.start.line, code)) return undefined;
  const certain = finding.severity ?? rule.meta.severity;
  // What no cluster gets to see breaks nothing yet.
  const isSure = !mayMiss && site.model.graph.isLive(file.path);
  const usual = certain === "error" && !isSure ? "warning" : certain;
  const severity = severityFor(code, file.path, usual, settings);
  if (severity === undefined) return undefined;
  return {
    code,
    rule: own,
    path: file.path,
    range,
    severity,
    message: finding.message,
    related: (finding.related ?? []).map((related) => toPlace(site, related)),
    fixes: (finding.fixes ?? []).map(({ title, edits, preferred }) => ({
      title,
      preferred: preferred === true,
      changes: edits.map((edit) => toChange(site, edit)),
    })),
    tags: finding.tags ?? [],
  };
}

function toPlace({ model, file, part }: Site, { at, message }: Related) {
  if ("ordinal" in at) return { path: at.path, range: lineRange(lineOf(model, at)), message };
  if ("path" in at) return { path: at.path, range: lineRange(at.line), message };
  return { path: file.path, range: rangeOf(file, part, at), message };
}

function lineRange(line: number): TextRange {
  return { start: { line, character: 0 }, end: { line, character: 10_000 } };
}

function toChange({ model, file, part }: Site, edit: Edit) {
  const { span, text, path } = edit;
  if (path === undefined) return { path: file.path, range: rangeOf(file, part, span), text };
  const other = model.manifest(path) ?? file;
  const range = { start: positionAt(other, span[0]), end: positionAt(other, span[1]) };
  return { path, range, text };
}

function byPlace(a: Diagnosis, b: Diagnosis): number {
  return (
    a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character ||
    (a.code < b.code ? -1 : 1)
  );
}
