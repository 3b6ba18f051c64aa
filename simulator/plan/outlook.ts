/**
 * What happens on a cluster once the objects are applied: which events would be told to whom, what a webhook would
 * reconcile, what Flagger would make of its Canaries. Pure: nothing is sent or started.
 */
import { planCanary } from "../flux/canary.ts";
import type { CanaryPlan } from "../flux/canary.ts";
import { routeNotifications } from "../flux/notifications.ts";
import type { Notifications } from "../flux/notifications.ts";
import { groupOf } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import { inventoryOf } from "../render/inventory.ts";
import { parsed } from "../render/objects.ts";
import type { ObjectRef } from "../records.ts";
import { inner } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";

export interface ClusterOutlook extends Notifications {
  readonly cluster: string;
  readonly canaries: readonly { readonly ref: ObjectRef; readonly plan: CanaryPlan }[];
}

/** Clusters in the order of the simulation; those without alerts, receivers and canaries are left out. */
export function outlookOf(simulation: Simulation): readonly ClusterOutlook[] {
  const outlooks = inner(simulation).clusters.map(({ cluster, nodes, scopes }) => {
    const items = nodes.flatMap(({ built, spec }) =>
      built.outcome === "built" && !spec.suspend
        ? inventoryOf(built.result, scopes).filter(({ object }) => object.skipped === undefined)
        : [],
    );
    const objects = items.map(({ object }): JsonObject => parsed(object));
    const canaries = items
      .filter(({ ref }) => ref.kind === "Canary" && groupOf(ref.apiVersion) === "flagger.app")
      .map(({ ref, object }) => ({ ref, plan: planCanary(parsed(object), objects) }));
    return { cluster, ...routeNotifications(objects), canaries };
  });
  return outlooks.filter(
    ({ alerts, receivers, canaries }) => alerts.length + receivers.length + canaries.length > 0,
  );
}
