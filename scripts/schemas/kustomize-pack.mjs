// The pack of kustomization.yaml and Component, out of the types that kustomize decodes them into. They carry no markers,
// so nothing is called required, and Go's pointers and values are told apart by hand where it matters.
import { NodeTable } from "./node-table.mjs";

const group = "kustomize.config.k8s.io";
const kinds = [
  { kind: "Kustomization", version: "v1beta1" },
  { kind: "Kustomization", version: "v1" },
  { kind: "Component", version: "v1alpha1" },
];
const open = { "x-kubernetes-preserve-unknown-fields": true };

/** Fields that hold whatever a Helm chart wants. */
const free = new Set(["valuesInline", "valuesLocal"]);

export function packKustomize({ Kustomization: schema }, version) {
  const table = new NodeTable();
  const number = table.add(withoutRequired(schema));
  return {
    pack: "kustomize",
    versions: [version],
    kinds: kinds.map((row) => ({
      group,
      ...row,
      plural: "",
      scope: "file",
      roots: { [version]: number },
    })),
    nodes: table.nodes,
  };
}

function withoutRequired(given) {
  const schema = { ...given, required: undefined };
  const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => [
    name,
    free.has(name) ? { ...open, description: one.description } : withoutRequired(one),
  ]);
  return {
    ...schema,
    ...(schema.properties === undefined ? {} : { properties: Object.fromEntries(properties) }),
    ...(schema.items === undefined ? {} : { items: withoutRequired(schema.items) }),
  };
}
