/**
 * What the rules find in one document of a file, and in the patches and templates inside of it. Remembered with the document, until
 * something that was asked of the model has another answer.
 */
import type { EmbeddedBlock } from "../manifest/embedded-parts.ts";
import { embeddedParts, embeddedRole } from "../manifest/embedded-parts.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { DocumentRole } from "../model/role.ts";
import { roleOf } from "../model/role.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { rules } from "./index.ts";
import { k8sSchema } from "./k8s-schema.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";
import type { Answers, TracedModel } from "./traced-model.ts";
import { answersOf, traceModel } from "./traced-model.ts";

/** What went wrong in a rule; it never stops the others. */
export type OnBug = (rule: string, path: string, error: unknown) => void;

export interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
  /** Where the text that it is about starts in the document. */
  readonly offset: number;
  /** A patch whose target may match nothing; then nobody reads it. */
  readonly mayMiss: boolean;
}

interface Remembered {
  readonly path: string;
  /** Which of the documents of its file it is: two of them may have one text. */
  readonly ordinal: number;
  readonly traced: TracedModel["holdsFor"];
  /** Of the last model that it held for; what was asked of other files is not in it. */
  answers: Answers | undefined;
  readonly found: readonly Found[];
}

const remembered = new WeakMap<ManifestDocument, Remembered>();

export function findingsOf(
  model: WorkspaceModel,
  file: ManifestFile,
  ordinal: number,
  onBug: OnBug,
): readonly Found[] {
  const part = file.parts[ordinal];
  if (!part) return [];
  const { document } = part;
  const answers = answersOf(model);
  const known = remembered.get(document);
  if (known?.path === file.path && known.ordinal === ordinal) {
    if (known.answers === answers) return known.found;
    if (known.traced(model)) {
      if (known.answers) known.answers = answers;
      return known.found;
    }
  }
  const traced = traceModel(model);
  const found = [...search({ model: traced.model, file, part }, onBug)];
  remembered.set(document, {
    path: file.path,
    ordinal,
    traced: traced.holdsFor,
    answers: traced.asksFiles() ? undefined : answers,
    found,
  });
  return found;
}

interface Place {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
}

function* search(place: Place, onBug: OnBug): Generator<Found> {
  const { model, file, part } = place;
  const role = roleOf(part.document, { path: file.path, graph: model.graph });
  if (role === "template") return;
  if (part.document.faults.length > 0) {
    if (isManifestByLook(part.document)) yield* faultsOf(part.document);
    return;
  }
  if (role === "other") return;
  yield* searchOne({ ...place, role, asked: rules, offset: 0, mayMiss: false }, onBug);
  for (const inside of embeddedParts(part)) {
    const { document, start } = inside.part;
    const own = embeddedRole(document);
    if (!own || document.faults.length > 0) continue;
    const asked = asksInside(inside.block, document);
    const mayMiss = inside.block.target !== undefined;
    const site = { ...place, part: inside.part, role: own, asked, mayMiss };
    yield* searchOne({ ...site, offset: start - part.start }, onBug);
  }
}

interface Site extends Place, Pick<Found, "offset" | "mayMiss"> {
  readonly role: DocumentRole;
  readonly asked: readonly Rule[];
}

function* searchOne(site: Site, onBug: OnBug): Generator<Found> {
  const { role, asked, offset, mayMiss, ...place } = site;
  const { document } = place.part;
  const { root } = document;
  if (!root) return;
  const context: RuleContext = { ...place, document, root, role };
  for (const rule of asked) {
    if (!rule.meta.roles.includes(role)) continue;
    for (const finding of run(rule, context, onBug)) yield { rule, finding, offset, mayMiss };
  }
}

function run(rule: Rule, context: RuleContext, onBug: OnBug): readonly Finding[] {
  try {
    return [...rule.check(context)];
  } catch (error) {
    onBug(rule.meta.code, context.file.path, error);
    return [];
  }
}

const inside = rules.filter(({ meta }) => meta.embedded === true);

/** With a target beside it, what a patch says of its own type is not read, so only its fields are looked at. */
function asksInside({ target }: EmbeddedBlock, { kind }: ManifestDocument): readonly Rule[] {
  if (!target) return inside;
  return target.get("kind")?.text === kind ? inside.filter((rule) => rule === k8sSchema) : [];
}

/** A text that does not parse has no role; these two lines say that it was to be a manifest. */
function isManifestByLook({ text }: ManifestDocument): boolean {
  return /^apiVersion:/m.test(text) && /^kind:/m.test(text);
}

export const syntax: Rule = {
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

function* faultsOf({ faults }: ManifestDocument): Generator<Found> {
  const [first] = faults;
  if (!first) return;
  const message = first.message.split("\n", 1)[0] ?? first.message;
  yield { rule: syntax, finding: { span: first.span, message }, offset: 0, mayMiss: false };
}
