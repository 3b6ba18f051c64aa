/** The whole at a glance: what the status bar says, which welcome text fits, what stands above the tree, the badge. */
import type { PlanLive } from "#simulator";

import type { FolderView, FolderViews } from "./folder-view.ts";
import type { PreviewTree } from "./preview-node.ts";
import type { PreviewFilter } from "./preview-tree.ts";
import { changeCount, count, countsText, loudRisks, problemCount, sidesText } from "./words.ts";

/** Which welcome text the empty view shows; the value of the context key `sluice.view`. */
export type WelcomeState =
  | "off"
  | "starting"
  | "engine-missing"
  | "failed"
  | "no-manifests"
  | "no-changes"
  | "no-problems"
  | "content";

export function welcomeState(
  views: FolderViews,
  tree: PreviewTree,
  filter: PreviewFilter,
): WelcomeState {
  if (tree.roots.length > 0) return "content";
  const all = [...views.values()];
  if (all.some(({ failure }) => failure?.reason === "engine-missing")) return "engine-missing";
  if (all.some(({ failure }) => failure !== undefined)) return "failed";
  if (all.length === 0 || all.some(({ plan }) => plan === undefined)) return "starting";
  if (all.every(hasNoManifests)) return "no-manifests";
  return filter === "problems" ? "no-problems" : "no-changes";
}

function hasNoManifests({ plan }: FolderView): boolean {
  return plan !== undefined && plan.clusters.every(({ appliers }) => appliers.length === 0);
}

export interface StatusText {
  /** With codicons. */
  readonly text: string;
  readonly accessibleLabel: string;
  readonly tooltip: string;
}

/** `undefined` hides the item: there is nothing to say about this workspace. */
export function statusText(views: FolderViews): StatusText | undefined {
  const all = [...views.values()];
  if (all.length === 0 || (all.every(hasNoManifests) && !all.some(({ running }) => running)))
    return undefined;
  const failure = all.find((view) => view.failure)?.failure;
  const changes = sum(all, (view) => (view.plan ? changeCount(view.plan) : 0));
  const problems = sum(all, (view) => (view.plan ? problemCount(view.plan) : 0));
  const risks = sum(all, (view) => (view.plan ? loudRisks(view.plan).length : 0));
  const words = `${count(changes, "change")}, ${risks > 0 ? `${count(risks, "risk")}, ` : ""}${count(problems, "problem")}`;
  const sign = all.some(({ plan }) => (plan?.counts.errors ?? 0) > 0) ? "error" : "warning";
  const numbers = [
    `${changes}`,
    ...(risks > 0 ? [`$(shield) ${risks}`] : []),
    ...(problems > 0 ? [`$(${sign}) ${problems}`] : []),
  ].join(" ");
  const sides = all.flatMap(({ plan }) => (plan ? [sidesText(plan)] : [])).at(0);
  const tooltip = failure ? failure.message : `Sluice: ${words}${sides ? ` (${sides})` : ""}`;
  if (all.some(({ running }) => running)) {
    const doing = `simulating${progressText(all)}`;
    return {
      text: `$(sync~spin) ${numbers}`,
      accessibleLabel: `Sluice is ${doing}; ${words} so far`,
      tooltip: `${tooltip}, ${doing}…`,
    };
  }
  if (failure)
    return {
      text: "$(error) Sluice",
      accessibleLabel: `Sluice failed: ${failure.message}`,
      tooltip,
    };
  return {
    text: `$(git-compare) ${numbers}`,
    accessibleLabel: `Sluice: ${words}`,
    tooltip,
  };
}

/** ` (12 of 40)`, once there is something to count. */
function progressText(views: readonly FolderView[]): string {
  const progress = views.find((view) => (view.progress?.total ?? 0) > 1)?.progress;
  return progress ? ` (${progress.done} of ${progress.total})` : "";
}

/** Above the tree: what was left out and why. `undefined` shows nothing. */
export function viewMessage(views: FolderViews): string | undefined {
  const notes = [...views.values()].flatMap((view) => [
    ...view.notes.map(({ message }) => message),
    ...(view.plan?.live ? liveNotes(view.plan.live) : []),
  ]);
  const failures = [...views.values()].flatMap(({ failure, plan }) =>
    failure && plan ? [failure.message] : [],
  );
  const lines = [...new Set([...failures, ...notes])];
  return lines.length > 0 ? lines.join(" ") : undefined;
}

/** How much of a plan against a cluster is the server's own word, and what it was not asked. */
function liveNotes({ partial, known, taken }: PlanLive): readonly string[] {
  return [
    ...(partial === undefined ? [] : [`This is a part of the truth: ${partial}`]),
    ...(known.structural > 0
      ? [`${count(known.structural, "object")} compared without asking the API server.`]
      : []),
    ...(taken.length > 0 ? [`Taken from the cluster: ${taken.join(", ")}.`] : []),
  ];
}

/** Beside the title of the view: `HEAD ↔ working tree`. */
export function viewDescription(views: FolderViews): string | undefined {
  const sides = new Set([...views.values()].flatMap(({ plan }) => (plan ? [sidesText(plan)] : [])));
  return sides.size === 1 ? [...sides][0] : undefined;
}

/** On the activity bar: changes, and errors among the problems. */
export function badge(
  views: FolderViews,
): { readonly value: number; readonly tooltip: string } | undefined {
  const all = [...views.values()];
  const changes = sum(all, (view) => (view.plan ? changeCount(view.plan) : 0));
  const problems = sum(all, (view) => (view.plan ? problemCount(view.plan) : 0));
  const risks = sum(all, (view) => (view.plan ? loudRisks(view.plan).length : 0));
  if (changes + problems === 0) return undefined;
  return { value: changes + problems, tooltip: countsText(changes, risks, problems) };
}

function sum(views: readonly FolderView[], of: (view: FolderView) => number): number {
  return views.reduce((total, view) => total + of(view), 0);
}
