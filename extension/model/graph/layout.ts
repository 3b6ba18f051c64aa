/**
 * Where the nodes of a scene stand: in layers from left to right, what is needed before what needs it. The same scene gives the
 * same places. Used by the page, so that laying out never holds up the extension. Pure.
 */
import { Graph, layout } from "@dagrejs/dagre";

import type { SceneEdge } from "./scene.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of a node, and its layer, counted from 1. */
export interface Place extends Point {
  readonly layer: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Bends of the edges that have to go around others, by `edgeKey`. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
  /** The frame around leaves that need the same, by each of them: one line leads to all. */
  readonly frames: ReadonlyMap<string, Frame>;
  readonly width: number;
  readonly height: number;
}

/** By its middle. */
export interface Frame extends Point {
  readonly width: number;
  readonly height: number;
}

export const nodeSize = { width: 200, height: 66 };
const gap = { x: 60, y: 14 };
/** From so many nodes on, speed counts more than short edges. */
const many = 150;
/** So many leaves that need the same are drawn as a block instead of an endless column. */
const fewestInBlock = 6;

export function edgeKey({
  from,
  to,
  relation,
}: Pick<SceneEdge, "from" | "to" | "relation">): string {
  return JSON.stringify([relation, from, to]);
}

export function layOut(ids: readonly string[], edges: readonly SceneEdge[]): Layout {
  const arrows = arrowsOf(edges);
  const blocks = blocksOf(ids, arrows);
  const graph = new Graph({ multigraph: false });
  graph.setGraph({
    rankdir: "LR",
    nodesep: gap.y,
    edgesep: gap.y / 2,
    ranksep: gap.x,
    acyclicer: "greedy",
    ranker: ids.length > many ? "tight-tree" : "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, members } of blocks) graph.setNode(id, sizeOf(members.length));
  const blockOf = new Map(blocks.flatMap(({ id, members }) => members.map((one) => [one, id])));
  for (const { from, to, weight } of arrows) {
    const [start, end] = [blockOf.get(from), blockOf.get(to)];
    if (start !== undefined && end !== undefined && start !== end)
      graph.setEdge(start, end, { weight });
  }
  layout(graph);
  return placed(graph, blocks, edges, blockOf);
}

/** Its id is a number, as names are whatever somebody wrote, `__proto__` included. */
interface Block {
  readonly id: string;
  readonly members: readonly string[];
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}

const weights = { dependsOn: 3, source: 2, owner: 1 } as const satisfies Record<
  SceneEdge["relation"],
  number
>;

/** One arrow for each pair. Where two need each other, the heavier relation decides who stands on the left. */
function arrowsOf(edges: readonly SceneEdge[]): readonly Arrow[] {
  const best = new Map<string, Arrow>();
  for (const { from, to, relation } of edges) {
    if (from === to) continue;
    const key = JSON.stringify([from, to].sort());
    const weight = weights[relation];
    if ((best.get(key)?.weight ?? 0) < weight) best.set(key, { from, to, weight });
  }
  return [...best.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/** Every node is in one block, most of them alone. */
function blocksOf(ids: readonly string[], arrows: readonly Arrow[]): readonly Block[] {
  const needs = new Map<string, string[]>();
  const needed = new Set(arrows.map(({ from }) => from));
  for (const { from, to } of arrows) {
    const list = needs.get(to);
    if (list === undefined) needs.set(to, [from]);
    else list.push(from);
  }
  const alike = new Map<string, string[]>();
  const lists: string[][] = [];
  for (const id of [...ids].sort()) {
    const key = needed.has(id) ? undefined : JSON.stringify((needs.get(id) ?? []).sort());
    const known = key === undefined ? undefined : alike.get(key);
    if (known !== undefined) {
      known.push(id);
      continue;
    }
    const list = [id];
    lists.push(list);
    if (key !== undefined) alike.set(key, list);
  }
  return lists
    .flatMap((list) => (list.length < fewestInBlock ? list.map((id) => [id]) : [list]))
    .map((members, at) => ({ id: String(at), members }));
}

function gridOf(size: number): { readonly columns: number; readonly rows: number } {
  const columns = size < fewestInBlock ? 1 : Math.max(2, Math.round(Math.sqrt(size / 3)));
  return { columns, rows: Math.ceil(size / columns) };
}

/** With room for a frame where there are several. */
function sizeOf(members: number): Pick<Frame, "width" | "height"> {
  const { columns, rows } = gridOf(members);
  const border = members > 1 ? gap.y : 0;
  return {
    width: columns * nodeSize.width + (columns - 1) * gap.y + border,
    height: rows * nodeSize.height + (rows - 1) * gap.y + border,
  };
}

function placed(
  graph: Graph,
  blocks: readonly Block[],
  edges: readonly SceneEdge[],
  blockOf: ReadonlyMap<string, string>,
): Layout {
  const centres = new Map(blocks.map(({ id }) => [id, centreOf(graph, id)]));
  const columns = [...new Set([...centres.values()].map(({ x }) => x))].sort((a, b) => a - b);
  const places = new Map<string, Place>();
  const frames = new Map<string, Frame>();
  for (const { id, members } of blocks) {
    const centre = centres.get(id) ?? { x: 0, y: 0 };
    const grid = gridOf(members.length);
    const layer = columns.indexOf(centre.x) + 1;
    const frame = { ...centre, ...sizeOf(members.length) };
    for (const [at, member] of members.entries()) {
      const column = (at % grid.columns) - (grid.columns - 1) / 2;
      const row = Math.floor(at / grid.columns) - (grid.rows - 1) / 2;
      if (members.length > 1) frames.set(member, frame);
      places.set(member, {
        x: centre.x + column * (nodeSize.width + gap.y),
        y: centre.y + row * (nodeSize.height + gap.y),
        layer,
      });
    }
  }
  const bends = new Map<string, readonly Point[]>();
  for (const edge of edges) {
    const [from, to] = [blockOf.get(edge.from), blockOf.get(edge.to)];
    if (from === undefined || to === undefined || !graph.hasEdge(from, to)) continue;
    bends.set(edgeKey(edge), pointsOf(graph, from, to).slice(1, -1));
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { places, bends, frames, width, height };
}

function centreOf(graph: Graph, id: string): Point {
  const { x = 0, y = 0 } = graph.node(id) as Partial<Point>;
  return { x, y };
}

function pointsOf(graph: Graph, from: string, to: string): readonly Point[] {
  const { points = [] } = graph.edge(from, to) as { readonly points?: readonly Point[] };
  return points;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
