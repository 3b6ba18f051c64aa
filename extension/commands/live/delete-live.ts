/** Deletes a live object after saying what goes with it. */
import { pruneImpact } from "../../model/cluster/prune-impact.ts";
import type { Services } from "../services.ts";
import { runActions } from "./run-actions.ts";
import { liveOf, pickTargets } from "./targets.ts";

export function deleteLive(services: Services) {
  return async (node?: string, selection?: readonly string[]): Promise<void> => {
    const live = liveOf(services);
    const targets = await pickTargets(live, { node, selection }, "Delete what?", () => true);
    const detail = targets
      .map(({ entry, index }) => pruneImpact(entry, index))
      .filter(Boolean)
      .join("\n\n");
    const plan = { verb: "Delete", permission: "delete", confirm: "always", detail } as const;
    await runActions(live, targets, plan, async ({ session, entry }, _, signal) => {
      await live.actions.deleteObject(session, entry.live.ref, signal);
      return "deletion requested";
    });
  };
}
