/**
 * The images of a part of a plan, so that parts can be put together: an image that goes in one part and stays in another does not go. Parts
 * are files, and an image may hold the value of a Secret, so images are digests there; names are told only of what differs.
 */
import { digest } from "../diff/mask.ts";
import type { Plan, PlanShard } from "../records.ts";
import { preferred } from "./images.ts";
import type { ImageSides } from "./images.ts";

export async function sharedImages(sides: ImageSides): Promise<PlanShard["images"]> {
  const names: Record<string, readonly [exact: boolean, shown: string]> = {};
  for (const [image, shown] of sides.shown) names[await digest(image)] = [image === shown, shown];
  const digests = (images: readonly string[]): Promise<readonly string[]> =>
    Promise.all(images.map(digest));
  return { before: await digests(sides.before), after: await digests(sides.after), names };
}

export function mergeImages(parts: readonly PlanShard["images"][]): Plan["images"] {
  const before = new Set(parts.flatMap((part) => part.before));
  const after = new Set(parts.flatMap((part) => part.after));
  const names = new Map<string, (readonly [boolean, string])[]>();
  for (const [key, name] of parts.flatMap((part) => Object.entries(part.names)))
    names.set(key, [...(names.get(key) ?? []), name]);
  const lost = (images: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
    [...images]
      .filter((image) => !others.has(image))
      .map((key) => nameOf(names.get(key) ?? []))
      .sort();
  return { added: lost(after, before), removed: lost(before, after) };
}

/** The same choice as among the builds of one part. */
function nameOf(names: readonly (readonly [boolean, string])[]): string {
  const exact = names.find(([isExact]) => isExact)?.[1];
  return (
    exact ??
    preferred(
      "",
      names.map(([, shown]) => shown),
    )
  );
}
