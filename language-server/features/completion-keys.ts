/** Keys of a mapping by its schema: required ones first, with a skeleton of what is required inside, and since when they exist. */
import type { FieldLife, TypeName } from "../schema/catalog.ts";
import { schemaPathOf } from "../schema/navigate.ts";
import type { Schema } from "../schema/schema.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { schemaOfPath } from "./completion-site.ts";

type Entry = Extract<CompletionSite["typing"], { readonly at: "entry" }>;

export function keySuggestions(site: CompletionSite, typing: Entry): readonly Suggestion[] {
  const { schema, type, path } = schemaOfPath(site, typing.path);
  if (!schema?.properties) return [];
  const { catalog } = site.model;
  const root = site.subject.schema;
  const lifeOf = (name: string): FieldLife | undefined =>
    type && root && catalog?.fieldLife(type, schemaPathOf(root, [...path, name]));
  const required = new Set(site.subject.isPartial ? [] : schema.required);
  return Object.entries(schema.properties).flatMap(([name, field]): readonly Suggestion[] => {
    if (typing.siblings.has(name) || (name === "status" && path.length === 0)) return [];
    const life = lifeOf(name);
    const isRequired = required.has(name) || (path.length === 0 && topLevel.has(name));
    return [
      {
        label: name,
        ...insertion(name, field, typing, site.subject.isPartial),
        detail: [typeText(field), isRequired ? "required" : ""].filter(Boolean).join(", "),
        documentation: documentationOf(field, life, type),
        kind: "field",
        rank: isRequired ? 0 : rankOf(name, life, field),
        ...(isDeprecated(field, life) && { deprecated: true }),
      },
    ];
  });
}

const topLevel = new Set(["apiVersion", "kind", "metadata", "spec"]);

function rankOf(name: string, life: FieldLife | undefined, field: Schema): number {
  if (isDeprecated(field, life)) return 9;
  return name === "name" || name === "namespace" ? 1 : 2;
}

function isDeprecated({ description }: Schema, life: FieldLife | undefined): boolean {
  return life?.until !== undefined || /^deprecated\b|\bdeprecated:/i.test(description ?? "");
}

function insertion(
  name: string,
  field: Schema,
  { hasColon, deeper, style }: Entry,
  isPartial: boolean,
): Pick<Suggestion, "insert" | "snippet"> {
  if (hasColon) return { insert: name };
  if (style === "flow") return { insert: `${name}: ` };
  const holes = new Holes();
  return { snippet: skeleton(name, field, { indent: deeper, holes, depth: isPartial ? 3 : 0 }) };
}

/** Counts the places where a person types on. */
export class Holes {
  #count = 0;

  next(choices: readonly string[] = []): string {
    this.#count++;
    if (choices.length < 2)
      return `\${${this.#count}${choices[0] ? `:${escaped(choices[0])}` : ""}}`;
    return `\${${this.#count}|${choices.map((one) => escaped(one).replaceAll(/[,|]/g, "\\$&")).join(",")}|}`;
  }
}

/** `$` and `}` mean something in a snippet. */
function escaped(text: string): string {
  return text.replaceAll(/[\\$}]/g, "\\$&");
}

interface Drawn {
  readonly indent: number;
  readonly holes: Holes;
  /** Levels already drawn; below the third nothing is written out. */
  readonly depth: number;
  /** Fields that are written although they are not required, and what stands in for a value: by the way to them. */
  readonly wishes?: ReadonlyMap<string, string>;
  readonly way?: string;
}

/** A key with what is required inside of it. Continued lines are indented relative to the line it is put in. */
export function skeleton(name: string, schema: Schema, drawn: Drawn): string {
  const { indent, holes, depth } = drawn;
  const inner = below(drawn, name);
  const pad = " ".repeat(indent + 2);
  const { type } = schema;
  switch (type) {
    case "object": {
      const fields = depth < 3 ? fieldsOf(schema, inner) : [];
      if (fields.length === 0) return `${name}:\n${pad}${holes.next()}`;
      const lines = fields.map(([key, field]) => `${pad}${skeleton(key, field, inner)}`);
      return `${name}:\n${lines.join("\n")}`;
    }
    case "array":
      return `${name}:\n${pad}- ${itemSkeleton(schema.items, inner)}`;
    case "boolean":
      return `${name}: ${holes.next(schema.default === true ? ["false", "true"] : ["true", "false"])}`;
    case "string":
    case "integer":
    case "number":
    case undefined:
      break;
  }
  const wish = drawn.wishes?.get(inner.way);
  const others = choicesOf(schema).filter((one) => one !== wish);
  return `${name}: ${holes.next(wish ? [wish, ...others] : others)}`;
}

function below(drawn: Drawn, name: string): Drawn & { readonly way: string } {
  const way = drawn.way === undefined ? name : `${drawn.way}.${name}`;
  return { ...drawn, indent: drawn.indent + 2, depth: drawn.depth + 1, way };
}

/** What stands behind the dash of a new element. */
export function itemSkeleton(items: Schema | undefined, drawn: Drawn): string {
  if (items?.type !== "object") return drawn.holes.next(items ? choicesOf(items) : []);
  const fields = drawn.depth < 3 ? fieldsOf(items, drawn) : [];
  if (fields.length === 0) return drawn.holes.next();
  const inner = below(drawn, "[]");
  return fields
    .map(([key, field]) => skeleton(key, field, inner))
    .join(`\n${" ".repeat(drawn.indent + 2)}`);
}

/** Required fields, and those that are wished for, in the order of the schema. */
function fieldsOf(
  { properties = {}, required = [] }: Schema,
  { wishes, way }: Drawn,
): readonly [string, Schema][] {
  const wished = [...(wishes?.keys() ?? [])].flatMap((path) => {
    const start = way === undefined ? "" : `${way}.`;
    return path.startsWith(start) ? [path.slice(start.length).split(".")[0] ?? ""] : [];
  });
  const names = new Set([...wished, ...required]);
  return [...names].flatMap((key) => (properties[key] ? [[key, properties[key]]] : []));
}

export function choicesOf({ enum: values, default: value }: Schema): readonly string[] {
  const texts = (values ?? []).filter((one) => one !== null && one !== "").map(scalarText);
  const chosen = value === undefined || typeof value === "object" ? undefined : scalarText(value);
  if (chosen === undefined) return texts;
  return [chosen, ...texts.filter((one) => one !== chosen)];
}

export function scalarText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function typeText({
  type,
  items,
  enum: values,
  format,
  additional,
  intOrString,
}: Schema): string {
  if (intOrString === true) return "integer or string";
  if (values !== undefined) return values.map(scalarText).join(" | ");
  if (type === "array") return `list of ${items ? typeText(items) : "anything"}`;
  if (type === "object" && additional) return `map of ${typeText(additional)}`;
  return format === undefined ? (type ?? "anything") : `${type ?? "anything"} (${format})`;
}

function documentationOf(
  { description, default: value, pattern }: Schema,
  life: FieldLife | undefined,
  type: TypeName | undefined,
): string {
  const product = type?.apiVersion.includes("fluxcd.io") === true ? "Flux " : "";
  return [
    description,
    value === undefined ? undefined : `Default: \`${JSON.stringify(value)}\``,
    pattern === undefined ? undefined : `Pattern: \`${pattern}\``,
    life?.since === undefined ? undefined : `Since ${productOf(product, life.since)}`,
    life?.until === undefined ? undefined : `Gone in ${productOf(product, life.until)}`,
  ]
    .filter((line) => line !== undefined && line !== "")
    .join("\n\n");
}

function productOf(product: string, version: string): string {
  return /^\d/.test(version) ? `${product}${version}` : version;
}
