/**
 * Fills in what the API server fills in before it evaluates rules: nulls that may not be null are dropped, defaults set
 * (`k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting`). The value given is left alone.
 */
import { fieldOf } from "./navigate.ts";
import type { Schema } from "./schema.ts";

type Plain = Readonly<Record<string, unknown>>;

export function withDefaults(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return value.map((item: unknown) => withDefaults(orDefault(item, items), items));
  }
  if (!isPlain(value)) return value;
  const filled: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    const below = fieldOf(schema, name);
    const given = below === undefined ? one : orDefault(one, below);
    if (given !== undefined)
      filled[name] = below === undefined ? given : withDefaults(given, below);
  }
  for (const [name, below] of Object.entries(schema.properties ?? {})) {
    if (below.default === undefined || Object.hasOwn(filled, name)) continue;
    filled[name] = withDefaults(below.default, below);
  }
  return filled;
}

/** A null that may not be one is the default, or nothing. */
function orDefault(value: unknown, schema: Schema): unknown {
  return value === null && schema.nullable !== true ? schema.default : value;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
