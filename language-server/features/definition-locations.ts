/** From a place of the model to LSP locations, and from a cursor to the document it stands in. */
import type { Location, LocationLink, Position } from "vscode-languageserver";

import { embeddedAt } from "../manifest/embedded-parts.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { offsetAt, partAt, rangeOf } from "../manifest/manifest-file.ts";
import type { Span } from "../manifest/value.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";

export interface Cursor {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
  /** In the document. */
  readonly offset: number;
}

export function cursorAt(
  { model }: FolderModel,
  path: string,
  position: Position,
): Cursor | undefined {
  const file = model.manifest(path);
  if (!file) return undefined;
  const offset = offsetAt(file, position);
  const part = partAt(file, offset);
  return part && { model, file, part, offset: offset - part.start };
}

/** The same place in the innermost document of a text inside of the text. */
export function innermost(cursor: Cursor): Cursor {
  const { part, offset } = cursor;
  const inside = embeddedAt(part, part.start + offset)?.part;
  return inside ? { ...cursor, part: inside, offset: part.start + offset - inside.start } : cursor;
}

/** A span of a document of a file. */
export interface Spot {
  readonly file: ManifestFile;
  readonly part: FilePart;
  readonly span: Span;
}

export function toLocation(root: string, { file, part, span }: Spot): Location {
  return { uri: toUri(root, file.path), range: rangeOf(file, part, span) };
}

/** The link underlines `origin`. */
export function toLink(root: string, target: Location, origin: Spot): LocationLink {
  return {
    originSelectionRange: toLocation(root, origin).range,
    targetUri: target.uri,
    targetRange: target.range,
    targetSelectionRange: target.range,
  };
}

/** Each place once. */
export function distinctLocations(locations: readonly Location[]): readonly Location[] {
  return [...new Map(locations.map((one) => [JSON.stringify(one), one])).values()];
}
