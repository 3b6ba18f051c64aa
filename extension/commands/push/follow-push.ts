/**
 * Follows a pushed commit on the clusters that are connected and fed by its branch, until everything it changes is ready there or
 * something has failed. Cancelling ends the watching and nothing else.
 */
import { ProgressLocation, commands, window } from "vscode";

import type { Plan } from "#simulator";
import { objectAt } from "#simulator";

import { nodeIds } from "../../model/cluster/live-node.ts";
import type { LiveEntry } from "../../model/cluster/live-index.ts";
import { liveName } from "../../model/cluster/live-words.ts";
import type { FollowGoal, FollowStep, PushedPlace } from "../../model/push/followed-objects.ts";
import { followGoals, followStep, namedCommits } from "../../model/push/followed-objects.ts";
import { showError, showInformation } from "../../platform/notify.ts";
import { explainFailure } from "../live/explain-failure.ts";
import type { Live } from "../live/live.ts";

export interface PushedCommit {
  readonly place: PushedPlace;
  /** A folder of the repository. */
  readonly folder: string;
  /** The commit, or the digest of an artifact without `sha256:`. */
  readonly commit: string;
}

/** True when a connected cluster is followed. Ends when all of them are done, or the person has had enough. */
export async function followPush(live: Live, plan: Plan, pushed: PushedCommit): Promise<boolean> {
  const followed = live.clusters.sessions().flatMap(({ context }) => {
    const goals = followGoals(plan, live.clusters.index(context), pushed.place);
    return goals.length === 0 ? [] : [{ context, goals }];
  });
  await Promise.all(followed.map(({ context, goals }) => followOn(live, context, goals, pushed)));
  return followed.length > 0;
}

async function followOn(
  live: Live,
  context: string,
  goals: readonly FollowGoal[],
  pushed: PushedCommit,
): Promise<void> {
  const short = pushed.commit.slice(0, 7);
  const asked = offerReconcile(live, context, goals, short);
  const location = ProgressLocation.Notification;
  const title = `Following ${short} in ${context}`;
  const ended = await window.withProgress(
    { location, title, cancellable: true },
    (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      const say = (message: string): void => progress.report({ message });
      return untilEnded(live, context, goals, pushed, { say, signal: abort.signal });
    },
  );
  void asked;
  if (ended === undefined) return;
  if (ended.failed === undefined) {
    live.log(`${short} is live in ${context}`);
    void showInformation(`${short} is live in ${context}: all ${goals.length} objects are ready.`);
    return;
  }
  const { entry, message } = ended.failed;
  const text = await why(live, context, entry, message);
  live.log(`${short} in ${context}: ${text}`);
  void showError(`${short} in ${context}: ${text}`, {
    title: "Show in Cluster",
    run: () => live.views.reveal(context, entry.live.id),
  });
}

/** The controllers look at their sources by themselves; who does not want to wait has this. */
async function offerReconcile(
  live: Live,
  context: string,
  goals: readonly FollowGoal[],
  short: string,
): Promise<void> {
  const root = goals.find(({ end, after }) => end === "ready" && after.length > 0);
  if (root === undefined || live.settings.readOnly) return;
  const now = "Reconcile Now";
  const answer = await window.showInformationMessage(
    `${context} will fetch ${short} within the interval of its source.`,
    now,
  );
  if (answer === now)
    await commands.executeCommand("sluice.reconcileWithSource", nodeIds.object(context, root.id));
}

interface Ended {
  /** Absent when everything is ready. */
  readonly failed?: { readonly entry: LiveEntry; readonly message: string };
}

/** Milliseconds between two looks at what no event tells of. */
const look = 1000;

/** `undefined` when it was cancelled or the cluster was disconnected. */
async function untilEnded(
  live: Live,
  context: string,
  goals: readonly FollowGoal[],
  { folder, commit, place }: PushedCommit,
  { say, signal }: { readonly say: (message: string) => void; readonly signal: AbortSignal },
): Promise<Ended | undefined> {
  const known = new Map([[commit, true]]);
  let isSettled = false;
  while (!signal.aborted && live.clusters.session(context) !== undefined) {
    const index = live.clusters.index(context);
    const entries = goals.map(({ id }) => index.get(id));
    const named = entries.flatMap((entry) =>
      entry === undefined ? [] : namedCommits(entry.live.object),
    );
    const unknown = named.filter((one) => !known.has(one));
    const containing =
      place.kind === "git" ? await live.git.containing(folder, commit, unknown) : new Set<string>();
    for (const one of unknown) known.set(one, containing.has(one));
    const contains = new Set([...known].flatMap(([one, isIn]) => (isIn ? [one] : [])));
    const steps = stepsOf(goals, (id) => index.get(id)?.live.object, contains);
    const at = steps.findIndex(({ kind }) => kind === "failed");
    const [failed, step] = [entries[at], steps[at]];
    const done = steps.filter(({ kind }) => kind === "done").length;
    const hasFailed = failed !== undefined && step?.kind === "failed";
    if (hasFailed || done === goals.length) {
      if (isSettled) return hasFailed ? { failed: { entry: failed, message: step.message } } : {};
      // What an owner has applied is heard of by another watch, which may be a moment behind.
      isSettled = true;
      await pause(signal);
      continue;
    }
    isSettled = false;
    const next = steps.findIndex(({ kind }) => kind === "waiting");
    say(progressText(done, goals, next, steps[next], entries[next]));
    await nextChange(live, context, signal);
  }
  return undefined;
}

/** What waits for something else is not looked at before that is done. */
function stepsOf(
  goals: readonly FollowGoal[],
  find: (id: string) => Parameters<typeof followStep>[1],
  contains: ReadonlySet<string>,
): readonly FollowStep[] {
  const done = new Set<string>();
  return goals.map((goal) => {
    const ahead = goal.after.filter((id) => goals.some((one) => one.id === id));
    if (ahead.some((id) => !done.has(id)))
      return { kind: "waiting", message: "it waits for its owner" };
    const step = followStep(goal, find(goal.id), contains);
    if (step.kind === "done") done.add(goal.id);
    return step;
  });
}

function progressText(
  done: number,
  goals: readonly FollowGoal[],
  next: number,
  step: FollowStep | undefined,
  entry: LiveEntry | undefined,
): string {
  const name = entry === undefined ? (goals[next]?.id ?? "") : liveName(entry.live.ref);
  const message = step?.kind === "waiting" ? step.message : "";
  return `${done} of ${goals.length} ready · ${name}: ${message}`;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, look);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function nextChange(live: Live, context: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stop = live.clusters.onDidChange((change) => {
      if (change.kind === "clusters" || change.context === context) end();
    });
    const timer = setTimeout(end, look);
    signal.addEventListener("abort", end);
  });
}

async function why(
  live: Live,
  context: string,
  entry: LiveEntry,
  message: string,
): Promise<string> {
  const name = liveName(entry.live.ref);
  const session = live.clusters.session(context);
  const { reason } = entry.status;
  if (session === undefined || Object.keys(objectAt(entry.live.object, "status")).length === 0)
    return `${name} failed: ${message}`;
  const outcome = { kind: "failed", reason, message } as const;
  return `${name} failed: ${await explainFailure({ session, entry }, outcome, session.signal)}`;
}
