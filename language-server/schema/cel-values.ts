/**
 * Values as CEL sees them in the API server: integers, times and bytes by the schema and not by their looks, and only the
 * fields that the schema declares (`k8s.io/apiserver/pkg/cel/common/values.go`, `schemas.go`).
 */
import type { Schema } from "./schema.ts";
import { unknownValue } from "./plain.ts";

export interface CelConversion {
  /** Makes a CEL duration; the library keeps its class for itself. */
  readonly duration: (text: string) => unknown;
}

/** `isRoot`: an object, of whose metadata rules see the name only. */
export function toCel(
  value: unknown,
  schema: Schema,
  use: CelConversion,
  isRoot: boolean,
): unknown {
  // Rules that would look at it are not evaluated; it only has to be there.
  if (value === unknownValue) return "";
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return numberOf(value, schema);
  if (typeof value === "string") return textOf(value, schema, use);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = schema.items ?? {};
    return value.map((item: unknown) => toCel(item, items, use, false));
  }
  const object = value as Readonly<Record<string, unknown>>;
  return schema.additional === undefined
    ? fieldsOf(object, schema, use, isRoot || schema.embedded === true)
    : mapOf(object, schema.additional, use);
}

function numberOf(value: number, schema: Schema): unknown {
  const isWhole = Number.isInteger(value);
  return isWhole && schema.type !== "number" ? BigInt(value) : value;
}

function textOf(value: string, schema: Schema, use: CelConversion): unknown {
  switch (schema.format ?? "") {
    case "date":
    case "date-time":
      return new Date(value);
    case "duration":
      return use.duration(value);
    case "byte":
      return Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
    default:
      return value;
  }
}

function fieldsOf(
  object: Readonly<Record<string, unknown>>,
  schema: Schema,
  use: CelConversion,
  isObject: boolean,
): unknown {
  const properties = schema.properties ?? {};
  const fields = Object.entries(object).flatMap(([name, one]) => {
    const below = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isObject && name === "metadata") return [[name, metadataOf(one)] as const];
    return below === undefined ? [] : [[escaped(name), toCel(one, below, use, false)] as const];
  });
  return Object.fromEntries(fields);
}

function metadataOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return {};
  const fields = Object.entries(value).filter(
    ([name]) => name === "name" || name === "generateName",
  );
  return Object.fromEntries(fields.filter(([, one]) => typeof one === "string"));
}

function mapOf(
  object: Readonly<Record<string, unknown>>,
  schema: Schema,
  use: CelConversion,
): unknown {
  return new Map(Object.entries(object).map(([key, one]) => [key, toCel(one, schema, use, false)]));
}

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

/** Names that are no identifiers in CEL (`k8s.io/apiserver/pkg/cel/escaping.go`). */
function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name.replace(/__|[.\-/]/g, (part) => {
    switch (part) {
      case "__":
        return "__underscores__";
      case ".":
        return "__dot__";
      case "-":
        return "__dash__";
      default:
        return "__slash__";
    }
  });
}
