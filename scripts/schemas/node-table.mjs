// The table of schema nodes of one pack: equal nodes are stored once, whichever kind, version or minor they belong to.
// A node is a schema of language-server/schema/schema.ts in which the schemas below are numbers.

const kept = [
  "type",
  "description",
  "format",
  "nullable",
  "default",
  "enum",
  "required",
  "minProperties",
  "maxProperties",
  "minItems",
  "maxItems",
  "uniqueItems",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
];
const renamed = {
  "x-kubernetes-list-type": "listType",
  "x-kubernetes-list-map-keys": "listMapKeys",
  "x-kubernetes-map-type": "mapType",
  "x-kubernetes-patch-merge-key": "patchMergeKey",
  "x-kubernetes-int-or-string": "intOrString",
  "x-kubernetes-preserve-unknown-fields": "preserveUnknown",
  "x-kubernetes-embedded-resource": "embedded",
  "x-kubernetes-validations": "rules",
};

export class NodeTable {
  nodes = [];
  #known = new Map();

  /** Adds an OpenAPI schema, whose references are numbers already; gives its number. */
  add(schema) {
    const node = this.#convert(schema);
    const text = JSON.stringify(node);
    const known = this.#known.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = this.nodes.push(node) - 1;
    this.#known.set(text, number);
    return number;
  }

  /** Keeps a number for a node that is filled in later: schemas can contain themselves. */
  reserve() {
    return this.nodes.push(undefined) - 1;
  }

  fill(number, schema) {
    this.nodes[number] = this.#convert(schema);
  }

  #convert(schema) {
    const node = {};
    for (const key of kept) {
      if (schema[key] !== undefined) {
        node[key] = schema[key];
      }
    }
    for (const [key, name] of Object.entries(renamed)) {
      if (schema[key] !== undefined && schema[key] !== false) {
        node[name] = schema[key];
      }
    }
    if (schema.properties !== undefined) {
      node.properties = Object.fromEntries(
        Object.entries(schema.properties).map(([name, one]) => [name, this.add(one)]),
      );
    }
    if (typeof schema.additionalProperties === "object") {
      node.additional = this.add(schema.additionalProperties);
    } else if (schema.additionalProperties === true) {
      node.preserveUnknown = true;
    }
    for (const key of ["items", "not"]) {
      if (schema[key] !== undefined) {
        node[key] = this.add(schema[key]);
      }
    }
    for (const key of ["allOf", "anyOf", "oneOf"]) {
      if (schema[key] !== undefined) {
        node[key] = schema[key].map((one) => this.add(one));
      }
    }
    if (schema.ref !== undefined) {
      node.ref = schema.ref;
    }
    return node;
  }
}
