/** Deletes a live object after saying what goes with it. */
import { inventoryRefs, objectAt, refTitle } from "#simulator";

import { liveName } from "../../model/cluster/live-words.ts";
import type { Services } from "../services.ts";
import { runActions } from "./run-actions.ts";
import type { ObjectTarget } from "./targets.ts";
import { liveOf, pickTargets } from "./targets.ts";

const mostNamed = 8;

export function deleteLive(services: Services) {
  return async (node?: string, selection?: readonly string[]): Promise<void> => {
    const live = liveOf(services);
    const targets = await pickTargets(live, { node, selection }, "Delete what?", () => true);
    const detail = targets.map(impact).filter(Boolean).join("\n\n");
    const plan = { verb: "Delete", permission: "delete", confirm: "always", detail } as const;
    await runActions(live, targets, plan, async ({ session, entry }, _, signal) => {
      await live.actions.deleteObject(session, entry.live.ref, signal);
      return "deletion requested";
    });
  };
}

/** What its controller will delete too, and who will bring it back. */
function impact({ entry, index }: ObjectTarget): string {
  const { object, ref, inventory, id } = entry.live;
  const refs = inventoryRefs(inventory);
  const keeps =
    objectAt(object, "spec")["prune"] === false || objectAt(object, "spec")["suspend"] === true;
  const names = refs.slice(0, mostNamed).map(refTitle).join(", ");
  const rest = refs.length > mostNamed ? ` and ${refs.length - mostNamed} more` : "";
  const fate = keeps ? "stay in the cluster" : "are deleted with it";
  const below = refs.length === 0 ? "" : `${refs.length} objects ${fate}: ${names}${rest}.`;
  const parent = index.get(index.parent(id) ?? "")?.live.ref;
  const back =
    parent === undefined
      ? ""
      : `${liveName(parent)} creates it again unless it is removed from Git.`;
  const lines = [below, back].filter(Boolean);
  return lines.length === 0 ? "" : `${liveName(ref)}: ${lines.join(" ")}`;
}
