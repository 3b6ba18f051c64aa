/** Short ways to write graphs for tests. */
import type {
  Graph,
  GraphEdge,
  GraphNode,
  GraphRelation,
  GraphTone,
} from "../../../../extension/model/graph/graph.ts";
import type { GraphQuery } from "../../../../extension/model/graph/query.ts";
import { wholeGraph } from "../../../../extension/model/graph/query.ts";

export function node(id: string, rest: Partial<GraphNode> = {}): GraphNode {
  const tone: GraphTone = rest.tone ?? "ready";
  return {
    id,
    kind: "Thing",
    namespace: "default",
    name: id,
    tone,
    words: tone,
    detail: "",
    blocks: tone === "failed" || tone === "missing",
    actions: ["open"],
    ...rest,
  };
}

/** `a > b` is a dependency, `a ~ b` a source, `a : b` an owner; what is needed stands on the left. */
const relations: Readonly<Record<string, GraphRelation>> = {
  ">": "dependsOn",
  "~": "source",
  ":": "owner",
};

/** Nodes that only edges name are made; `tones` says what is not ready. */
export function graph(
  edges: readonly string[],
  tones: Readonly<Record<string, GraphTone>> = {},
  more: readonly GraphNode[] = [],
): Graph {
  const nodes = new Map(more.map((one) => [one.id, one]));
  const made = edges.map((text): GraphEdge => {
    const [from = "", sign = "", to = ""] = text.split(" ");
    for (const id of [from, to]) {
      const tone = tones[id];
      if (!nodes.has(id)) nodes.set(id, node(id, tone === undefined ? {} : { tone }));
    }
    return { from, to, relation: relations[sign] ?? "owner" };
  });
  return { nodes, edges: made };
}

export function query(rest: Partial<GraphQuery> = {}): GraphQuery {
  return { ...wholeGraph, ...rest };
}
