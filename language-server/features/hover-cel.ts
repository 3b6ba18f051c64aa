/** What a name in a CEL expression of Flux stands for: a field of the object, of the event or of the request. */
import type { Value } from "../manifest/value.ts";
import { celField, isCel } from "./completion-cel.ts";
import { typeText } from "./completion-keys.ts";
import { schemaOfType } from "./completion-site.ts";
import type { Cursor } from "./definition-locations.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped } from "./hover-markdown.ts";
import { holds } from "./references-site.ts";

export function hoverCel({ model, part, offset }: Cursor): HoverText | undefined {
  const { root, text, apiVersion, kind } = part.document;
  const place = root && expressionAt(root, offset);
  if (!place) return undefined;
  const type = { apiVersion, kind };
  const schema = schemaOfType(model, type);
  const subject = { type, schema, isPartial: false, isKustomization: false };
  const { path, span } = place.value;
  if (!isCel({ subject }, path)) return undefined;
  const end = offset + (/^\w*/.exec(text.slice(offset))?.[0].length ?? 0);
  // The quote of YAML is none of the expression.
  const start = span[0] + (/^["']/.test(text.slice(...span)) ? 1 : 0);
  const word = text.slice(start, end);
  const siblings = new Map(
    place.around.entries.map(({ key, value }) => [key, value.scalar ?? ""] as const),
  );
  const typing = { at: "value", path, word, start, end, lead: "", siblings } as const;
  const field = celField({ subject, model, typing }, path);
  if (!field) return undefined;
  const lines = [`**${escaped(field.name)}** · ${code(typeText(field.schema))}`];
  if (field.schema.description !== undefined) lines.push(escaped(field.schema.description));
  return { span: [end - field.name.length, end], text: lines.join("\n\n") };
}

/** The scalar at an offset, with the mapping it stands in. */
function expressionAt(
  around: Value,
  offset: number,
): { readonly value: Value; readonly around: Value } | undefined {
  const values = around.isMap ? around.entries.map(({ value }) => value) : around.items;
  const value = values.find(({ span }) => holds(span, offset));
  if (!value) return undefined;
  if (value.isMap || value.items.length > 0) return expressionAt(value, offset);
  return { value, around };
}
