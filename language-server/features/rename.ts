/** Gives a Flux object, a ConfigMap or a Secret another name, in every file that names it. */
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
import type { Cursor } from "./definition-locations.ts";
import { cursorAt } from "./definition-locations.ts";
import { nameAt } from "./references-names.ts";
import { holds, namespacesOfSite } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { sameObject } from "./references-targets.ts";

export function prepareRename(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): PrepareRenameResult | null {
  const cursor = cursorAt(folder, path, position);
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
  const subject = cursor && subjectAt(cursor);
  if (!subject || !isObjectName(newName)) return null;
  const { declarations, uses } = sameObject(subject, signal);
  const places = distinctPlaces([...declarations, ...uses]);
  const kind = declarations[0]?.site.kinds[0] ?? subject.site.kinds[0] ?? "";
  const edits = new Map<string, TextDocumentEdit>();
  for (const place of places) {
    const { file, part, site } = place;
    const uri = toUri(folder.root, file.path);
    const edit = edits.get(uri) ?? { textDocument: { uri, version: null }, edits: [] };
    const annotationId = isSure(place, subject) ? "sure" : "check";
    edit.edits.push({ range: rangeOf(file, part, site.span), newText: newName, annotationId });
    edits.set(uri, edit);
  }
  return {
    documentChanges: [...edits.values()],
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
