/** Gives a Flux object, a ConfigMap, a Secret or a variable another name, in every file that names it. */
import type {
  ClientCapabilities,
  PrepareRenameResult,
  RenameParams,
  TextDocumentEdit,
  TextDocumentPositionParams,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";

import { fluxKinds } from "#simulator";

import { rangeOf } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import type { Cursor, Spot } from "./definition-locations.ts";
import { cursorAt } from "./definition-locations.ts";
import { isVariableName, placesOfVariable, renamedVariable } from "./rename-variable.ts";
import { nameAt } from "./references-names.ts";
import { holds, namespacesOfSite } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { sameObject } from "./references-targets.ts";
import type { VariableTarget } from "./references-variables.ts";

export function prepareRename(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): PrepareRenameResult | null {
  const cursor = cursorAt(folder, path, position);
  const variable = cursor && renamedVariable(cursor);
  if (cursor && variable)
    return {
      range: rangeOf(cursor.file, cursor.part, variable.span),
      placeholder: variable.name,
    };
  const subject = cursor && subjectAt(cursor);
  if (!cursor || !subject) return null;
  const { file, part, site } = subject;
  return { range: rangeOf(file, part, site.span), placeholder: site.name };
}

interface Client {
  readonly client: ClientCapabilities;
}

/** Clients that can't ask for confirmation get only what is sure. */
export function renameFor(session: Client) {
  return (
    folder: FolderModel,
    path: string,
    params: RenameParams,
    signal: AbortSignal,
  ): WorkspaceEdit | null => {
    const edit = rename(folder, path, params, signal);
    const can = session.client.workspace?.workspaceEdit;
    if (!edit || (can?.documentChanges === true && can.changeAnnotationSupport)) return edit;
    return { changes: sureChanges(edit) };
  };
}

function sureChanges({ documentChanges = [] }: WorkspaceEdit): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const change of documentChanges) {
    if (!("edits" in change)) continue;
    const sure = change.edits.flatMap((edit) =>
      "newText" in edit && (!("annotationId" in edit) || edit.annotationId === "sure")
        ? [{ range: edit.range, newText: edit.newText }]
        : [],
    );
    if (sure.length > 0) changes[change.textDocument.uri] = sure;
  }
  return changes;
}

/** `null` when the new name is none that Kubernetes takes. */
export function rename(
  folder: FolderModel,
  path: string,
  { position, newName }: RenameParams,
  signal?: AbortSignal,
): WorkspaceEdit | null {
  const cursor = cursorAt(folder, path, position);
  const variable = cursor && renamedVariable(cursor);
  if (variable) return renameVariable(folder.root, { cursor, variable, newName }, signal);
  const subject = cursor && subjectAt(cursor);
  if (!subject || !isObjectName(newName)) return null;
  const { declarations, uses } = sameObject(subject, signal);
  const places = distinctPlaces([...declarations, ...uses]);
  const kind = declarations[0]?.site.kinds[0] ?? subject.site.kinds[0] ?? "";
  const edits = places.map((place) => ({
    file: place.file,
    part: place.part,
    span: place.site.span,
    annotationId: isSure(place, subject) ? ("sure" as const) : ("check" as const),
  }));
  return {
    documentChanges: toChanges(folder.root, edits, newName),
    changeAnnotations: {
      sure: {
        label: `Rename ${kind} ${subject.site.name} to ${newName}`,
        description: "Flux makes an object of the new name and prunes the old one.",
      },
      check: {
        label: `Perhaps ${kind} ${subject.site.name}`,
        description: "The same name, in a namespace that is not known here.",
        needsConfirmation: true,
      },
    },
  };
}

interface VariableChange {
  readonly cursor: Cursor;
  readonly variable: VariableTarget;
  readonly newName: string;
}

function renameVariable(
  root: string,
  { cursor, variable, newName }: VariableChange,
  signal?: AbortSignal,
): WorkspaceEdit | null {
  const found = isVariableName(newName)
    ? placesOfVariable(cursor, variable, newName, signal)
    : undefined;
  if (!found) return null;
  const edits = found.places.map((place) => ({
    ...place,
    annotationId: place.kind === "plain" ? ("sure" as const) : ("check" as const),
  }));
  return {
    documentChanges: toChanges(root, edits, newName),
    changeAnnotations: {
      sure: {
        label: `Rename variable ${found.name} to ${newName}`,
        description: "Where it is set and where it is used.",
      },
      check: {
        label: `Rename ${found.name} in an encrypted Secret`,
        description: "SOPS signs the keys too: open the file with sops and rename it there.",
        needsConfirmation: true,
      },
    },
  };
}

interface AnnotatedSpot extends Spot {
  readonly annotationId: "sure" | "check";
}

function toChanges(
  root: string,
  spots: readonly AnnotatedSpot[],
  newText: string,
): TextDocumentEdit[] {
  const changes = new Map<string, TextDocumentEdit>();
  for (const { file, part, span, annotationId } of spots) {
    const uri = toUri(root, file.path);
    const change = changes.get(uri) ?? { textDocument: { uri, version: null }, edits: [] };
    change.edits.push({ range: rangeOf(file, part, span), newText, annotationId });
    changes.set(uri, change);
  }
  return [...changes.values()];
}

function subjectAt({ model, file, part, offset }: Cursor): Found | undefined {
  const site = nameAt({ model, file, part }, offset);
  if (!site || !holds(site.span, offset)) return undefined;
  const isOurs = site.kinds.every(
    (kind) =>
      kind === "ConfigMap" || kind === "Secret" || fluxKinds.some((row) => row.kind === kind),
  );
  return isOurs && site.kinds.length > 0 ? { model, file, part, site } : undefined;
}

/** Names of Flux objects are at most 253 characters of DNS (`k8s.io/apimachinery validation.IsDNS1123Subdomain`). */
function isObjectName(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
  );
}

function isSure(place: Found, subject: Found): boolean {
  if (place.file === subject.file || place.site.role === "declaration") return true;
  return [place, subject].every((one) => namespacesOfSite(one, one.site) !== undefined);
}

function distinctPlaces(found: readonly Found[]): readonly Found[] {
  const keyOf = ({ file, part, site }: Found) => `${file.path} ${part.start + site.span[0]}`;
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}
