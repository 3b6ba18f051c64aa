/** What a pushed commit has to reach on one cluster, and how far it is there. Pure. */
import {
  findCondition,
  conditionsOf,
  isSuspended,
  objectAt,
  objectId,
  sameRepository,
  sourceChain,
  textAt,
} from "#simulator";
import type { FindObject, JsonObject, Plan, PlanApplier } from "#simulator";

import type { LiveIndex } from "../cluster/live-index.ts";

/** Where it was pushed to: a branch of a repository by any of its addresses, or a tag of an OCI repository. */
export type PushedPlace =
  | { readonly kind: "git"; readonly urls: readonly string[]; readonly branch: string }
  | { readonly kind: "oci"; readonly url: string; readonly tag: string };

export interface FollowGoal {
  readonly id: string;
  /** `source`: it has fetched the commit; `gone`: it is deleted; `ready`: it has applied what the commit says. */
  readonly end: "source" | "ready" | "gone";
  /** Has to be ready first. */
  readonly after: readonly string[];
}

/** Empty when this cluster is not fed by that branch. Sources come first, owners before what they own. */
export function followGoals(
  plan: Plan,
  index: LiveIndex,
  pushed: PushedPlace,
): readonly FollowGoal[] {
  return plan.clusters.flatMap(({ appliers }) => {
    const byId = new Map(appliers.map((one) => [one.applier.id, one]));
    const affected = appliers.filter(isAffected).flatMap((one) => withOwners(one, byId));
    const depth = (one: PlanApplier): number => withOwners(one, byId).length;
    const ordered = [...new Set(affected)].sort((a, b) => depth(a) - depth(b));
    const goals = new Map<string, FollowGoal>();
    for (const { applier, status } of ordered) {
      const id = objectId(applier.ref);
      const parent = applier.parent === undefined ? undefined : byId.get(applier.parent);
      const own = sourcesOf(id, index, pushed);
      for (const source of own) goals.set(source, { id: source, end: "source", after: [] });
      const after = [...own, ...(parent === undefined ? [] : [objectId(parent.applier.ref)])];
      goals.set(id, { id, end: status === "deleted" ? "gone" : "ready", after });
    }
    const all = [...goals.values()];
    if (!all.some(({ end }) => end === "source")) return [];
    return [
      ...all.filter(({ end }) => end === "source"),
      ...all.filter(({ end }) => end !== "source"),
    ];
  });
}

function isAffected({ changes, status }: PlanApplier): boolean {
  return changes.length > 0 || status !== "unchanged";
}

/** Itself first, then its owners up to the root. */
function withOwners(
  one: PlanApplier,
  byId: ReadonlyMap<string, PlanApplier>,
): readonly PlanApplier[] {
  const found: PlanApplier[] = [];
  let at: PlanApplier | undefined = one;
  while (at !== undefined && !found.includes(at)) {
    found.push(at);
    at = at.applier.parent === undefined ? undefined : byId.get(at.applier.parent);
  }
  return found;
}

/** The sources of an object that follow the place. */
function sourcesOf(id: string, index: LiveIndex, pushed: PushedPlace): readonly string[] {
  const object = index.get(id)?.live.object;
  if (object === undefined) return [];
  const find: FindObject = (ref) => index.get(objectId(ref))?.live.object;
  return sourceChain(object, find).flatMap((ref) => {
    const source = find(ref);
    return source !== undefined && follows(source, pushed) ? [objectId(ref)] : [];
  });
}

/** Without a branch a GitRepository follows `master`, without a tag an OCIRepository `latest`. */
function follows(source: JsonObject, pushed: PushedPlace): boolean {
  const url = textAt(source, "spec", "url");
  if (url === undefined) return false;
  switch (pushed.kind) {
    case "git": {
      const name = textAt(source, "spec", "ref", "branch") ?? textAt(source, "spec", "ref", "name");
      const branch = (name ?? "master").replace(/^refs\/heads\//, "");
      return sameRepository(url, pushed.urls) && branch === pushed.branch;
    }
    case "oci":
      return (
        url === pushed.url && (textAt(source, "spec", "ref", "tag") ?? "latest") === pushed.tag
      );
  }
}

export type FollowStep =
  | { readonly kind: "done" }
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** `contains` are the commits that have the pushed one among their ancestors, itself included; or the digest of the artifact. */
export function followStep(
  { end }: FollowGoal,
  object: JsonObject | undefined,
  contains: ReadonlySet<string>,
): FollowStep {
  if (object === undefined)
    return end === "gone" ? { kind: "done" } : waiting("it is not there yet");
  if (end === "gone") return waiting("it is to be deleted");
  if (isSuspended(object)) return { kind: "failed", message: "it is suspended" };
  const conditions = conditionsOf(object);
  const ready = findCondition(conditions, "Ready");
  const message = ready?.message ?? "";
  const isStalled = findCondition(conditions, "Stalled")?.status === "True";
  if (end === "source") {
    const commit = commitIn(textAt(object, "status", "artifact", "revision"));
    if (commit !== undefined && contains.has(commit)) return { kind: "done" };
    return ready?.status === "False"
      ? { kind: "failed", message }
      : waiting("it has not fetched it");
  }
  // A Kustomization says which commit it tried; a HelmRelease knows only its own generation.
  const attempted = commitIn(textAt(object, "status", "lastAttemptedRevision"));
  const applied = commitIn(textAt(object, "status", "lastAppliedRevision"));
  if (attempted !== undefined && !contains.has(attempted)) return waiting("it has an older commit");
  const generation = objectAt(object, "metadata")["generation"];
  const seen = ready?.observedGeneration ?? 0;
  if (seen !== 0 && seen !== generation) return waiting("a new version of it is to be looked at");
  const isFailed = ready?.status === "False" && ready.reason !== "DependencyNotReady";
  if (isStalled || isFailed) return { kind: "failed", message };
  if (ready?.status !== "True") return waiting(message || "it is in progress");
  if (applied !== undefined && !contains.has(applied)) return waiting("it is applying the commit");
  return { kind: "done" };
}

/** The commits that the objects name, to be asked about. */
export function namedCommits(object: JsonObject): readonly string[] {
  const texts = [
    textAt(object, "status", "artifact", "revision"),
    textAt(object, "status", "lastAttemptedRevision"),
    textAt(object, "status", "lastAppliedRevision"),
  ];
  return texts.flatMap((text) => commitIn(text) ?? []);
}

/** The commit, or the digest of an artifact, without what stands before it. */
function commitIn(revision: string | undefined): string | undefined {
  return /(?:sha1:|sha256:|^|\/)([0-9a-f]{40}|[0-9a-f]{64})$/.exec(revision ?? "")?.[1];
}

function waiting(message: string): FollowStep {
  return { kind: "waiting", message };
}
