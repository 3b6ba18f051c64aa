/** What is known of each open tree: the last plan, whether a newer one is being made, what failed. Pure. */
import type { FailureReason, PlanNote, PlanParams } from "#protocol";
import type { Plan, Progress } from "#simulator";

export interface FolderView {
  /** URI of the tree's root. */
  readonly folder: string;
  /** Last part of the URI, for people. */
  readonly name: string;
  readonly revision: number;
  readonly running: boolean;
  readonly progress?: Progress;
  /** Stays while a newer simulation is running. */
  readonly plan?: Plan;
  readonly notes: readonly PlanNote[];
  readonly failure?: { readonly reason: FailureReason; readonly message: string };
}

export type FolderViews = ReadonlyMap<string, FolderView>;

/** The views after a message of the server; messages of older revisions change nothing. */
export function nextViews(views: FolderViews, message: PlanParams): FolderViews {
  const next = new Map(views);
  if (message.state === "closed") {
    next.delete(message.folder);
    return next;
  }
  const before = views.get(message.folder);
  if (before && message.revision < before.revision) return views;
  next.set(message.folder, nextView(before ?? emptyView(message.folder), message));
  return next;
}

function nextView(
  before: FolderView,
  message: Exclude<PlanParams, { state: "closed" }>,
): FolderView {
  const { folder, name, notes } = before;
  const kept = before.plan ? { plan: before.plan } : {};
  const { revision } = message;
  switch (message.state) {
    case "running": {
      const progress = message.progress ? { progress: message.progress } : {};
      const failure = before.failure ? { failure: before.failure } : {};
      return { folder, name, revision, running: true, ...progress, ...kept, ...failure, notes };
    }
    case "ready":
      return { folder, name, revision, running: false, plan: message.plan, notes: message.notes };
    case "failed": {
      const failure = { reason: message.reason, message: message.message };
      return { folder, name, revision, running: false, ...kept, notes, failure };
    }
  }
}

function emptyView(folder: string): FolderView {
  return { folder, name: folderName(folder), revision: 0, running: false, notes: [] };
}

function folderName(folder: string): string {
  const last = folder.split("/").filter(Boolean).at(-1) ?? folder;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
