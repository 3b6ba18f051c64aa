/** The line of an edge as SVG path data: from the right side of a node to the left side of another, around those in between. Pure. */
import type { Layout, Point } from "./layout.ts";
import { edgeKey, nodeSize } from "./layout.ts";
import type { SceneEdge } from "./scene.ts";

/** Empty when an end has no place. */
export function edgePath(edge: SceneEdge, { places, bends, frames }: Layout): string {
  const [from, to] = [places.get(edge.from), places.get(edge.to)];
  if (from === undefined || to === undefined) return "";
  const start = { x: from.x + nodeSize.width / 2, y: from.y };
  const frame = frames.get(edge.to);
  const end =
    frame === undefined
      ? { x: to.x - nodeSize.width / 2, y: to.y }
      : { x: frame.x - frame.width / 2, y: frame.y };
  if (edge.from === edge.to || end.x < start.x) return around(start, end);
  return through([start, ...(bends.get(edgeKey(edge)) ?? []), end]);
}

/** Back to the left: out, below both nodes, and in again. */
function around(start: Point, end: Point): string {
  const out = 40;
  const low = Math.max(start.y, end.y) + nodeSize.height;
  return `M${xy(start)}C${xy({ x: start.x + out, y: low })} ${xy({ x: end.x - out, y: low })} ${xy(end)}`;
}

function through(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${xy(first)}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += `C${xy({ x: middle, y: before.y })} ${xy({ x: middle, y: point.y })} ${xy(point)}`;
    before = point;
  }
  return path;
}

function xy({ x, y }: Point): string {
  return `${Math.round(x)},${Math.round(y)}`;
}
