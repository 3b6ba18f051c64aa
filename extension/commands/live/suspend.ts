/** Suspends and resumes, by the mechanism of each kind. Before suspending it says whether Git would undo it, and what stops. */
import { CancellationError, window } from "vscode";

import { isSuspended, suspendMechanism } from "#simulator";

import type { LiveEntry } from "../../model/cluster/live-index.ts";
import { liveName } from "../../model/cluster/live-words.ts";
import {
  predictRevert,
  requestToken,
  resumeBody,
  suspendBody,
} from "../../model/cluster/requests.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import type { Live } from "./live.ts";
import { refuseReadOnly, runActions } from "./run-actions.ts";
import type { ObjectTarget } from "./targets.ts";
import { liveOf, pickTargets } from "./targets.ts";

type Command = (node?: string, selection?: readonly string[]) => Promise<void>;

export function suspend(services: Services): Command {
  return async (node, selection) => {
    const live = liveOf(services);
    const targets = await pickTargets(live, { node, selection }, "Suspend what?", canSuspend);
    if (targets.length === 0) return;
    refuseReadOnly(live, "Suspend");
    const detail = await warning(live, targets);
    const reason = await window.showInputBox({
      title: "Suspend",
      prompt: "Why? Others will see it. May be left empty.",
    });
    if (reason === undefined) return;
    const until = await pickEnd();
    if (until === undefined) return;
    const plan = {
      verb: "Suspend",
      permission: "patch",
      confirm: detail === "" ? "bulk" : "always",
      detail,
    } as const;
    await runActions(live, targets, plan, async ({ session, entry }, _, signal) => {
      const body = suspendBody(entry.live.object, { reason: reason.trim(), until });
      if (body === undefined) throw new UserError("Objects of this kind can't be suspended.");
      await live.actions.patchObject(session, entry.live.ref, body, signal);
      return "suspended; what it applied stays as it is";
    });
  };
}

export function resume(services: Services): Command {
  return async (node, selection) => {
    const live = liveOf(services);
    const targets = await pickTargets(live, { node, selection }, "Resume what?", ({ live: one }) =>
      isSuspended(one.object),
    );
    const plan = { verb: "Resume", permission: "patch", confirm: "bulk" } as const;
    await runActions(live, targets, plan, async ({ session, entry }, _, signal) => {
      const body = resumeBody(entry.live.object, requestToken(Date.now(), Math.random()));
      if (body === undefined) throw new UserError("Objects of this kind can't be resumed.");
      await live.actions.patchObject(session, entry.live.ref, body, signal);
      return "resumed";
    });
  };
}

function canSuspend({ live }: LiveEntry): boolean {
  return suspendMechanism(live.object).kind !== "none" && !isSuspended(live.object);
}

const hour = 3_600_000;
const ends = [
  { label: "No end", hours: 0 },
  { label: "1 hour", hours: 1 },
  { label: "8 hours", hours: 8 },
  { label: "1 day", hours: 24 },
  { label: "1 week", hours: 168 },
] as const;

/** A note for others; empty for no end, `undefined` when nothing was picked. */
async function pickEnd(): Promise<string | undefined> {
  const picked = await window.showQuickPick(ends, {
    title: "Suspend",
    placeHolder: "Until when is it meant? It is a note: nothing resumes by itself.",
  });
  if (picked === undefined) return undefined;
  return picked.hours === 0 ? "" : new Date(Date.now() + picked.hours * hour).toISOString();
}

/** Asks the server who owns the field: that is not kept in memory. */
async function warning(live: Live, targets: readonly ObjectTarget[]): Promise<string> {
  const abort = AbortSignal.timeout(10_000);
  const lines = await Promise.all(
    targets.map(async ({ session, entry, index }) => {
      const raw = await live.actions.readObject(session, entry.live.ref, abort);
      const prediction = predictRevert(raw);
      if (prediction.kind === "stays") return "";
      const parent = index.get(index.parent(entry.live.id) ?? "")?.live.ref;
      const by = parent === undefined ? prediction.manager : liveName(parent);
      return `${liveName(entry.live.ref)}: Git says whether it is suspended, so the next pass of ${by} undoes this. Suspend ${by} too, or set it in Git.`;
    }),
  ).catch((error: unknown) => {
    if (abort.aborted) throw new CancellationError();
    throw error;
  });
  return lines.filter(Boolean).join("\n");
}
