/** Images that a push brings to a cluster or takes from it. Objects that do not change name what they named before. */
import { imagesOfItems, imagesOfObject } from "../../plan/images.ts";
import type { Side } from "../../plan/fields.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { Plan } from "../../records.ts";
import { inventoryOf } from "../../render/inventory.ts";
import type { Survey } from "./survey.ts";

export function changedImagesOf(
  objects: readonly ChangedObject[],
  surveys: readonly Survey[],
): Plan["images"] {
  const changed = new Set(objects.map(({ change }) => change.id));
  const items = surveys.flatMap(({ cluster }) =>
    cluster.nodes.flatMap(({ id, built }) =>
      built.outcome === "built"
        ? inventoryOf(built.result, cluster.scopes)
            .filter((item) => !changed.has(`${id}|${item.id}`))
            .map(({ object }) => object)
        : [],
    ),
  );
  const still = imagesOfItems(items);
  const before = imagesOf(objects.map(({ base }) => base));
  const after = imagesOf(objects.map(({ target }) => target));
  const only = (some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
    [...some].filter((image) => !others.has(image) && !still.has(image)).sort();
  return { added: only(after, before), removed: only(before, after) };
}

function imagesOf(sides: readonly (Side | undefined)[]): ReadonlySet<string> {
  return new Set(
    sides.flatMap((side) => (side === undefined ? [] : imagesOfObject(side.exact, side.shown))),
  );
}
