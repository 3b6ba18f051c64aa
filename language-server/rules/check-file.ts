/** Runs the rules over one file of a model. What looks at a document alone is remembered with the document. */
import type { FilePart, ManifestFile, TextRange } from "../manifest/manifest-file.ts";
import { positionAt, rangeOf } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { DocumentRole } from "../model/role.ts";
import { roleOf } from "../model/role.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { rules } from "./index.ts";
import type { Edit, Elsewhere, Finding, Related, Rule, RuleContext } from "./rule.ts";
import type { TracedModel } from "./traced-model.ts";
import { traceModel } from "./traced-model.ts";
import type { RuleSettings } from "./suppression.ts";
import { isIgnoredByComment, severityFor } from "./suppression.ts";

/** What went wrong in a rule; it never stops the others. */
export type OnBug = (rule: string, path: string, error: unknown) => void;

export function checkFile(
  model: WorkspaceModel,
  path: string,
  settings: RuleSettings,
  onBug: OnBug,
): readonly Diagnosis[] {
  const file = model.manifest(path);
  if (!file) return [];
  const found: Diagnosis[] = [];
  for (const part of file.parts) {
    const role = roleOf(part.document, { path, graph: model.graph });
    if (role === "template" || (role === "other" && part.document.faults.length === 0)) continue;
    const site: Site = { model, file, part };
    for (const one of findingsOf(site, role, onBug)) {
      const diagnosis = toDiagnosis(site, one, settings);
      if (diagnosis) found.push(diagnosis);
    }
  }
  return found.sort(byPlace);
}

interface Site {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
}

interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
}

/** Findings of one document, with what they come from. */
interface Remembered {
  readonly role: DocumentRole;
  readonly path: string;
  /** Which of the documents of its file it is: two of them may have one text. */
  readonly ordinal: number;
  readonly holdsFor: TracedModel["holdsFor"];
  readonly found: readonly Found[];
}

const remembered = new WeakMap<ManifestDocument, Remembered>();

function* findingsOf(site: Site, role: DocumentRole, onBug: OnBug): Generator<Found> {
  const { model, part } = site;
  const { document } = part;
  if (document.faults.length > 0) {
    if (isManifestByLook(document)) yield* faultsOf(document);
    return;
  }
  const { root } = document;
  if (!root) return;
  const { path, parts } = site.file;
  const ordinal = parts.indexOf(part);
  const known = remembered.get(document);
  if (
    known?.role === role &&
    known.path === path &&
    known.ordinal === ordinal &&
    known.holdsFor(model)
  ) {
    yield* known.found;
    return;
  }
  const traced = traceModel(model);
  const context: RuleContext = { ...site, model: traced.model, document, root, role };
  const found = rules
    .filter(({ meta }) => meta.roles.includes(role))
    .flatMap((rule) => run(rule, context, onBug));
  remembered.set(document, { role, path, ordinal, holdsFor: traced.holdsFor, found });
  yield* found;
}

function run(rule: Rule, context: RuleContext, onBug: OnBug): readonly Found[] {
  try {
    return [...rule.check(context)].map((finding) => ({ rule, finding }));
  } catch (error) {
    onBug(rule.meta.code, context.file.path, error);
    return [];
  }
}

/** A text that does not parse has no role; these two lines say that it was to be a manifest. */
function isManifestByLook({ text }: ManifestDocument): boolean {
  return /^apiVersion:/m.test(text) && /^kind:/m.test(text);
}

const syntax: Rule = {
  meta: {
    code: "yaml/syntax",
    severity: "error",
    summary: "The text is no YAML, or expands beyond the limits.",
    roles: [],
    needs: "document",
    fixable: false,
  },
  check: () => [],
};
export const syntaxMeta = syntax.meta;

function* faultsOf({ faults }: ManifestDocument): Generator<Found> {
  const [first] = faults;
  if (!first) return;
  const { span, message } = first;
  yield { rule: syntax, finding: { span, message: message.split("\n", 1)[0] ?? message } };
}

function toDiagnosis(
  site: Site,
  { rule, finding }: Found,
  settings: RuleSettings,
): Diagnosis | undefined {
  const { file, part } = site;
  const { code: own } = rule.meta;
  const code = finding.detail === undefined ? own : `${own}/${finding.detail}`;
  const range = rangeOf(file, part, finding.span);
  if (isIgnoredByComment(file, range.start.line, code)) return undefined;
  const certain = finding.severity ?? rule.meta.severity;
  // What no cluster gets to see breaks nothing yet.
  const usual = certain === "error" && !site.model.graph.isLive(file.path) ? "warning" : certain;
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

function toPlace({ file, part }: Site, { at, message }: Related) {
  return isElsewhere(at)
    ? { path: at.path, range: lineRange(at.line), message }
    : { path: file.path, range: rangeOf(file, part, at), message };
}

function isElsewhere(at: Related["at"]): at is Elsewhere {
  return "path" in at;
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
