/** What a field means: the words of its schema, since and until when it exists, and where the schema comes from. */
import type { Span, Value } from "../manifest/value.ts";
import { roleOf } from "../model/role.ts";
import { schemaOf } from "../model/schema-findings.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { FieldLife, KindSchema } from "../schema/catalog.ts";
import { schemaAt, schemaPathOf } from "../schema/navigate.ts";
import { describeProvenance } from "../schema/provenance.ts";
import type { Schema } from "../schema/schema.ts";
import type { Cursor } from "./definition-locations.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped } from "./hover-markdown.ts";
import { holds } from "./references-site.ts";

export function hoverField(cursor: Cursor): HoverText | undefined {
  const { model, file, part, offset } = cursor;
  const { document } = part;
  const { root } = document;
  const role = roleOf(document, { path: file.path, graph: model.graph });
  if (!root || role === "template" || role === "other") return undefined;
  const kind = schemaOf({ document, role, model });
  const field = fieldAt(root, offset);
  if (!kind || !field) return undefined;
  const isAboutKind =
    field.path.length === 1 && (field.path[0] === "kind" || field.path[0] === "apiVersion");
  const text = isAboutKind ? kindText(kind) : fieldText(model, kind, field.path);
  return text === undefined ? undefined : { span: field.span, text };
}

export interface Field {
  readonly path: readonly (string | number)[];
  readonly span: Span;
}

/** The innermost field whose key, or whose plain value, is under the offset. */
export function fieldAt(value: Value, offset: number): Field | undefined {
  for (const { keySpan, value: child } of value.entries) {
    if (holds(keySpan, offset)) return { path: child.path, span: keySpan };
    if (!holds(child.span, offset)) continue;
    return child.isMap || child.items.length > 0
      ? fieldAt(child, offset)
      : { path: child.path, span: child.span };
  }
  for (const item of value.items) {
    if (!holds(item.span, offset)) continue;
    return item.isMap || item.items.length > 0
      ? fieldAt(item, offset)
      : { path: item.path, span: item.span };
  }
  return undefined;
}

function kindText(kind: KindSchema): string | undefined {
  return [
    `**${escaped(kind.kind)}** \`${kind.apiVersion}\``,
    ...(kind.deprecation === undefined ? [] : [escaped(kind.deprecation)]),
    ...(kind.schema.description === undefined ? [] : [described(kind.schema.description)]),
    source(kind),
  ].join("\n\n");
}

export function fieldText(
  { catalog }: WorkspaceModel,
  kind: KindSchema,
  path: readonly (string | number)[],
): string | undefined {
  const schema = schemaAt(kind.schema, path);
  if (!schema) return undefined;
  const places = schemaPathOf(kind.schema, path);
  const isRequired = requires(kind.schema, path);
  const name = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  const head = [
    `**${escaped(name.replace(/^\./, ""))}**`,
    typeOf(schema),
    isRequired ? "required" : "",
  ];
  return [
    head.filter((one) => one !== "").join(" · "),
    ...lifeText(catalog?.fieldLife(kind, places)),
    ...(schema.description === undefined ? [] : [described(schema.description)]),
    ...limits(schema),
    source(kind),
  ].join("\n\n");
}

function requires(root: Schema, path: readonly (string | number)[]): boolean {
  const last = path.at(-1);
  if (typeof last !== "string") return false;
  return schemaAt(root, path.slice(0, -1))?.required?.includes(last) === true;
}

function typeOf({ type, format, items, intOrString }: Schema): string {
  if (intOrString === true) return "integer or string";
  if (type === "array") return `list of ${items?.type ?? "anything"}`;
  return format === undefined ? (type ?? "anything") : `${type ?? "anything"} (${format})`;
}

function lifeText(life: FieldLife | undefined): readonly string[] {
  if (life === undefined) return [];
  const words = [
    ...(life.since === undefined ? [] : [`since ${escaped(life.since)}`]),
    ...(life.until === undefined ? [] : [`gone in ${escaped(life.until)}`]),
  ];
  return words.length === 0 ? [] : [`_${words.join(", ")}_`];
}

const maxValues = 20;

function limits({ enum: values, default: given, pattern, minimum, maximum }: Schema) {
  const shown = values?.slice(0, maxValues).map(written);
  return [
    ...(shown
      ? [`One of ${shown.join(", ")}${values && values.length > maxValues ? ", …" : ""}.`]
      : []),
    ...(given === undefined ? [] : [`Default: ${written(given)}.`]),
    ...(pattern === undefined ? [] : [`Pattern: ${code(pattern)}.`]),
    ...(minimum === undefined ? [] : [`At least ${minimum}.`]),
    ...(maximum === undefined ? [] : [`At most ${maximum}.`]),
  ];
}

function written(value: unknown): string {
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

/** Descriptions are prose of upstream with line breaks where a Go comment had them. */
function described(text: string): string {
  return escaped(text).replaceAll(/\n(?!\n)/g, "  \n");
}

function source({ provenance, kind, version }: KindSchema): string {
  return `Schema of ${escaped(kind)} ${version}: ${escaped(describeProvenance(provenance))}`;
}
