/** Reads CustomResourceDefinitions found in a workspace or a cluster. What is not structural is taken as far as it goes. */
import type {
  KindSchema,
  KindSummary,
  Provenance,
  Scope,
  SchemaSource,
  TypeName,
} from "./catalog.ts";
import type { CelRule, Schema } from "./schema.ts";

type Plain = Readonly<Record<string, unknown>>;

/** The served versions of a CRD; nothing when the object is none. Never throws. */
export function readCrd(object: unknown, provenance: Provenance): readonly KindSchema[] {
  if (!isPlain(object) || object["kind"] !== "CustomResourceDefinition") return [];
  const spec = object["spec"];
  if (!isPlain(spec) || !isPlain(spec["names"]) || !Array.isArray(spec["versions"])) return [];
  const { kind, plural } = spec["names"];
  const group = spec["group"];
  if (typeof kind !== "string" || typeof group !== "string") return [];
  const scope: Scope = spec["scope"] === "Cluster" ? "cluster" : "namespaced";
  return (spec["versions"] as readonly unknown[]).flatMap((version) => {
    if (!isPlain(version) || typeof version["name"] !== "string" || version["served"] === false)
      return [];
    const { name, deprecationWarning } = version;
    const below = isPlain(version["schema"]) ? version["schema"]["openAPIV3Schema"] : undefined;
    const apiVersion = `${group}/${name}`;
    const words =
      typeof deprecationWarning === "string"
        ? deprecationWarning
        : `${apiVersion} ${kind} is deprecated`;
    return [
      {
        apiVersion,
        kind,
        group,
        version: name,
        plural: typeof plural === "string" ? plural : "",
        scope,
        schema: toSchema(below, 0),
        provenance,
        complete: isPlain(below),
        ...(version["deprecated"] === true ? { deprecation: words } : {}),
      },
    ];
  });
}

/** The first schema of a kind wins. */
export function crdSource(kinds: readonly KindSchema[]): SchemaSource {
  const found = new Map<string, KindSchema>();
  for (const kind of kinds) {
    const key = `${kind.apiVersion} ${kind.kind}`;
    if (!found.has(key)) found.set(key, kind);
  }
  const summaries = [...found.values()].map(summary);
  return {
    find: ({ apiVersion, kind }: TypeName) => found.get(`${apiVersion} ${kind}`),
    kinds: () => summaries,
  };
}

function summary(kind: KindSchema): KindSummary {
  const { apiVersion, group, version, plural, scope } = kind;
  const deprecated = kind.deprecation !== undefined;
  return { apiVersion, kind: kind.kind, group, version, plural, scope, deprecated };
}

const maxDepth = 64;
const types = new Set(["object", "array", "string", "integer", "number", "boolean"]);
const numbers = [
  "minProperties",
  "maxProperties",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "multipleOf",
] as const;
const flags = ["nullable", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum"] as const;
const texts = ["description", "format", "pattern"] as const;
const extensions = {
  "x-kubernetes-int-or-string": "intOrString",
  "x-kubernetes-preserve-unknown-fields": "preserveUnknown",
  "x-kubernetes-embedded-resource": "embedded",
} as const;

/** Takes only what has the right type: a CRD in a workspace is a text that somebody may be writing. */
function toSchema(value: unknown, depth = 0): Schema {
  if (!isPlain(value) || depth > maxDepth) return { preserveUnknown: true };
  const schema: Record<string, unknown> = {};
  const type = value["type"];
  if (typeof type === "string" && types.has(type)) schema["type"] = type;
  for (const key of texts) if (typeof value[key] === "string") schema[key] = value[key];
  for (const key of numbers) if (typeof value[key] === "number") schema[key] = value[key];
  for (const key of flags) if (value[key] === true) schema[key] = true;
  for (const [key, name] of Object.entries(extensions))
    if (value[key] === true) schema[name] = true;
  if (value["default"] !== undefined) schema["default"] = value["default"];
  if (Array.isArray(value["enum"])) schema["enum"] = value["enum"];
  if (Array.isArray(value["required"])) schema["required"] = value["required"].filter(isText);
  readLists(value, schema);
  readBelow(value, schema, depth);
  return schema;
}

function readLists(value: Plain, schema: Record<string, unknown>): void {
  const listType = value["x-kubernetes-list-type"];
  if (listType === "atomic" || listType === "set" || listType === "map")
    schema["listType"] = listType;
  const keys = value["x-kubernetes-list-map-keys"];
  if (Array.isArray(keys)) schema["listMapKeys"] = keys.filter(isText);
  const mapType = value["x-kubernetes-map-type"];
  if (mapType === "atomic" || mapType === "granular") schema["mapType"] = mapType;
  const rules = value["x-kubernetes-validations"];
  if (Array.isArray(rules)) schema["rules"] = rules.filter(isRule);
}

function readBelow(value: Plain, schema: Record<string, unknown>, depth: number): void {
  const { properties, additionalProperties, items, not } = value;
  if (isPlain(properties)) {
    schema["properties"] = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, toSchema(one, depth + 1)]),
    );
  }
  if (isPlain(additionalProperties)) {
    schema["additional"] = toSchema(additionalProperties, depth + 1);
  } else if (additionalProperties === true) {
    schema["preserveUnknown"] = true;
  }
  if (isPlain(items)) schema["items"] = toSchema(items, depth + 1);
  if (isPlain(not)) schema["not"] = toSchema(not, depth + 1);
  for (const key of ["allOf", "anyOf", "oneOf"] as const) {
    const list = value[key];
    if (Array.isArray(list)) schema[key] = list.map((one) => toSchema(one, depth + 1));
  }
}

function isRule(value: unknown): value is CelRule {
  return isPlain(value) && typeof value["rule"] === "string";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
