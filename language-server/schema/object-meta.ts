/**
 * What every object of a custom resource has although its CRD does not say so: apiVersion, kind, and the metadata of
 * Kubernetes, of which a CRD may only narrow name and generateName.
 */
import type { KindSchema } from "./catalog.ts";
import type { Schema } from "./schema.ts";

export function withObjectMeta(kind: KindSchema, objectMeta: Schema): KindSchema {
  const { schema } = kind;
  const own = schema.properties?.["metadata"];
  const isBuiltIn = own?.properties?.["managedFields"] !== undefined;
  if (kind.scope === "file" || isBuiltIn) return kind;
  return { ...kind, schema: asObject(schema, objectMeta) };
}

/** A schema with the fields of an object added; what the schema says about them itself is kept. */
export function asObject(schema: Schema, objectMeta: Schema): Schema {
  const { metadata, ...rest } = schema.properties ?? {};
  const { name, generateName } = metadata?.properties ?? {};
  const all = objectMeta.properties ?? {};
  const narrowed = {
    ...all,
    ...(name === undefined ? {} : { name: { ...all["name"], ...name } }),
    ...(generateName === undefined
      ? {}
      : { generateName: { ...all["generateName"], ...generateName } }),
  };
  return {
    ...schema,
    type: "object",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      ...rest,
      metadata: { ...objectMeta, ...restOf(metadata), properties: narrowed },
    },
  };
}

/** Rules and the like that a CRD puts on metadata itself. */
function restOf(metadata: Schema | undefined): Schema {
  if (metadata === undefined) return {};
  const { properties: _, preserveUnknown: __, ...rest } = metadata;
  return rest;
}
