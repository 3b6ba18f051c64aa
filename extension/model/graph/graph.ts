/**
 * The graph that the graph view draws, whatever it was made from: objects with their states, and what each of them needs.
 * Plain data; everything in it is text that somebody else wrote. Pure.
 */

/** What a node looks like. The words beside it say more; a tone is never shown alone. Worst first. */
export const graphTones = [
  "failed",
  "missing",
  "waiting",
  "working",
  "changed",
  "unknown",
  "suspended",
  "ready",
] as const;
export type GraphTone = (typeof graphTones)[number];

/** How one object needs another: it waits for it, reads it, or is applied by it. */
export const graphRelations = ["dependsOn", "source", "owner"] as const;
export type GraphRelation = (typeof graphRelations)[number];

export interface GraphNode {
  readonly id: string;
  readonly kind: string;
  /** With the cluster before it where a graph has several. Empty for what has none. */
  readonly namespace: string;
  readonly name: string;
  readonly tone: GraphTone;
  /** The state in words: `ready, drifted`. */
  readonly words: string;
  /** Why, in the words of a controller; may be long. */
  readonly detail: string;
  /** Whether what waits for it has to go on waiting. */
  readonly blocks: boolean;
  /** What can be done with it. */
  readonly actions: readonly GraphAction[];
}

/** `open` is what Enter does. */
export const graphActions = ["open", "file", "reveal", "trace"] as const;
export type GraphAction = (typeof graphActions)[number];

/** From what has to be there first to what needs it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: GraphRelation;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: readonly GraphEdge[];
}

/** Smaller is worse. */
export function toneRank(tone: GraphTone): number {
  return graphTones.indexOf(tone);
}

/** The edges by one of their ends. */
export function edgesBy(
  edges: readonly GraphEdge[],
  end: "from" | "to",
): ReadonlyMap<string, readonly GraphEdge[]> {
  const found = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const list = found.get(edge[end]);
    if (list === undefined) found.set(edge[end], [edge]);
    else list.push(edge);
  }
  return found;
}

/** `Kustomization apps in flux-system`. */
export function nodeTitle({ kind, name, namespace }: GraphNode): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${name} in ${namespace}`;
}
