/**
 * What the rules find in one document of a file, and in the patches and templates inside of it. Remembered with the document, until
 * something that was asked of the model has another answer.
 */
import type { EmbeddedBlock } from "../manifest/embedded-parts.ts";
import { embeddedParts, embeddedRole } from "../manifest/embedded-parts.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { Slot } from "../manifest/memory.ts";
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

const remembered = new Slot<ManifestDocument, Remembered>();

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
  const found = search({ model: traced.model, file, part }, onBug);
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

function search(place: Place, onBug: OnBug): readonly Found[] {
  const { model, file, part } = place;
  const role = roleOf(part.document, { path: file.path, graph: model.graph });
  if (role === "template") return [];
  if (part.document.faults.length > 0)
    return isManifestByLook(part.document) ? [...faultsOf(part.document)] : [];
  if (role === "other") return [];
  const found: Found[] = [];
  const asked = byRole.get(role) ?? [];
  searchOne({ ...place, role, asked, offset: 0, mayMiss: false }, onBug, found);
  for (const inside of embeddedParts(part)) {
    const { document, start } = inside.part;
    const own = embeddedRole(document);
    if (!own || document.faults.length > 0) continue;
    const some = asksInside(inside.block, document).filter(({ meta }) => meta.roles.includes(own));
    const mayMiss = inside.block.target !== undefined;
    const site = { ...place, part: inside.part, role: own, asked: some, mayMiss };
    searchOne({ ...site, offset: start - part.start }, onBug, found);
  }
  return found;
}

const roles = new Set(rules.flatMap(({ meta }) => meta.roles));
const byRole: ReadonlyMap<DocumentRole, readonly Rule[]> = new Map(
  [...roles].map((role) => [role, rules.filter(({ meta }) => meta.roles.includes(role))]),
);

interface Site extends Place, Pick<Found, "offset" | "mayMiss"> {
  readonly role: DocumentRole;
  readonly asked: readonly Rule[];
}

function searchOne(site: Site, onBug: OnBug, found: Found[]): void {
  const { role, asked, offset, mayMiss, model, file, part } = site;
  const { document } = part;
  const { root } = document;
  if (!root) return;
  const context: RuleContext = { document, root, role, file, part, model };
  for (const rule of asked) {
    const before = found.length;
    try {
      for (const finding of rule.check(context)) found.push({ rule, finding, offset, mayMiss });
    } catch (error) {
      found.length = before;
      onBug(rule.meta.code, file.path, error);
    }
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
