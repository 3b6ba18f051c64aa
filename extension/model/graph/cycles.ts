/**
 * Circles in which objects wait for themselves. Reading a source that one applies oneself is how every cluster starts, so only
 * circles with at least one `dependsOn` count. Pure; without recursion, for graphs of any depth.
 */
import type { Graph, GraphEdge } from "./graph.ts";
import { edgesBy } from "./graph.ts";

export interface Cycle {
  /** Ids, each needed by the next, and the last by the first. */
  readonly nodes: readonly string[];
}

/** One circle for each group of objects that need each other, in a stable order. */
export function findCycles(graph: Graph): readonly Cycle[] {
  const out = edgesBy(graph.edges, "from");
  const component = components(graph, out);
  const seen = new Set<number>();
  const cycles: Cycle[] = [];
  const waits = graph.edges
    .filter(({ from, to, relation }) => {
      return relation === "dependsOn" && component.get(from) === component.get(to);
    })
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
  for (const { from, to } of waits) {
    const group = component.get(from) ?? -1;
    if (seen.has(group)) continue;
    seen.add(group);
    const back = shortestPath(to, from, out, (id) => component.get(id) === group);
    if (back !== undefined) cycles.push({ nodes: back });
  }
  return cycles;
}

/** Strongly connected components, by Tarjan's algorithm with a stack of its own. */
function components(
  graph: Graph,
  out: ReadonlyMap<string, readonly GraphEdge[]>,
): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  let groups = 0;
  const enter = (id: string): Frame => {
    order.set(id, order.size);
    low.set(id, order.get(id) ?? 0);
    open.push(id);
    isOpen.add(id);
    return { id, next: 0 };
  };
  const leave = (id: string): void => {
    if (low.get(id) !== order.get(id)) return;
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      isOpen.delete(one);
      component.set(one, groups);
      if (one === id) break;
    }
    groups++;
  };
  const lower = (id: string, value: number): void => {
    if (value < (low.get(id) ?? 0)) low.set(id, value);
  };
  for (const start of graph.nodes.keys()) {
    if (order.has(start)) continue;
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = out.get(frame.id)?.[frame.next++]?.to;
      if (next === undefined) {
        frames.pop();
        leave(frame.id);
        lower(frames.at(-1)?.id ?? frame.id, low.get(frame.id) ?? 0);
      } else if (!order.has(next)) frames.push(enter(next));
      else if (isOpen.has(next)) lower(frame.id, order.get(next) ?? 0);
    }
  }
  return component;
}

interface Frame {
  readonly id: string;
  next: number;
}

function shortestPath(
  start: string,
  goal: string,
  out: ReadonlyMap<string, readonly GraphEdge[]>,
  inside: (id: string) => boolean,
): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[start, undefined]]);
  for (const id of before.keys()) {
    if (id === goal) return pathTo(goal, before);
    for (const { to } of out.get(id) ?? []) if (inside(to) && !before.has(to)) before.set(to, id);
  }
  return undefined;
}

function pathTo(goal: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const path: string[] = [];
  for (let id: string | undefined = goal; id !== undefined; id = before.get(id)) path.push(id);
  return path.reverse();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
