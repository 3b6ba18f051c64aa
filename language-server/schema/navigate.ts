/** Finds the schema of a place in a document. */
import type { SchemaPath } from "./catalog.ts";
import type { Schema } from "./schema.ts";

/** The schema at keys and indexes from the root; `undefined` where the schema knows nothing. */
export function schemaAt(root: Schema, path: readonly (string | number)[]): Schema | undefined {
  let schema: Schema | undefined = root;
  for (const step of path) {
    if (schema === undefined) return undefined;
    schema = typeof step === "number" ? schema.items : fieldOf(schema, step);
  }
  return schema;
}

/** The schema of a field: a declared one, or that of free keys. */
export function fieldOf(schema: Schema, name: string): Schema | undefined {
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, name)
    ? properties[name]
    : schema.additional;
}

/** The same place in terms of the schema: `[]` for an index, `*` for a free key. */
export function schemaPathOf(root: Schema, path: readonly (string | number)[]): SchemaPath {
  let schema: Schema | undefined = root;
  return path.map((step) => {
    const above: Schema | undefined = schema;
    if (typeof step === "number") {
      schema = above?.items;
      return "[]";
    }
    schema = above === undefined ? undefined : fieldOf(above, step);
    const isDeclared = above?.properties !== undefined && Object.hasOwn(above.properties, step);
    return isDeclared || above?.additional === undefined ? step : "*";
  });
}

/** The schema at a place in terms of the schema. */
export function schemaAtPath(root: Schema, path: SchemaPath): Schema | undefined {
  let schema: Schema | undefined = root;
  for (const step of path) {
    if (schema === undefined) return undefined;
    if (step === "[]") schema = schema.items;
    else if (step === "*") schema = schema.additional;
    else schema = fieldOf(schema, step);
  }
  return schema;
}
