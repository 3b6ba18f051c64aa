/** What the parts of completion share: the place that is being typed, and what can be suggested there. */
import { fluxKindOf } from "#simulator";

import { flux, kustomizeGroup } from "../manifest/flux-names.ts";
import { isKustomizationPath } from "../model/kustomization-file.ts";
import type { ChartValues } from "../model/chart-values.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { TypeName } from "../schema/catalog.ts";
import { schemaAt } from "../schema/navigate.ts";
import type { Schema } from "../schema/schema.ts";
import type { Cursor } from "./completion-cursor.ts";
import type { Outline, Path } from "./completion-outline.ts";
import { nodeAt, scalarAt } from "./completion-outline.ts";

export interface Suggestion {
  readonly label: string;
  /** What is inserted, when that is not the label; `snippet` has placeholders. */
  readonly insert?: string;
  readonly snippet?: string;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly kind: "field" | "value" | "object" | "variable" | "file" | "folder" | "kind";
  /** What comes first among the suggestions: small numbers. */
  readonly rank: number;
  readonly deprecated?: boolean;
}

/** What a text is: the kind of its object, or something that stands in for one. */
export interface Subject {
  readonly type: TypeName | undefined;
  readonly schema: Schema | undefined;
  /** A part of an object: nothing is required of it. */
  readonly isPartial: boolean;
  readonly isKustomization: boolean;
  /** Of a JSON6902 patch: what its paths lead through. */
  readonly patched?: Schema;
}

/** A place in the structure; blocks and comments are dealt with before. */
export type Typing = Extract<Cursor, { readonly at: "entry" | "value" }>;

export interface CompletionSite {
  readonly model: WorkspaceModel;
  /** Of the file. */
  readonly path: string;
  readonly outline: Outline;
  readonly subject: Subject;
  readonly typing: Typing;
  readonly signal: AbortSignal;
  /** Set where the whole text is values of this chart. */
  readonly chart?: ChartValues;
}

/** The kind by what is written, also where the text around is broken. */
export function subjectOf(
  model: WorkspaceModel,
  path: string,
  outline: Outline,
  isPartial: boolean,
): Subject {
  const { root } = outline;
  const apiVersion = scalarAt(root, "apiVersion");
  const kind = scalarAt(root, "kind");
  const isKustomization = isKustomizationPath(path) || apiVersion.startsWith(`${kustomizeGroup}/`);
  const isComponent = kind === "Component";
  const type = isKustomization
    ? {
        apiVersion: `${kustomizeGroup}/${isComponent ? "v1alpha1" : "v1beta1"}`,
        kind: isComponent ? kind : flux.Kustomization,
      }
    : { apiVersion, kind };
  const schema = schemaOfType(model, type);
  return { type, schema, isPartial, isKustomization };
}

/** Also of a version that is gone, because someone who edits it wants to see its fields. */
export function schemaOfType({ catalog }: WorkspaceModel, type: TypeName): Schema | undefined {
  const answer = type.kind === "" ? undefined : catalog?.resolve(type);
  return answer?.outcome === "found" || answer?.outcome === "not-served"
    ? answer.kind?.schema
    : undefined;
}

/** An embedded object has the schema of its own kind. */
export function schemaOfPath({ model, outline, subject }: CompletionSite, path: Path) {
  for (let length = path.length; length > 0; length--) {
    const head = path.slice(0, length);
    const above = nodeAt(outline.root, head);
    if (!above || !subject.schema || schemaAt(subject.schema, head)?.embedded !== true) continue;
    const apiVersion = scalarAt(above, "apiVersion");
    const type = { apiVersion, kind: scalarAt(above, "kind") };
    const schema = schemaOfType(model, type);
    if (schema)
      return { schema: schemaAt(schema, path.slice(length)), type, path: path.slice(length) };
  }
  const schema = subject.schema && schemaAt(subject.schema, path);
  return { schema, type: subject.type, path };
}

/** The row of the table of kinds, when the subject is a Flux object. */
export function fluxRowOf({ type }: Subject) {
  if (!type?.apiVersion.includes("/")) return undefined;
  return fluxKindOf(type);
}

/** `spec.dependsOn[]` as `["spec", "dependsOn", "[]"]`, to be compared with tables of fields. */
export function pattern(path: Path): string {
  return path.map((step) => (typeof step === "number" ? "[]" : step)).join(".");
}

/** Of the object that is edited; none when they are not known. */
export function ownNamespaces({ model, path, outline }: CompletionSite): readonly string[] {
  const { root } = outline;
  const written = {
    kind: scalarAt(root, "kind"),
    name: scalarAt(root, "metadata", "name"),
    namespace: scalarAt(root, "metadata", "namespace"),
  };
  return namespacesOf(model, path, written) ?? [];
}
