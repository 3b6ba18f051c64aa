/** What deleting a live object takes with it, and who brings it back: what a person should know before saying yes. Pure. */
import { inventoryRefs, objectAt, refTitle } from "#simulator";
import type { JsonObject } from "#simulator";

import type { LiveEntry, LiveIndex } from "./live-index.ts";
import { liveName } from "./live-words.ts";

const mostNamed = 8;

/** Empty when nothing else happens. */
export function pruneImpact({ live }: LiveEntry, index: LiveIndex): string {
  const { object, ref, inventory, id } = live;
  const refs = inventoryRefs(inventory);
  const names = refs.slice(0, mostNamed).map(refTitle).join(", ");
  const rest = refs.length > mostNamed ? ` and ${refs.length - mostNamed} more` : "";
  const fate = keepsItsObjects(object) ? "stay in the cluster" : "are deleted with it";
  const below = refs.length === 0 ? "" : `${refs.length} objects ${fate}: ${names}${rest}.`;
  const parent = index.get(index.parent(id) ?? "")?.live.ref;
  const back =
    parent === undefined
      ? ""
      : `${liveName(parent)} creates it again unless it is removed from Git.`;
  const lines = [below, back].filter(Boolean);
  return lines.length === 0 ? "" : `${liveName(ref)}: ${lines.join(" ")}`;
}

/**
 * A suspended applier deletes nothing any more; a deletion policy says more than `prune`
 * (`fluxcd/kustomize-controller internal/controller/kustomization_controller.go`, `fluxcd/helm-controller
 * internal/controller/helmrelease_controller.go`).
 */
function keepsItsObjects(object: JsonObject): boolean {
  const { suspend, prune, deletionPolicy } = objectAt(object, "spec");
  if (suspend === true || deletionPolicy === "Orphan") return true;
  const mirrors = deletionPolicy === undefined || deletionPolicy === "MirrorPrune";
  return mirrors && prune === false;
}
