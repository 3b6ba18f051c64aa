/** Where a name leads: objects, variables, keys of ConfigMaps and Secrets, files and folders. */
import type {
  ClientCapabilities,
  Location,
  LocationLink,
  TextDocumentPositionParams,
} from "vscode-languageserver";

import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { dataKeys } from "./definition-data-keys.ts";
import type { Cursor } from "./definition-locations.ts";
import { cursorAt, distinctLocations, toLink, toLocation } from "./definition-locations.ts";
import { filesAt, pathsIn } from "./definition-paths.ts";
import { nameAt } from "./references-names.ts";
import { holds } from "./references-site.ts";
import { declarationsOf } from "./references-targets.ts";
import { definitionsOf, variableAt } from "./references-variables.ts";

interface Client {
  readonly client: ClientCapabilities;
}

/** In the older form for clients that know no other. */
export function definitionFor(session: Client) {
  return (
    folder: FolderModel,
    path: string,
    params: TextDocumentPositionParams,
  ): LocationLink[] | Location[] => {
    const links = definition(folder, path, params);
    if (session.client.textDocument?.definition?.linkSupport === true) return [...links];
    return links.map(({ targetUri, targetRange }) => ({ uri: targetUri, range: targetRange }));
  };
}

export function definition(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): readonly LocationLink[] {
  const cursor = cursorAt(folder, path, position);
  if (!cursor) return [];
  return (
    ofVariable(folder.root, cursor) ??
    ofName(folder.root, cursor) ??
    ofDataKey(folder.root, cursor) ??
    ofPath(folder.root, cursor) ??
    []
  );
}

type Links = readonly LocationLink[] | undefined;

function ofVariable(root: string, cursor: Cursor): Links {
  const variable = variableAt(cursor);
  if (!variable) return undefined;
  const { model, file, part } = cursor;
  const found = variable.owners.flatMap((owner) => definitionsOf(model, owner, variable.name));
  const targets = distinctLocations(found.map((one) => toLocation(root, one)));
  return targets.map((target) => toLink(root, target, { file, part, span: variable.span }));
}

function ofName(root: string, cursor: Cursor): Links {
  const site = nameAt(cursor, cursor.offset);
  if (!site) return undefined;
  const { model, file, part } = cursor;
  const found = declarationsOf({ model, file, part, site });
  const targets = distinctLocations(
    found.map((one) => toLocation(root, { ...one, span: one.site.span })),
  );
  return targets.map((target) => toLink(root, target, { file, part, span: site.span }));
}

function ofDataKey(root: string, cursor: Cursor): Links {
  const found = dataKeys(cursor);
  if (!found) return undefined;
  const { file, part } = cursor;
  const targets = distinctLocations(
    found.targets.map((one) =>
      typeof one === "string" ? startOf(root, one) : toLocation(root, one),
    ),
  );
  return targets.map((target) => toLink(root, target, { file, part, span: found.span }));
}

function ofPath(root: string, cursor: Cursor): Links {
  const { model, file, part, offset } = cursor;
  const site = pathsIn(cursor).find(({ span }) => holds(span, offset));
  if (site?.to !== "path") return undefined;
  return filesAt(model, site.path).map((target) =>
    toLink(root, startOf(root, target), { file, part, span: site.span }),
  );
}

function startOf(root: string, path: string) {
  const start = { line: 0, character: 0 };
  return { uri: toUri(root, path), range: { start, end: start } };
}
