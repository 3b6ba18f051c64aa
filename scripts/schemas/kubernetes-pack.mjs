// The pack of Kubernetes itself: the newest OpenAPI documents, with the allowed values that only the generated Go code
// still has, and for each API the minors in which it was introduced, deprecated and removed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { sorted } from "./crd-pack.mjs";
import { NodeTable } from "./node-table.mjs";

export function packKubernetes(folder, version, lifecycle) {
  const definitions = readDefinitions(join(folder, "api", "openapi-spec", "v3"));
  addEnums(
    definitions,
    readFileSync(join(folder, "pkg", "generated", "openapi", "zz_generated.openapi.go"), "utf8"),
  );
  const table = new NodeTable();
  const numbers = new Map(
    [...definitions.keys()].sort(byText).map((name) => [name, table.reserve()]),
  );
  for (const [name, number] of numbers) {
    table.fill(number, convert(name, definitions.get(name), numbers));
  }
  const minor = version.replace(/^v(\d+\.\d+)\..*$/, "$1");
  const kinds = new Map();
  for (const row of readDiscovery(join(folder, "api", "discovery", "aggregated_v2.json"))) {
    kinds.set(keyOf(row), row);
  }
  for (const [name, { "x-kubernetes-group-version-kind": named }] of definitions) {
    if (named?.length === 1 && kinds.has(keyOf(named[0]))) {
      kinds.get(keyOf(named[0])).roots = { [minor]: numbers.get(name) };
    }
  }
  addLists(kinds, definitions, (name) => ({ [minor]: numbers.get(name) }));
  addLifecycle(kinds, lifecycle);
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const list = table.add({
    type: "object",
    description: "Several objects of any kind in one document.",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: anything,
      items: { type: "array", items: anything },
    },
  });
  const listRow = { group: "", version: "v1", kind: "List", plural: "", scope: "file", list: true };
  kinds.set(keyOf(listRow), { ...listRow, roots: { [minor]: list } });
  return {
    pack: "kubernetes",
    versions: [minor],
    objectMeta: numbers.get("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
    kinds: sorted([...kinds.values()]),
    nodes: table.nodes,
  };
}

function byText(a, b) {
  return a < b ? -1 : 1;
}

function keyOf({ group, version, kind }) {
  return `${group}/${version}/${kind}`;
}

function readDefinitions(folder) {
  const found = new Map();
  for (const file of readdirSync(folder).sort()) {
    const { components } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
      found.set(name, schema);
    }
  }
  return found;
}

/** Types whose Go code decodes more, or less, than the documents say. */
const special = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { "x-kubernetes-int-or-string": true },
  "io.k8s.apimachinery.pkg.api.resource.Quantity": {
    "x-kubernetes-int-or-string": true,
    format: "quantity",
  },
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {
    type: "object",
    "x-kubernetes-preserve-unknown-fields": true,
  },
  "io.k8s.apimachinery.pkg.runtime.RawExtension": {
    type: "object",
    "x-kubernetes-preserve-unknown-fields": true,
  },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": {
    "x-kubernetes-preserve-unknown-fields": true,
  },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": {
    "x-kubernetes-preserve-unknown-fields": true,
  },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": {
    "x-kubernetes-preserve-unknown-fields": true,
  },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": {
    "x-kubernetes-preserve-unknown-fields": true,
  },
};

/** Fields that the documents call required, although nothing, which is Go's zero value, passes the API server's validation. */
const notRequired = {
  "io.k8s.api.apps.v1.ControllerRevision": ["revision"],
  "io.k8s.api.core.v1.HTTPHeader": ["value"],
  "io.k8s.api.core.v1.ISCSIPersistentVolumeSource": ["lun"],
  "io.k8s.api.core.v1.ISCSIVolumeSource": ["lun"],
  "io.k8s.api.core.v1.LimitRangeSpec": ["limits"],
  "io.k8s.api.core.v1.PreferredSchedulingTerm": ["preference"],
  "io.k8s.api.core.v1.SleepAction": ["seconds"],
  "io.k8s.api.core.v1.Sysctl": ["value"],
  "io.k8s.api.storage.v1.CSINodeSpec": ["drivers"],
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion": [
    "served",
    "storage",
  ],
};

function convert(name, schema, numbers) {
  const { "x-kubernetes-unions": _, ...rest } = withReferences(schema, numbers);
  const required = rest.required?.filter((field) => !notRequired[name]?.includes(field));
  return {
    ...rest,
    ...(required === undefined || required.length === 0 ? { required: undefined } : { required }),
    ...(special[name] === undefined
      ? {}
      : { oneOf: undefined, type: undefined, format: undefined }),
    ...special[name],
  };
}

/** References become numbers; `allOf` with one reference is how the documents put a description beside one. */
function withReferences(schema, numbers) {
  const { $ref, allOf, default: value, ...rest } = schema;
  const target = $ref ?? allOf?.[0].$ref;
  const below = (one) => withReferences(one, numbers);
  return {
    ...rest,
    ...(isEmpty(value) ? {} : { default: value }),
    ...(target === undefined ? {} : { ref: numbers.get(target.split("/").at(-1)) }),
    ...(schema.items === undefined ? {} : { items: below(schema.items) }),
    ...(typeof schema.additionalProperties === "object"
      ? { additionalProperties: below(schema.additionalProperties) }
      : {}),
    ...(schema.properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(schema.properties).map(([name, one]) => [name, below(one)]),
          ),
        }),
  };
}

/** Zero values are Go's, not defaults that anybody set. */
function isEmpty(value) {
  return (
    value === undefined ||
    value === "" ||
    value === 0 ||
    value === false ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

/** Reads `Enum:` out of gofmt's regular layout: a function for each type, its fields six tabs deep. */
function addEnums(definitions, text) {
  const byFunction = new Map([...definitions.keys()].map((name) => [functionName(name), name]));
  let schema;
  let field;
  for (const line of text.split("\n")) {
    const func = /^func (schema_\w+)\(/.exec(line)?.[1];
    if (func !== undefined) {
      schema = definitions.get(byFunction.get(func) ?? "");
      field = undefined;
    }
    const name = /^\t{5}"([^"]+)": \{$/.exec(line)?.[1];
    if (name !== undefined) {
      field = schema?.properties?.[name];
    }
    const values = /^\t+Enum: +\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1];
    const target = field?.items ?? field?.additionalProperties ?? field;
    if (values !== undefined && target?.type === "string") {
      target.enum = JSON.parse(`[${values}]`);
    }
  }
}

/** `io.k8s.api.core.v1.Pod` is made by `schema_k8sio_api_core_v1_Pod`. */
function functionName(definition) {
  const parts = definition.split(".");
  const host = { "io.k8s": "k8sio" }[parts.slice(0, 2).join(".")];
  return `schema_${[host, ...parts.slice(2)].join("_").replaceAll("-", "_")}`;
}

function readDiscovery(file) {
  const groups = JSON.parse(readFileSync(file, "utf8")).items;
  const core = readCore(file.replace("aggregated_v2", "api__v1"));
  return [
    ...core,
    ...groups.flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ responseKind, resource, scope }) => ({
          group: metadata.name,
          version,
          kind: responseKind.kind,
          plural: resource,
          scope: scope === "Cluster" ? "cluster" : "namespaced",
        })),
      ),
    ),
  ];
}

/** The aggregated document leaves out the core group. */
function readCore(file) {
  return JSON.parse(readFileSync(file, "utf8"))
    .resources.filter(({ name }) => !name.includes("/"))
    .map(({ name, kind, namespaced }) => ({
      group: "",
      version: "v1",
      kind,
      plural: name,
      scope: namespaced ? "namespaced" : "cluster",
    }));
}

/** A list is no resource of its own, but somebody may write one down, and kustomize takes it apart. */
function addLists(kinds, definitions, rootsOf) {
  for (const [name, { "x-kubernetes-group-version-kind": named }] of definitions) {
    const one = named?.length === 1 ? named[0] : undefined;
    const element = one && kinds.get(keyOf({ ...one, kind: one.kind.replace(/List$/, "") }));
    if (element !== undefined && one.kind.endsWith("List")) {
      kinds.set(keyOf(one), {
        ...one,
        plural: "",
        scope: "file",
        list: true,
        roots: rootsOf(name),
      });
    }
  }
}

/** Only what has a list is an object that somebody writes down. */
function addLifecycle(kinds, lifecycle) {
  const known = new Set(lifecycle.map(keyOf));
  for (const row of lifecycle) {
    const { group, version, kind, ...minors } = row;
    const kept = kinds.get(keyOf(row));
    const isObject = known.has(keyOf({ ...row, kind: `${kind}List` }));
    if (kept === undefined && !isObject) {
      continue;
    }
    kinds.set(keyOf(row), { ...(kept ?? { group, version, kind }), ...minors });
  }
}
