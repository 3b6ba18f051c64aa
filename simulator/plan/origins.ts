/** Where the objects of a build are written: by headlines when that is certain, else as kustomize itself traces them. */
import type { RenderResult } from "../engine/protocol.ts";
import type { RenderContext } from "../render/context.ts";
import type { InventoryItem } from "../render/inventory.ts";
import { buildInMode } from "../render/build.ts";
import { lineIn, locate } from "../render/locate.ts";
import type { Built } from "../render/node.ts";
import type { Place } from "../records.ts";

export async function originOf(
  item: InventoryItem,
  built: Built,
  context: Pick<RenderContext, "memory" | "signal">,
): Promise<Place | undefined> {
  if (built.treeArtifact === undefined || built.question.call !== "kustomize") return undefined;
  const quick = locate(built, { ...item.ref, namespace: item.object.namespace });
  if (quick !== undefined) return quick;
  const traced = await trace(built, context);
  const { apiVersion, kind, namespace, name } = item.object;
  const origin = traced.objects.find(
    (object) =>
      object.kind === kind &&
      object.name === name &&
      object.namespace === namespace &&
      object.apiVersion === apiVersion,
  )?.origin;
  if (origin === undefined || origin.remote !== undefined) return undefined;
  const file = built.trees.get(built.treeArtifact)?.files.get(origin.path);
  const line = lineIn(file, kind, name);
  return { path: origin.path, ...(line === undefined ? {} : { line }) };
}

const tracing = new WeakMap<Built, Promise<RenderResult>>();

/** The objects of a build are asked about side by side: they are traced once. */
async function trace(
  built: Built,
  context: Pick<RenderContext, "memory" | "signal">,
): Promise<RenderResult> {
  const known = tracing.get(built);
  const running = known ?? buildInMode(built, "origins", context);
  tracing.set(built, running);
  try {
    return await running;
  } catch (error) {
    if (tracing.get(built) === running) tracing.delete(built);
    // It may have been cancelled by another one who asked.
    if (known === undefined || context.signal?.aborted === true) throw error;
    return trace(built, context);
  }
}
