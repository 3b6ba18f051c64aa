/**
 * How every change of a cluster is made: refused in read-only mode and without permission, confirmed where it has to be,
 * shown while it runs, reported once at its end.
 */
import { CancellationError, ProgressLocation, window } from "vscode";

import { ConnectionError, StatusError } from "#simulator/cluster/errors";

import { confirmation, isProtected, reportText } from "../../model/cluster/action-words.ts";
import type { ActionOutcome } from "../../model/cluster/action-words.ts";
import { liveName } from "../../model/cluster/live-words.ts";
import { showError, showInformation, UserError } from "../../platform/notify.ts";
import type { Live } from "./live.ts";
import type { ObjectTarget } from "./targets.ts";

export interface ActionPlan {
  /** `Suspend`, `Reconcile`: begins sentences. */
  readonly verb: string;
  readonly permission: "patch" | "delete";
  /** `always` asks also for one object. */
  readonly confirm: "never" | "bulk" | "always";
  /** What a person should know before saying yes. */
  readonly detail?: string;
}

/** Gives what to tell the person about this object. Throws to report a failure. */
export type Work = (
  target: ObjectTarget,
  report: (message: string) => void,
  signal: AbortSignal,
) => Promise<string>;

const sideBySide = 4;

export async function runActions(
  live: Live,
  targets: readonly ObjectTarget[],
  plan: ActionPlan,
  work: Work,
): Promise<void> {
  if (targets.length === 0) return;
  refuseReadOnly(live, plan.verb);
  await confirmed(live, targets, plan);
  const abort = new AbortController();
  const outcomes = await window.withProgress(
    { location: ProgressLocation.Notification, title: titleOf(targets, plan), cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => abort.abort(new CancellationError()));
      await permitted(live, targets, plan, abort.signal);
      let done = 0;
      const say = (message: string): void => {
        const count = targets.length > 1 ? `${done} of ${targets.length} · ` : "";
        progress.report({ message: `${count}${message}` });
      };
      return pooled(targets, async (target) => {
        const outcome = await outcomeOf(target, work, say, abort.signal);
        done++;
        say(outcome.name);
        return outcome;
      });
    },
  );
  if (abort.signal.aborted) throw new CancellationError();
  report(live, plan, outcomes);
}

export function refuseReadOnly({ settings }: Live, verb: string): void {
  if (settings.readOnly)
    throw new UserError(`${verb} is refused: sluice.cluster.readOnly is switched on.`);
}

function titleOf(targets: readonly ObjectTarget[], { verb }: ActionPlan): string {
  const [first] = targets;
  const one = first === undefined ? "" : liveName(first.entry.live.ref);
  return targets.length === 1 ? `${verb} ${one}` : `${verb} ${targets.length} objects`;
}

async function confirmed(
  { settings }: Live,
  targets: readonly ObjectTarget[],
  plan: ActionPlan,
): Promise<void> {
  const contexts = [...new Set(targets.map(({ session }) => session.context))];
  const guarded = contexts.filter((context) => isProtected(context, settings.protectedContexts));
  const names = targets.map(({ entry }) => liveName(entry.live.ref));
  const text = confirmation(plan.verb, names, contexts, plan.detail ?? "");
  if (guarded.length > 0) return typed(guarded.join(", "), text.message);
  const ask = plan.confirm === "always" || (plan.confirm === "bulk" && targets.length > 1);
  if (!ask) return;
  const answer = await window.showWarningMessage(
    text.message,
    { modal: true, detail: text.detail },
    plan.verb,
  );
  if (answer !== plan.verb) throw new CancellationError();
}

/** For contexts that the user protects, a click is not enough. */
async function typed(context: string, message: string): Promise<void> {
  const answer = await window.showInputBox({
    title: message,
    prompt: `${context} is protected. Type its name to go on.`,
    validateInput: (text) => (text === "" || text === context ? undefined : "Not the same name"),
  });
  if (answer !== context) throw new CancellationError();
}

async function permitted(
  live: Live,
  targets: readonly ObjectTarget[],
  { permission, verb }: ActionPlan,
  signal: AbortSignal,
): Promise<void> {
  const answers = await pooled(targets, async ({ session, entry }) => ({
    name: liveName(entry.live.ref),
    allowed: await live.actions.mayDo(session, permission, entry.live.ref, signal),
  }));
  const refused = answers.filter(({ allowed }) => !allowed).map(({ name }) => name);
  if (refused.length === 0) return;
  throw new UserError(`${verb} is not allowed: you may not ${permission} ${refused.join(", ")}.`);
}

async function outcomeOf(
  target: ObjectTarget,
  work: Work,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const name = liveName(target.entry.live.ref);
  try {
    const message = await work(target, (text) => say(`${name}: ${text}`), signal);
    return { name, ok: true, message };
  } catch (error) {
    if (signal.aborted) return { name, ok: false, message: "cancelled" };
    return { name, ok: false, message: wordsOf(error) };
  }
}

/** The words of failures that belong to the person; anything else is a bug and goes on its way. */
function wordsOf(error: unknown): string {
  if (
    error instanceof StatusError ||
    error instanceof ConnectionError ||
    error instanceof UserError
  )
    return error.message;
  throw error;
}

/** The command has ended then: nobody waits until the notification is closed. */
function report(live: Live, { verb }: ActionPlan, outcomes: readonly ActionOutcome[]): void {
  const { text, failed } = reportText(verb, outcomes);
  for (const { name, ok, message } of outcomes)
    live.log(`${verb} ${name}: ${ok ? "" : "failed: "}${message}`);
  void (failed === 0 ? showInformation(text) : showError(text));
}

async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.map((item, at) => ({ item, at }));
  const workers = Array.from({ length: Math.min(sideBySide, items.length) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next.at] = await work(next.item);
  });
  await Promise.all(workers);
  return results;
}
