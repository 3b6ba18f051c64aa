/**
 * What a `values.schema.json` says of one place: JSON Schema as far as an editor shows it. Whether values fit is decided by Helm's
 * own validator in the simulation.
 */

export interface ValueField {
  readonly types: readonly string[];
  readonly description?: string;
  readonly choices: readonly unknown[];
  readonly default?: unknown;
  readonly required: readonly string[];
  readonly keys: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** Definitions may refer to each other in a circle. */
const maxSteps = 20;

/** `undefined` where the schema says nothing, or something that is not understood. */
export function valueFieldAt(
  root: unknown,
  path: readonly (string | number)[],
): ValueField | undefined {
  let nodes = variantsOf(root, root, 0);
  for (const step of path) nodes = nodes.flatMap((node) => childrenOf(root, node, step));
  if (nodes.length === 0) return undefined;
  const description = nodes
    .map((node) => node["description"])
    .find((one) => typeof one === "string");
  const given = nodes.map((node) => node["default"]).find((one) => one !== undefined);
  return {
    types: texts(nodes.flatMap((node) => node["type"] ?? [])),
    ...(typeof description === "string" && { description }),
    choices: nodes.flatMap(choicesOf),
    ...(given !== undefined && { default: given }),
    required: texts(nodes.flatMap((node) => node["required"] ?? [])),
    keys: [...new Set(nodes.flatMap((node) => Object.keys(objectAt(node, "properties"))))],
  };
}

function choicesOf(node: Json): readonly unknown[] {
  if (Array.isArray(node["enum"])) return node["enum"] as readonly unknown[];
  return node["const"] === undefined ? [] : [node["const"]];
}

function childrenOf(root: unknown, node: Json, step: string | number): readonly Json[] {
  if (typeof step === "number") {
    const { items } = node;
    return variantsOf(root, Array.isArray(items) ? (items[step] as unknown) : items, 0);
  }
  const properties = objectAt(node, "properties");
  if (Object.hasOwn(properties, step)) return variantsOf(root, properties[step], 0);
  for (const [pattern, child] of Object.entries(objectAt(node, "patternProperties")))
    if (matches(pattern, step)) return variantsOf(root, child, 0);
  return variantsOf(root, node["additionalProperties"], 0);
}

/** Patterns of a chart are not trusted with long names. */
function matches(pattern: string, name: string): boolean {
  try {
    return pattern.length <= 100 && name.length <= 100 && new RegExp(pattern, "u").test(name);
  } catch {
    return false;
  }
}

/** The node with its reference followed, and everything it is combined of. */
function variantsOf(root: unknown, value: unknown, steps: number): readonly Json[] {
  if (!isObject(value) || steps > maxSteps) return [];
  const reference = value["$ref"];
  const target = typeof reference === "string" ? pointed(root, reference) : undefined;
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((key) => value[key] ?? []);
  return [value, ...[target, ...parts].flatMap((one) => variantsOf(root, one, steps + 1))];
}

/** References into other documents are not followed. */
function pointed(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let value: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function objectAt(node: Json, key: string): Json {
  const value = node[key];
  return isObject(value) ? value : {};
}

function texts(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((one) => typeof one === "string"))];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
