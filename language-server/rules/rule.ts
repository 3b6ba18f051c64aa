/** What a rule is: what it is called and says of itself, and a check over one document. Types only. */
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Span, Value } from "../manifest/value.ts";
import type { Written } from "../model/object-index.ts";
import type { DocumentRole } from "../model/role.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";

export type Severity = "error" | "warning" | "information" | "hint";

export interface RuleMeta {
  /** `flux/ref-not-found`. Findings may put another part behind it: `k8s/schema/type`. */
  readonly code: string;
  readonly severity: Severity;
  /** One line, for the list of rules. */
  readonly summary: string;
  readonly roles: readonly DocumentRole[];
  /**
   * `document`: looks at nothing else, so its findings are remembered with the text. `workspace`: looks at other files.
   * `simulation`: is worth asking again when a simulation has ended.
   */
  readonly needs: "document" | "workspace" | "simulation";
  /** Asked too of patches and templates that stand as a text in a manifest; only what looks at a document alone can be. */
  readonly embedded?: true;
  /** Whether any of its findings comes with an edit. */
  readonly fixable: boolean;
}

export interface RuleContext {
  readonly document: ManifestDocument;
  /** The mapping at the top of the document. */
  readonly root: Value;
  readonly role: DocumentRole;
  readonly file: ManifestFile;
  readonly part: FilePart;
  readonly model: WorkspaceModel;
}

/** A place in another document or file. */
export interface Elsewhere {
  readonly path: string;
  /** 0-based; `span` is taken when it is there. */
  readonly line: number;
}

export interface Related {
  readonly message: string;
  /** Of an object of the index the line is looked up when it is shown: edits above it move it. */
  readonly at: Elsewhere | Written | Span;
}

/** One edit in the document, or in another file where `path` says so; then offsets are those of the file. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
  readonly path?: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The one to take when there is no choice; `fix all` takes only these. */
  readonly preferred?: boolean;
}

export interface Finding {
  readonly span: Span;
  /** Cause, consequence, fix. */
  readonly message: string;
  readonly severity?: Severity;
  /** Behind the rule's code: `type` makes `k8s/schema/type`. */
  readonly detail?: string;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
  readonly tags?: readonly ("deprecated" | "unnecessary")[];
}

export interface Rule {
  readonly meta: RuleMeta;
  check(context: RuleContext): Iterable<Finding>;
}
