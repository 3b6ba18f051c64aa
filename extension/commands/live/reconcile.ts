/** Requests a pass of the controller and waits for its end; in two more ways for HelmReleases and other kinds that know them. */
import type { LiveEntry } from "../../model/cluster/live-index.ts";
import { isForceable, isReconcilable, isResettable, isSuspended } from "#simulator";

import type { ReconcileKind } from "../../model/cluster/requests.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import { explainFailure } from "./explain-failure.ts";
import type { ActionPlan } from "./run-actions.ts";
import { runActions } from "./run-actions.ts";
import { liveOf, pickTargets } from "./targets.ts";

type Command = (node?: string, selection?: readonly string[]) => Promise<void>;

export const reconcile = (services: Services): Command =>
  request(services, "plain", {
    verb: "Reconcile",
    permission: "patch",
    confirm: "bulk",
  });

export const forceReconcile = (services: Services): Command =>
  request(services, "force", {
    verb: "Force",
    permission: "patch",
    confirm: "always",
    detail: "A Helm upgrade runs even when nothing changed.",
  });

export const resetReconcile = (services: Services): Command =>
  request(services, "reset", {
    verb: "Reset",
    permission: "patch",
    confirm: "bulk",
    detail: "The count of failures starts again, so that a release that gave up is tried again.",
  });

function request(services: Services, kind: ReconcileKind, plan: ActionPlan): Command {
  return async (node, selection) => {
    const live = liveOf(services);
    const targets = await pickTargets(live, { node, selection }, `${plan.verb} what?`, fits(kind));
    await runActions(live, targets, plan, async (target, report, signal) => {
      const outcome = await live.actions.reconcile(
        target.session,
        target.entry.live,
        { kind, onProgress: report },
        signal,
      );
      if (outcome.kind === "succeeded") return outcome.message;
      throw new UserError(await explainFailure(target, outcome, signal));
    });
  };
}

function fits(kind: ReconcileKind): (entry: LiveEntry) => boolean {
  const able = { plain: isReconcilable, force: isForceable, reset: isResettable }[kind];
  return ({ live }) => able(live.object) && !isSuspended(live.object);
}
