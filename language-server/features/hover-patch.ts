/** Fields that an inline patch changes, where only the target beside it says of which kind: merge patches and JSON6902 operations. */
import { isSeq } from "yaml";

import { embeddedAt } from "../manifest/embedded-parts.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { Value } from "../manifest/value.ts";
import type { Cursor } from "./definition-locations.ts";
import { innermost } from "./definition-locations.ts";
import { kindOfTarget, readTarget } from "./embedded-target.ts";
import { fieldAt, fieldText } from "./hover-field.ts";
import type { HoverText } from "./hover-markdown.ts";
import { holds } from "./references-site.ts";

/** The offsets are those of the innermost document, as of `innermost`. */
export function hoverPatch(cursor: Cursor): HoverText | undefined {
  const { model, part } = cursor;
  const inside = embeddedAt(part, part.start + cursor.offset);
  if (inside?.block.language !== "patch") return undefined;
  const { document } = inside.part;
  const { offset } = innermost(cursor);
  const kind = document.kind === "" && kindOfTarget(model, readTarget(inside.block.target));
  if (!kind) return undefined;
  const field = document.root ? fieldAt(document.root, offset) : pointerAt(document, offset);
  const text = field && fieldText(model, kind, field.path);
  return text === undefined ? undefined : { span: field?.span ?? [offset, offset], text };
}

/** `path` or `from` of an operation, as the way to a field. Source: RFC 6901, section 4. */
function pointerAt({ yaml }: ManifestDocument, offset: number): ReturnType<typeof fieldAt> {
  if (!yaml || !isSeq(yaml.contents)) return undefined;
  const { items } = new Value(yaml, yaml.contents, [], undefined);
  const values = items.flatMap((item) => [item.get("path") ?? [], item.get("from") ?? []].flat());
  const found = values.find(({ span }) => holds(span, offset));
  const pointer = found?.text;
  if (!found || pointer?.startsWith("/") !== true) return undefined;
  const path = pointer
    .slice(1)
    .split("/")
    .map((step) =>
      /^(?:\d+|-)$/.test(step)
        ? Number(step.replace("-", "0"))
        : step.replaceAll("~1", "/").replaceAll("~0", "~"),
    );
  return { path, span: found.span };
}
