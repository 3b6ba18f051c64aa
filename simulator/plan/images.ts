/** Container images that rendered objects name: in pods of whatever kind, and in fields of custom resources named so. */
import { isObject, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { EngineObject } from "../engine/protocol.ts";
import { inventoryOf } from "../render/inventory.ts";
import type { InventoryItem } from "../render/inventory.ts";
import { parsed } from "../render/objects.ts";
import type { ImageUse } from "../records.ts";
import { inner } from "../simulation.ts";
import type { InnerSimulation } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";

const known = new WeakMap<EngineObject, readonly string[]>();

/** Distinct images of one object, in order of appearance. */
function imagesIn(object: EngineObject): readonly string[] {
  const before = known.get(object);
  if (before !== undefined) return before;
  // Most objects name none; looking at the text first spares parsing them.
  const images = /"image(Name|s|)":/.test(object.json) ? collect(parsed(object)) : [];
  known.set(object, images);
  return images;
}

/** Kinds whose fields named `image` mean something else or are not started: definitions, and Flux's own. */
const ignoredKinds: ReadonlySet<string> = new Set([
  "ConfigMap",
  "CustomResourceDefinition",
  "Secret",
]);

function collect(root: JsonObject): readonly string[] {
  const kind = textAt(root, "kind") ?? "";
  if (ignoredKinds.has(kind)) return [];
  const images = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value))
      for (const [key, item] of Object.entries(value)) {
        if ((key === "image" || key === "imageName") && typeof item === "string" && isImage(item))
          images.add(item);
        else visit(item);
      }
  };
  visit(root["spec"]);
  visit(root["template"]);
  return [...images];
}

/** `[host[:port]/]path[:tag][@digest]`, as container runtimes read it. */
function isImage(text: string): boolean {
  return (
    text.length < 500 &&
    /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/i.test(text)
  );
}

export function imagesOf(simulation: Simulation): readonly ImageUse[] {
  const uses = new Map<string, ImageUse & { readonly objects: ImageUse["objects"][number][] }>();
  for (const { cluster, nodes, scopes } of inner(simulation).clusters) {
    for (const node of nodes) {
      if (node.built.outcome !== "built" || node.spec.suspend) continue;
      const items = inventoryOf(node.built.result, scopes).filter(
        ({ object }) => object.skipped === undefined,
      );
      const found = items.flatMap(({ object, ref }) =>
        imagesIn(object).map((image) => ({ image, object: { applier: node.id, ref } })),
      );
      for (const { image, object } of found) {
        const key = `${cluster}\u0000${image}`;
        const use = uses.get(key) ?? { image, cluster, objects: [] };
        use.objects.push(object);
        uses.set(key, use);
      }
    }
  }
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

/**
 * Images that one side names and the other does not, in whatever object. What fails on either side, and what it applies, keeps
 * what is on the cluster, so it counts on neither.
 */
export function changedImages(
  base: InnerSimulation | undefined,
  target: InnerSimulation,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  if (base === undefined || base === target) return { added: [], removed: [] };
  const sides = imageSides(base, target);
  const before = new Set(sides.before);
  const after = new Set(sides.after);
  return {
    added: sides.after.filter((image) => !before.has(image)),
    removed: sides.before.filter((image) => !after.has(image)),
  };
}

/** Every image of both sides that counts, sorted. */
export function imageSides(
  base: InnerSimulation,
  target: InnerSimulation,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const failed = new Set([...failedAppliers(base), ...failedAppliers(target)]);
  return {
    before: [...imageNames(base, failed)].sort(),
    after: [...imageNames(target, failed)].sort(),
  };
}

function failedAppliers({ appliers }: InnerSimulation): readonly string[] {
  return appliers.flatMap(({ id, state }) => (state === "ready" ? [] : [id]));
}

function imageNames(
  { clusters }: InnerSimulation,
  failed: ReadonlySet<string>,
): ReadonlySet<string> {
  const images = new Set<string>();
  for (const { nodes, scopes } of clusters) {
    // Parents come before their children.
    const left = new Set<string>();
    for (const { id, parent, built } of nodes) {
      if (failed.has(id) || (parent !== undefined && left.has(parent))) left.add(id);
      else if (built.outcome === "built") addImages(inventoryOf(built.result, scopes), images);
    }
  }
  return images;
}

function addImages(items: readonly InventoryItem[], images: Set<string>): void {
  for (const { object } of items) for (const image of imagesIn(object)) images.add(image);
}
