/** Container images that rendered objects name: in pods of whatever kind, and in fields of custom resources named so. */
import { isObject, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { EngineObject } from "../engine/protocol.ts";
import { inventoryOf } from "../render/inventory.ts";
import type { InventoryItem } from "../render/inventory.ts";
import { parsed } from "../render/objects.ts";
import type { ClusterRender } from "../render/cluster.ts";
import type { Built } from "../render/node.ts";
import type { ImageUse, ObjectRef, Plan } from "../records.ts";
import { inner } from "../simulation.ts";
import type { InnerSimulation } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";
import { holdsSecrets, presentable } from "./present.ts";
import type { PresentContext } from "./present.ts";

const known = new WeakMap<EngineObject, readonly string[]>();

/** Distinct images of one object, in order of appearance. */
function imagesIn(object: EngineObject): readonly string[] {
  const before = known.get(object);
  if (before !== undefined) return before;
  const pairs = namesImages(object) ? imagePairs(parsed(object), parsed(object)) : [];
  const images = [...new Set(pairs.map(({ image }) => image))];
  known.set(object, images);
  return images;
}

/** Most objects name none; looking at the text first spares parsing them. */
function namesImages({ json }: EngineObject): boolean {
  return /"image(Name|s|)":/.test(json);
}

/** Kinds whose fields named `image` mean something else or are not started: definitions, and Flux's own. */
const ignoredKinds: ReadonlySet<string> = new Set([
  "ConfigMap",
  "CustomResourceDefinition",
  "Secret",
]);

/** Images of an object that is not of a render, as they may be shown. */
export function imagesOfObject(
  exact: JsonObject,
  shown: JsonObject | undefined,
): readonly string[] {
  return imagePairs(exact, shown).map((pair) => pair.shown);
}

/** Images that objects of a cluster name whose change is not looked at. */
export function imagesOfItems(items: Iterable<EngineObject>): ReadonlySet<string> {
  return new Set([...items].flatMap(imagesIn));
}

interface ShownImage {
  readonly image: string;
  /** As people may see it. */
  readonly shown: string;
}

/** Every image of an object, beside what stands in its place in the object that may be shown. */
function imagePairs(exact: JsonObject, masked: unknown): readonly ShownImage[] {
  if (ignoredKinds.has(textAt(exact, "kind") ?? "")) return [];
  const pairs: ShownImage[] = [];
  const visit = (value: unknown, other: unknown): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        visit(item, Array.isArray(other) ? other[index] : undefined);
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const beside = isObject(other) ? other[key] : undefined;
        if ((key === "image" || key === "imageName") && typeof item === "string" && isImage(item))
          pairs.push({ image: item, shown: typeof beside === "string" ? beside : "(secret)" });
        else visit(item, beside);
      }
    }
  };
  const shown = isObject(masked) ? masked : {};
  visit(exact["spec"], shown["spec"]);
  visit(exact["template"], shown["template"]);
  return pairs;
}

/** `[host[:port]/]path[:tag][@digest]`, as container runtimes read it. */
function isImage(text: string): boolean {
  return (
    text.length < 500 &&
    /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/i.test(text)
  );
}

/** Every image that is applied, with the objects that name it. */
export async function imagesOf(
  simulation: Simulation,
  context: PresentContext,
): Promise<readonly ImageUse[]> {
  const uses = new Map<string, ImageUse & { readonly objects: ImageUse["objects"][number][] }>();
  const use = (cluster: string, image: string, applier: string, ref: ObjectRef): void => {
    const key = `${cluster}\u0000${image}`;
    const known = uses.get(key) ?? { image, cluster, objects: [] };
    if (known.objects.at(-1)?.ref !== ref) known.objects.push({ applier, ref });
    uses.set(key, known);
  };
  const applied = ({ object }: InventoryItem): boolean => object.skipped === undefined;
  for (const { cluster, nodes, scopes } of inner(simulation).clusters) {
    for (const { id, built, spec } of nodes) {
      if (built.outcome !== "built" || spec.suspend) continue;
      for (const { ref, shown } of await shownIn({ built, scopes }, context, applied))
        use(cluster, shown, id, ref);
    }
  }
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** A build that names images. */
interface Holder {
  readonly built: Built;
  readonly scopes: ClusterRender["scopes"];
}

/** The images of a build, in the order of its objects. What may have come from a Secret is looked up in the masked build. */
async function shownIn(
  { built, scopes }: Holder,
  context: PresentContext,
  isWanted: (item: InventoryItem) => boolean,
): Promise<readonly (ShownImage & { readonly ref: ObjectRef })[]> {
  const items = inventoryOf(built.result, scopes).filter(
    (item) => namesImages(item.object) && isWanted(item),
  );
  if (items.length === 0) return [];
  const masked = holdsSecrets(built) ? await presentable(built, scopes, context) : undefined;
  return items.flatMap(({ id, ref, object }) => {
    const exact = parsed(object);
    const pairs = imagePairs(exact, masked === undefined ? exact : masked.get(id));
    return pairs.map((pair) => ({ ...pair, ref }));
  });
}

/** The images of both sides, and what may be said of those that only one side has. */
export interface ImageSides {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** By image. */
  readonly shown: ReadonlyMap<string, string>;
}

/**
 * What fails on either side, and what it applies, keeps what is on the cluster, so it counts on neither. Only what differs is
 * looked up in masked builds.
 */
export async function imageSides(
  base: InnerSimulation | undefined,
  target: InnerSimulation,
  context: PresentContext,
): Promise<ImageSides> {
  if (base === undefined || base === target) return { before: [], after: [], shown: new Map() };
  const failed = new Set([...failedAppliers(base), ...failedAppliers(target)]);
  const before = holdersOf(base, failed);
  const after = holdersOf(target, failed);
  const shown = new Map<string, string>();
  for (const [side, other] of [
    [before, after],
    [after, before],
  ] as const)
    for (const [image, holders] of side)
      if (!other.has(image)) shown.set(image, await shownName(image, holders, context));
  return { before: [...before.keys()].sort(), after: [...after.keys()].sort(), shown };
}

/** Images of one side that the other lacks, as they may be shown, sorted. */
export function changedImages({ before, after, shown }: ImageSides): Plan["images"] {
  const lost = (images: readonly string[], others: readonly string[]): readonly string[] => {
    const known = new Set(others);
    return images
      .filter((image) => !known.has(image))
      .map((image) => shown.get(image) ?? image)
      .sort();
  };
  return { added: lost(after, before), removed: lost(before, after) };
}

/** An image that something names without a Secret is no secret. */
async function shownName(
  image: string,
  holders: readonly Holder[],
  context: PresentContext,
): Promise<string> {
  if (holders.some(({ built }) => !holdsSecrets(built))) return image;
  const names: string[] = [];
  for (const holder of holders) {
    const found = await shownIn(holder, context, ({ object }) => imagesIn(object).includes(image));
    names.push(...found.filter((one) => one.image === image).map(({ shown }) => shown));
  }
  return preferred(image, names);
}

/** The name itself when one place shows it; else the first of what is shown. */
export function preferred(image: string, names: readonly string[]): string {
  return names.includes(image) ? image : (names.toSorted()[0] ?? "(secret)");
}

function failedAppliers({ appliers }: InnerSimulation): readonly string[] {
  return appliers.flatMap(({ id, state }) => (state === "ready" ? [] : [id]));
}

/** The builds that name each image. */
function holdersOf(
  { clusters }: InnerSimulation,
  failed: ReadonlySet<string>,
): ReadonlyMap<string, readonly Holder[]> {
  const holders = new Map<string, Holder[]>();
  for (const { nodes, scopes } of clusters) {
    // Parents come before their children.
    const left = new Set<string>();
    for (const { id, parent, built } of nodes) {
      if (failed.has(id) || (parent !== undefined && left.has(parent))) left.add(id);
      else if (built.outcome === "built") addHolder({ built, scopes }, holders);
    }
  }
  return holders;
}

function addHolder(holder: Holder, holders: Map<string, Holder[]>): void {
  for (const { object } of inventoryOf(holder.built.result, holder.scopes)) {
    for (const image of imagesIn(object)) {
      const known = holders.get(image) ?? [];
      if (known.at(-1) !== holder) known.push(holder);
      holders.set(image, known);
    }
  }
}
