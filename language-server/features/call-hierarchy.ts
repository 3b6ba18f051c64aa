/** Who waits for whom and who takes from where: `dependsOn` and sources, read as calls. */
import type {
  CallHierarchyIncomingCall,
  CallHierarchyIncomingCallsParams,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CallHierarchyOutgoingCallsParams,
  TextDocumentPositionParams,
} from "vscode-languageserver";

import { rangeOf } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { cursorAt } from "./definition-locations.ts";
import { symbolKind, symbolName } from "./document-symbols.ts";
import { nameAt, namesIn } from "./references-names.ts";
import type { NameSite, Place } from "./references-site.ts";
import { namespacesOfSite } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { declarationsOf, sameObject } from "./references-targets.ts";

export function prepareCallHierarchy(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): readonly CallHierarchyItem[] {
  const cursor = cursorAt(folder, path, position);
  if (!cursor) return [];
  const site = nameAt(cursor, cursor.offset) ?? ownSite(cursor);
  if (!site) return [];
  const { model, file, part } = cursor;
  return declarationsOf({ model, file, part, site }).map((one) => toItem(folder.root, one));
}

export function outgoingCalls(
  folder: FolderModel,
  path: string,
  { item }: CallHierarchyOutgoingCallsParams,
): readonly CallHierarchyOutgoingCall[] {
  const cursor = cursorAt(folder, path, item.selectionRange.start);
  if (!cursor) return [];
  const { model, file, part } = cursor;
  return namesIn(cursor)
    .filter(isEdge)
    .flatMap((site) =>
      declarationsOf({ model, file, part, site }).map((target) => ({
        to: toItem(folder.root, target),
        fromRanges: [rangeOf(file, part, site.span)],
      })),
    );
}

export function incomingCalls(
  folder: FolderModel,
  path: string,
  { item }: CallHierarchyIncomingCallsParams,
  signal?: AbortSignal,
): readonly CallHierarchyIncomingCall[] {
  const cursor = cursorAt(folder, path, item.selectionRange.start);
  const site = cursor && ownSite(cursor);
  if (!cursor || !site) return [];
  const { model, file, part } = cursor;
  return sameObject({ model, file, part, site }, signal)
    .uses.filter((one) => isEdge(one.site))
    .flatMap((one) => {
      const own = ownSite(one);
      return own
        ? [
            {
              from: toItem(folder.root, { ...one, site: own }),
              fromRanges: [rangeOf(one.file, one.part, one.site.span)],
            },
          ]
        : [];
    });
}

function isEdge({ role, use }: NameSite): boolean {
  return role === "reference" && (use === "source" || use === "wait");
}

/** The object that the document is. */
function ownSite(place: Place): NameSite | undefined {
  return namesIn(place).find(
    ({ role, field }) => role !== "reference" && field === "metadata.name",
  );
}

function toItem(root: string, found: Found): CallHierarchyItem {
  const { file, part, site } = found;
  const kind = site.kinds[0] ?? "";
  const namespace = namespacesOfSite(found, site)?.[0] ?? "";
  return {
    name: symbolName({ kind, namespace, name: site.name }),
    kind: symbolKind(kind),
    detail: file.path,
    uri: toUri(root, file.path),
    range: rangeOf(file, part, part.document.root?.span ?? site.span),
    selectionRange: rangeOf(file, part, site.span),
  };
}
