/**
 * What happens on a cluster once the objects are applied: which events would be told to whom, what a webhook would
 * reconcile, what image automation would write to, what Flagger would make of its Canaries. Nothing is sent or started.
 */
import { planCanary } from "../flux/canary.ts";
import type { CanaryPlan } from "../flux/canary.ts";
import { describeImageAutomation } from "../flux/image-automation.ts";
import type { ImageAutomation } from "../flux/image-automation.ts";
import { routeNotifications } from "../flux/notifications.ts";
import type { Notifications } from "../flux/notifications.ts";
import { groupOf } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import { inventoryOf } from "../render/inventory.ts";
import { parsed } from "../render/objects.ts";
import type { ObjectRef } from "../records.ts";
import { inner } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";
import { holdsSecrets, presentable } from "./present.ts";
import type { PresentContext } from "./present.ts";

export interface ClusterOutlook extends Notifications {
  readonly cluster: string;
  readonly canaries: readonly { readonly ref: ObjectRef; readonly plan: CanaryPlan }[];
  readonly images: ImageAutomation;
}

/** Clusters in the order of the simulation; those without any of it are left out. */
export async function outlookOf(
  simulation: Simulation,
  context: PresentContext,
): Promise<readonly ClusterOutlook[]> {
  const outlooks: ClusterOutlook[] = [];
  for (const render of inner(simulation).clusters) {
    const shown = await shownObjects(render, context);
    const objects = shown.map(({ object }) => object);
    const canaries = shown
      .filter(({ ref }) => ref.kind === "Canary" && groupOf(ref.apiVersion) === "flagger.app")
      .map(({ ref, object }) => ({ ref, plan: planCanary(object, objects) }));
    const images = describeImageAutomation(objects);
    outlooks.push({ cluster: render.cluster, ...routeNotifications(objects), canaries, images });
  }
  return outlooks.filter(hasContent);
}

function hasContent({ alerts, receivers, canaries, images }: ClusterOutlook): boolean {
  const { policies, automations } = images;
  return [alerts, receivers, canaries, policies, automations].some(({ length }) => length > 0);
}

interface Shown {
  readonly ref: ObjectRef;
  readonly object: JsonObject;
}

/** What is applied, with digests for values that come from Secrets: a channel or an address may be one. */
async function shownObjects(
  { nodes, scopes }: ClusterRender,
  context: PresentContext,
): Promise<readonly Shown[]> {
  const shown = await Promise.all(nodes.map((node) => objectsOf(node, scopes, context)));
  return shown.flat();
}

async function objectsOf(
  { built, spec }: RenderedNode,
  scopes: ClusterRender["scopes"],
  context: PresentContext,
): Promise<readonly Shown[]> {
  if (built.outcome !== "built" || spec.suspend) return [];
  const items = inventoryOf(built.result, scopes).filter(
    ({ object }) => object.skipped === undefined,
  );
  if (!holdsSecrets(built))
    return items.map(({ ref, object }) => ({ ref, object: parsed(object) }));
  const masked = await presentable(built, scopes, context);
  return items.flatMap(({ ref, id }) => {
    const object = masked.get(id);
    return object === undefined ? [] : [{ ref, object }];
  });
}
