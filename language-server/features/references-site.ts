/** One place of a document that names an object. Types, and what is true of any span. */
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Span, Value } from "../manifest/value.ts";
import type { WrittenName } from "../model/namespaces.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";

export interface NameSite {
  readonly role: "declaration" | "patch" | "reference";
  /** Kinds that the name may belong to. */
  readonly kinds: readonly string[];
  readonly name: string;
  /** Of the name, without quotes. */
  readonly span: Span;
  /** What else of it a cursor may stand on: its kind and its namespace. */
  readonly around: readonly Span[];
  readonly scope: NameScope;
  /** `source` and `wait` are edges of the call hierarchy. */
  readonly use: "source" | "wait" | "data" | "object";
  /** `spec.sourceRef`, for people. */
  readonly field: string;
}

/** Where the name is looked for. What files above give to an object is asked only when someone compares. */
export type NameScope =
  /** The namespaces that this object gets. */
  | { readonly in: "object"; readonly object: WrittenName }
  | { readonly in: "namespace"; readonly namespace: string }
  | { readonly in: "unknown" };

export const unknownScope: NameScope = { in: "unknown" };

export function inNamespace(namespace: string | undefined): NameScope {
  return namespace === undefined || namespace === "" || isTemplated(namespace)
    ? unknownScope
    : { in: "namespace", namespace };
}

/** `undefined`: not known. */
export function namespacesOfSite(
  { model, file }: Place,
  { scope }: NameSite,
): readonly string[] | undefined {
  switch (scope.in) {
    case "object":
      return namespacesOf(model, file.path, scope.object);
    case "namespace":
      return [scope.namespace];
    case "unknown":
      return undefined;
  }
}

export interface Place {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
}

/** Without the quotes around it. */
export function bareSpan({ text }: Pick<ManifestDocument, "text">, { span }: Value): Span {
  const [start, end] = span;
  const isQuoted =
    /["']/.test(text[start] ?? "") && end - start >= 2 && text[end - 1] === text[start];
  return isQuoted ? [start + 1, end - 1] : span;
}

export function holds([start, end]: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
