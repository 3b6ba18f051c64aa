/** What is known of the thing under the cursor: a variable's value, the object a name leads to, or what a field means. */
import type { Hover, TextDocumentPositionParams } from "vscode-languageserver";

import { rangeOf } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import type { Cursor } from "./definition-locations.ts";
import { cursorAt, innermost } from "./definition-locations.ts";
import { hoverCel } from "./hover-cel.ts";
import { hoverChartValue } from "./hover-chart-value.ts";
import { hoverField } from "./hover-field.ts";
import type { HoverText } from "./hover-markdown.ts";
import { hoverName } from "./hover-name.ts";
import { hoverPatch } from "./hover-patch.ts";
import { hoverPath } from "./hover-path.ts";
import { hoverVariable } from "./hover-variable.ts";

export function hover(
  folder: FolderModel,
  path: string,
  { position }: TextDocumentPositionParams,
): Hover | null {
  const cursor = cursorAt(folder, path, position);
  if (!cursor) return null;
  const { root } = folder;
  const inner = innermost(cursor);
  return (
    shown(cursor, hoverVariable(root, cursor) ?? hoverName(root, cursor)) ??
    shown(inner, hoverInside(root, cursor, inner))
  );
}

/** What is asked of the innermost document: a text inside of the text, when the cursor stands in one. */
function hoverInside(root: string, cursor: Cursor, inner: Cursor): HoverText | undefined {
  return (
    hoverPath(root, inner) ??
    hoverCel(inner) ??
    hoverChartValue(cursor) ??
    hoverField(inner) ??
    hoverPatch(cursor)
  );
}

function shown({ file, part }: Cursor, found: HoverText | undefined): Hover | null {
  if (!found) return null;
  const contents = { kind: "markdown", value: found.text } as const;
  return { contents, range: rangeOf(file, part, found.span) };
}
