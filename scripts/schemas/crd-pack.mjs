// Packs made of CustomResourceDefinitions: one set for each version of the project they belong to.
import { NodeTable } from "./node-table.mjs";

/**
 * `versions` is an object of version and CRDs, oldest first. Each kind remembers its root node in every version, from
 * which since when until when a field exists can be read.
 */
export function packCrds(name, versions) {
  const table = new NodeTable();
  const kinds = new Map();
  for (const [minor, crds] of Object.entries(versions)) {
    for (const { spec } of crds) {
      for (const version of spec.versions.filter(({ served }) => served)) {
        const key = `${spec.group}/${version.name}/${spec.names.kind}`;
        const row = kinds.get(key) ?? {
          group: spec.group,
          version: version.name,
          kind: spec.names.kind,
          plural: spec.names.plural,
          scope: spec.scope === "Cluster" ? "cluster" : "namespaced",
          roots: {},
        };
        row.roots[minor] = table.add(version.schema.openAPIV3Schema);
        const words = version.deprecated === true ? (version.deprecationWarning ?? "") : undefined;
        kinds.set(
          key,
          words === undefined ? row : { ...row, deprecated: { ...row.deprecated, [minor]: words } },
        );
      }
    }
  }
  return {
    pack: name,
    versions: Object.keys(versions),
    kinds: sorted([...kinds.values()]),
    nodes: table.nodes,
  };
}

export function sorted(kinds) {
  const key = ({ group, kind, version }) => `${group}/${kind}/${version}`;
  return kinds.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
