/** Reconciles more than one object in the right order: the sources first, or the whole chain from the root to the dependants. */
import { isReconcilable, isSuspended, refTitle } from "#simulator";

import type { Chain } from "../../model/cluster/chain.ts";
import { wholeChain, withSources } from "../../model/cluster/chain.ts";
import type { LiveEntry, LiveIndex } from "../../model/cluster/live-index.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import { explainFailure } from "./explain-failure.ts";
import type { Live } from "./live.ts";
import { runActions } from "./run-actions.ts";
import type { ObjectTarget } from "./targets.ts";
import { liveOf, pickTargets } from "./targets.ts";

type Command = (node?: string, selection?: readonly string[]) => Promise<void>;

export const reconcileWithSource = (services: Services): Command =>
  inOrder(services, "Reconcile with Source", withSources);

export const reconcileChain = (services: Services): Command =>
  inOrder(services, "Reconcile the Chain of", wholeChain);

function inOrder(
  services: Services,
  verb: string,
  chainOf: (entry: LiveEntry, index: LiveIndex) => Chain,
): Command {
  return async (node, selection) => {
    const live = liveOf(services);
    const fits = ({ live: { object } }: LiveEntry): boolean =>
      isReconcilable(object) && !isSuspended(object);
    const targets = await pickTargets(live, { node, selection }, `${verb} what?`, fits);
    const plan = { verb, permission: "patch", confirm: "bulk" } as const;
    await runActions(live, targets, plan, (target, report, signal) =>
      runChain(live, target, chainOf(target.entry, target.index), report, signal),
    );
  };
}

/** One stage after the other; a stage that fails ends the chain, because the next ones would wait for it. */
async function runChain(
  live: Live,
  target: ObjectTarget,
  chain: Chain,
  report: (message: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const total = chain.stages.flat().length;
  let done = 0;
  let last = "";
  for (const stage of chain.stages) {
    await Promise.all(
      stage.map(async (id) => {
        const entry = target.index.get(id);
        if (entry === undefined) return;
        const title = refTitle(entry.live.ref);
        const say = (message: string): void =>
          report(`${done + 1} of ${total}: ${title}: ${message}`);
        const outcome = await live.actions.reconcile(
          target.session,
          entry.live,
          { kind: "plain", onProgress: say },
          signal,
        );
        if (outcome.kind !== "succeeded")
          throw new UserError(
            `${title}: ${await explainFailure({ ...target, entry }, outcome, signal)}`,
          );
        done++;
        if (id === target.entry.live.id) last = outcome.message;
      }),
    );
  }
  const skipped = chain.suspended.map((id) => target.index.get(id)?.live.ref.name ?? id);
  const note = skipped.length === 0 ? "" : ` (suspended and left out: ${skipped.join(", ")})`;
  return `${last || "done"}${note}`;
}
