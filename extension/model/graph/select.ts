/** Which objects of a graph a query lets through: filters, then search with the neighbours of what it finds, then focus. Pure. */
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";
import { edgesBy } from "./graph.ts";
import type { GraphQuery } from "./query.ts";

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** What the search found; `undefined` without a search. */
  readonly found: ReadonlySet<string> | undefined;
  /** How many more the focus would reach if they could be drawn. */
  readonly beyond: number;
}

export function select(graph: Graph, query: GraphQuery, limit: number): Selection {
  const passed = new Set<string>();
  const { focus } = query;
  for (const node of graph.nodes.values())
    if (passes(node, query) || node.id === focus?.id) passed.add(node.id);
  const edges = graph.edges.filter(({ relation }) => query.relations.includes(relation));
  if (focus !== undefined && passed.has(focus.id)) {
    const near = nearTo(focus, passed, edges);
    const ids = new Set([...near].slice(0, limit));
    return { ids, found: matches(graph, ids, query), beyond: near.size - ids.size };
  }
  const found = matches(graph, passed, query);
  return {
    ids: found === undefined ? passed : around(found, passed, edges, limit),
    found,
    beyond: 0,
  };
}

function passes(node: GraphNode, { kinds, namespaces, tones }: GraphQuery): boolean {
  return (
    (kinds.length === 0 || kinds.includes(node.kind)) &&
    (namespaces.length === 0 || namespaces.includes(node.namespace)) &&
    (tones.length === 0 || tones.includes(node.tone))
  );
}

function matches(
  graph: Graph,
  ids: ReadonlySet<string>,
  { text }: GraphQuery,
): ReadonlySet<string> | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const found = [...ids].filter((id) => {
    const node = graph.nodes.get(id);
    if (node === undefined) return false;
    const { kind, namespace, name } = node;
    const all = `${kind} ${namespace}/${name} ${node.words}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return new Set(found);
}

/** What was found and what stands beside it, unless that is too much. */
function around(
  found: ReadonlySet<string>,
  passed: ReadonlySet<string>,
  edges: readonly GraphEdge[],
  limit: number,
): ReadonlySet<string> {
  const all = new Set(found);
  for (const { from, to } of edges) {
    if (found.has(from) && passed.has(to)) all.add(to);
    if (found.has(to) && passed.has(from)) all.add(from);
  }
  return all.size <= limit ? all : found;
}

/** Nearest first, so that what is left out is what is farthest. */
function nearTo(
  { id, distance }: NonNullable<GraphQuery["focus"]>,
  passed: ReadonlySet<string>,
  edges: readonly GraphEdge[],
): ReadonlySet<string> {
  const out = edgesBy(edges, "from");
  const back = edgesBy(edges, "to");
  const steps = new Map([[id, 0]]);
  for (const [at, step] of steps) {
    if (step === distance) continue;
    const next = [
      ...(out.get(at) ?? []).map(({ to }) => to),
      ...(back.get(at) ?? []).map(({ from }) => from),
    ];
    for (const one of next) if (passed.has(one) && !steps.has(one)) steps.set(one, step + 1);
  }
  return new Set(steps.keys());
}
