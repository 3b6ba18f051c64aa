/** A repository that a cluster follows: pushed, applied as objects of the cluster, and waited for by commit. */
import { randomUUID } from "node:crypto";

import type { Cluster } from "./cluster.ts";
import { gitRepository, gitRepositoryRef, kustomizationRef } from "./flux-objects.ts";
import type { GitRepository } from "./git-repositories.ts";
import { isFailed, isReady } from "./kube-api.ts";
import type { KubeApi, KubeObject } from "./kube-api.ts";
import type { Files } from "./tarball.ts";

export interface Followed {
  readonly repository: GitRepository;
  /** The first one. */
  readonly commit: string;
}

/** Pushes the files to a new repository `repo`, and applies its GitRepository and what else is given. */
export async function follow(cluster: Cluster, files: Files, objects: string): Promise<Followed> {
  const repository = cluster.git.create("repo");
  const commit = repository.push(files);
  await cluster.api.apply(`${gitRepository(repository.url)}---\n${objects}`);
  return { repository, commit };
}

/** What a webhook of the Git server does. */
export async function fetchNow({ api }: Cluster, name = "repo"): Promise<void> {
  const annotations = { "reconcile.fluxcd.io/requestedAt": randomUUID() };
  await api.patch(gitRepositoryRef(name), { metadata: { annotations } });
}

/** Resolves when these Kustomizations are Ready with this commit, inventory included. */
export async function applied(
  { api }: { readonly api: KubeApi },
  names: readonly string[],
  commit: string,
): Promise<void> {
  for (const name of names) await api.waitFor(kustomizationRef(name), hasApplied(commit));
}

/** Of a Kustomization. The revision is written after the condition, together with the inventory. */
export function hasApplied(commit: string): (object: KubeObject) => boolean {
  return (object) =>
    object.status?.["lastAppliedRevision"] === `main@sha1:${commit}` && isReady(object);
}

/** Of a Kustomization that failed with this commit, not with one before it. */
export function hasFailed(commit: string): (object: KubeObject) => boolean {
  return (object) =>
    object.status?.["lastAttemptedRevision"] === `main@sha1:${commit}` && isFailed(object);
}

/** Of a source. Its condition names the commit before the artifact is there. */
export function hasFetched(commit: string): (object: KubeObject) => boolean {
  return (object) => {
    const artifact = object.status?.["artifact"] as { readonly revision?: string } | undefined;
    return artifact?.revision === `main@sha1:${commit}` && isReady(object);
  };
}
