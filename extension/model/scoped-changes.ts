/** Which changes a node stands for: all of a folder, of a cluster, of an applier, or the one. */
import type { Change, PlanApplier } from "#simulator";

import type { FolderViews } from "./folder-view.ts";
import type { NodeTarget } from "./preview-node.ts";

export interface ScopedChange {
  readonly folder: string;
  readonly change: Change;
}

/** Without a scope: every change of every folder, in the order of the plan. */
export function scopedChanges(views: FolderViews, scope?: NodeTarget): readonly ScopedChange[] {
  return [...views.values()].flatMap(({ folder, plan }) => {
    if (!plan || (scope && scope.folder !== folder)) return [];
    return plan.clusters.flatMap((cluster) =>
      cluster.appliers
        .filter((applier) => isInScope(scope, cluster.name, applier))
        .flatMap(({ changes }) => changes)
        .filter((change) => scope?.kind !== "change" || scope.change.id === change.id)
        .map((change) => ({ folder, change })),
    );
  });
}

function isInScope(
  scope: NodeTarget | undefined,
  cluster: string,
  { applier }: PlanApplier,
): boolean {
  switch (scope?.kind) {
    case undefined:
    case "folder":
    case "change":
    case "problem":
    case "risk":
      return true;
    case "cluster":
      return scope.cluster === cluster;
    case "applier":
      return scope.applier === applier.id;
  }
}
