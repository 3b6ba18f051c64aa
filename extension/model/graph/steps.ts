/** Where the arrow keys lead: right and left along edges, up and down within a layer. Pure. */
import type { Layout, Place } from "./layout.ts";
import type { SceneEdge } from "./scene.ts";

export type Step = "right" | "left" | "up" | "down" | "first" | "last";

/** `undefined` when nothing lies there. */
export function stepFrom(
  id: string,
  step: Step,
  { places }: Pick<Layout, "places">,
  edges: readonly SceneEdge[],
): string | undefined {
  const here = places.get(id);
  if (here === undefined) return inOrder(places)[0];
  switch (step) {
    case "right":
      return nearest(
        here,
        edges.flatMap(({ from, to }) => (from === id && to !== id ? [to] : [])),
        places,
      );
    case "left":
      return nearest(
        here,
        edges.flatMap(({ from, to }) => (to === id && from !== id ? [from] : [])),
        places,
      );
    case "up":
    case "down":
      return beside(id, step, places);
    case "first":
      return inOrder(places)[0];
    case "last":
      return inOrder(places).at(-1);
  }
}

type Places = ReadonlyMap<string, Place>;

/** The one at about the same height. */
function nearest(here: Place, ids: readonly string[], places: Places): string | undefined {
  const distance = (id: string): number => Math.abs((places.get(id)?.y ?? Infinity) - here.y);
  return [...ids].sort((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))[0];
}

/** The next one of the layer; at its end, the next layer. */
function beside(id: string, step: "up" | "down", places: Places): string | undefined {
  const all = inOrder(places);
  return all[all.indexOf(id) + (step === "down" ? 1 : -1)];
}

/** Layer by layer, from top to bottom. */
export function inOrder(places: Places): readonly string[] {
  return [...places]
    .sort(([a, one], [b, two]) => {
      return one.layer - two.layer || one.y - two.y || one.x - two.x || (a < b ? -1 : 1);
    })
    .map(([id]) => id);
}
