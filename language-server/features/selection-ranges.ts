/** What to select next when the selection grows: text, value, field, mapping, document, file. */
import type { SelectionRange, SelectionRangeParams } from "vscode-languageserver";

import { embeddedAt } from "../manifest/embedded-parts.ts";
import type { FilePart } from "../manifest/manifest-file.ts";
import { rangeOf } from "../manifest/manifest-file.ts";
import type { Span, Value } from "../manifest/value.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import type { Cursor } from "./definition-locations.ts";
import { cursorAt } from "./definition-locations.ts";
import { bareSpan, holds } from "./references-site.ts";

export function selectionRanges(
  folder: FolderModel,
  path: string,
  { positions }: SelectionRangeParams,
): readonly SelectionRange[] {
  return positions.map((position) => {
    const cursor = cursorAt(folder, path, position);
    return cursor ? toRanges(cursor) : { range: { start: position, end: position } };
  });
}

function toRanges({ file, part, offset }: Cursor): SelectionRange {
  const { document } = part;
  const spans: Span[] = [
    [-part.start, file.text.length - part.start],
    [0, document.text.length],
  ];
  if (document.root) spans.push(...spansAround(document, document.root, offset));
  spans.push(...spansInside(part, offset));
  // Each has to lie inside of the one before; an alias may be written elsewhere.
  let parent: SelectionRange | undefined;
  let outer: Span = [-Infinity, Infinity];
  for (const span of spans) {
    const isSame = span[0] === outer[0] && span[1] === outer[1];
    if (isSame || span[0] < outer[0] || span[1] > outer[1] || !holds(span, offset)) continue;
    parent = { range: rangeOf(file, part, span), ...(parent && { parent }) };
    outer = span;
  }
  const position = rangeOf(file, part, [offset, offset]);
  return parent ?? { range: position };
}

/** In a text inside of the text. */
function spansInside(part: FilePart, offset: number): readonly Span[] {
  const inside = embeddedAt(part, part.start + offset)?.part;
  if (!inside?.document.root) return [];
  const by = inside.start - part.start;
  const spans = [...spansAround(inside.document, inside.document.root, offset - by)];
  return spans.map(([start, end]): Span => [start + by, end + by]);
}

function* spansAround(
  document: Cursor["part"]["document"],
  value: Value,
  offset: number,
): Generator<Span> {
  yield value.span;
  yield bareSpan(document, value);
  for (const { keySpan, value: child } of value.entries) {
    const whole: Span = [keySpan[0], Math.max(keySpan[1], child.span[1])];
    if (!holds(whole, offset)) continue;
    yield whole;
    if (holds(keySpan, offset)) yield keySpan;
    else yield* spansAround(document, child, offset);
    return;
  }
  for (const item of value.items) {
    if (!holds(item.span, offset)) continue;
    yield* spansAround(document, item, offset);
    return;
  }
}
