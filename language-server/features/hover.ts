/** What is known of the thing under the cursor: a variable's value, the object a name leads to, or what a field means. */
import type { Hover, TextDocumentPositionParams } from "vscode-languageserver";

import { rangeOf } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { cursorAt } from "./definition-locations.ts";
import { hoverField } from "./hover-field.ts";
import { hoverName } from "./hover-name.ts";
import { hoverPath } from "./hover-path.ts";
import { hoverVariable } from "./hover-variable.ts";

export function hover(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): Hover | null {
  const cursor = cursorAt(folder, path, position);
  if (!cursor) return null;
  const found =
    hoverVariable(folder.root, cursor) ??
    hoverName(folder.root, cursor) ??
    hoverPath(folder.root, cursor) ??
    hoverField(cursor);
  return found
    ? {
        contents: { kind: "markdown", value: found.text },
        range: rangeOf(cursor.file, cursor.part, found.span),
      }
    : null;
}
