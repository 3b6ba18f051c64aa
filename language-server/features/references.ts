/** Every place that names the object, or uses the variable, at the cursor. */
import type { Location, ReferenceParams } from "vscode-languageserver";

import type { FolderModel } from "../workspace/folder-model.ts";
import type { Cursor } from "./definition-locations.ts";
import { cursorAt, distinctLocations, toLocation } from "./definition-locations.ts";
import { nameAt } from "./references-names.ts";
import { sameObject } from "./references-targets.ts";
import { definitionsOf, usesIn, usesOf, variableAt } from "./references-variables.ts";

export function references(
  folder: FolderModel,
  path: string,
  { position, context }: ReferenceParams,
  signal?: AbortSignal,
): readonly Location[] {
  const cursor = cursorAt(folder, path, position);
  if (!cursor) return [];
  const withDeclaration = context.includeDeclaration;
  const found =
    ofVariable(folder.root, cursor, withDeclaration, signal) ??
    ofObject(folder.root, cursor, withDeclaration, signal);
  return distinctLocations(found);
}

function ofVariable(
  root: string,
  cursor: Cursor,
  withDeclaration: boolean,
  signal?: AbortSignal,
): readonly Location[] | undefined {
  const variable = variableAt(cursor);
  if (!variable) return undefined;
  const { model, file } = cursor;
  const { name, owners } = variable;
  const uses = owners.length > 0 ? usesOf(model, variable, signal) : usesIn(model, file.path, name);
  const declared = withDeclaration
    ? owners.flatMap((owner) => definitionsOf(model, owner, name))
    : [];
  return [...declared, ...uses].map((one) => toLocation(root, one));
}

function ofObject(
  root: string,
  { model, file, part, offset }: Cursor,
  withDeclaration: boolean,
  signal?: AbortSignal,
): readonly Location[] {
  const site = nameAt({ model, file, part }, offset);
  if (!site) return [];
  const { declarations, uses } = sameObject({ model, file, part, site }, signal);
  const found = withDeclaration ? [...declarations, ...uses] : uses;
  return found.map((one) => toLocation(root, { ...one, span: one.site.span }));
}
