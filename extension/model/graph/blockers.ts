/** Who holds up others: failing or missing objects, and how many wait because of each. Pure. */
import type { Graph } from "./graph.ts";
import { edgesBy, toneRank } from "./graph.ts";

export interface Blocker {
  readonly id: string;
  /** How many objects wait for it, directly or through others that wait. */
  readonly waiting: number;
}

/** The one that most objects wait for comes first. Those that nobody waits for are left out. */
export function findBlockers(graph: Graph): readonly Blocker[] {
  const waits = edgesBy(
    graph.edges.filter(({ relation }) => relation !== "owner"),
    "from",
  );
  const count = (start: string): number => {
    const reached = new Set([start]);
    for (const id of reached)
      for (const { to } of waits.get(id) ?? [])
        if (graph.nodes.get(to)?.tone === "waiting") reached.add(to);
    return reached.size - 1;
  };
  return [...graph.nodes.values()]
    .filter(({ blocks }) => blocks)
    .map(({ id, tone }) => ({ id, waiting: count(id), rank: toneRank(tone) }))
    .filter(({ waiting }) => waiting > 0)
    .sort((a, b) => b.waiting - a.waiting || a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .map(({ id, waiting }) => ({ id, waiting }));
}
