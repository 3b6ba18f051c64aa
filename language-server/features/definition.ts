/** Where a name leads: objects, variables, keys of ConfigMaps and Secrets, files and folders. */
import type {
  ClientCapabilities,
  Location,
  LocationLink,
  TextDocumentPositionParams,
} from "vscode-languageserver";

import { chartValuesOf } from "../model/chart-values.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { pathInValues } from "./chart-value.ts";
import { dataKeys } from "./definition-data-keys.ts";
import type { Cursor } from "./definition-locations.ts";
import {
  cursorAt,
  distinctLocations,
  innermost,
  toLink,
  toLocation,
} from "./definition-locations.ts";
import { filesAt, pathsIn } from "./definition-paths.ts";
import { fieldAt } from "./hover-field.ts";
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
  const inner = innermost(cursor);
  return (
    ofVariable(folder.root, cursor) ??
    ofName(folder.root, cursor) ??
    ofDataKey(folder.root, inner) ??
    ofPath(folder.root, inner) ??
    ofChartValue(folder.root, inner) ??
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

/** The default, where the chart lies in this repository. */
function ofChartValue(root: string, { model, file, part, offset }: Cursor): Links {
  const field = part.document.root && fieldAt(part.document.root, offset);
  const inside = field && pathInValues(field.path);
  if (!field || !inside || inside.length === 0) return undefined;
  const chart = chartValuesOf(model, file.path, part.document);
  const value = chart?.root?.at(...inside);
  const at = chart?.file?.parts.find(({ document }) => document.root === chart.root);
  if (!chart?.file || !at || !value) return undefined;
  const span = value.keySpan ?? value.span;
  const target = toLocation(root, { file: chart.file, part: at, span });
  return [toLink(root, target, { file, part, span: field.span })];
}

function startOf(root: string, path: string) {
  const start = { line: 0, character: 0 };
  return { uri: toUri(root, path), range: { start, end: start } };
}
