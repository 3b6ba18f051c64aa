/** The plan of a push: what the branch of the remote renders now, against the commit that would take its place. */
import type { CancellationToken } from "vscode";
import { Uri } from "vscode";

import type { NamedRevision } from "#protocol";
import type { Plan } from "#simulator";

import type { PushFacts } from "../../model/push/push-facts.ts";
import { upstreamName } from "../../model/push/push-facts.ts";
import { UserError } from "../../platform/notify.ts";
import type { Live } from "../live/live.ts";
import type { Services } from "../services.ts";
import { unlessCancelled } from "./cancellation.ts";
import type { GitRepository } from "./git-extension.ts";

/** Throws a `UserError` when there can't be a plan: then nothing is pushed. */
export async function planPush(
  { link, store }: Services,
  live: Live,
  repository: GitRepository,
  facts: PushFacts,
  token: CancellationToken,
): Promise<Plan> {
  const folder = folderOf([...store.views.keys()], repository.rootUri);
  if (folder === undefined)
    throw new UserError("Sluice does not simulate this repository: it has no Flux manifests here.");
  const base = await baseOf(live, repository.rootUri.fsPath, facts);
  const target: NamedRevision = { revision: facts.commit, label: facts.branch };
  const answer = await unlessCancelled(token, () =>
    link.planRevisions({ folder, target, ...(base && { base }) }, token),
  );
  if (answer.plan === undefined)
    throw new UserError(
      `Nothing was pushed, because there is no plan: ${answer.failure ?? "the language server is not running."}`,
    );
  return answer.plan;
}

/** Folders are written as the server spells them, which may keep a symbolic link. */
function folderOf(folders: readonly string[], root: Uri): string | undefined {
  const path = (uri: Uri): string => uri.path.replace(/\/$/, "");
  return folders.find((folder) => path(Uri.parse(folder, true)) === path(root));
}

/** What the clusters have now. For a new branch that is where it left the remote's main branch. */
async function baseOf(
  { git }: Live,
  folder: string,
  facts: PushFacts,
): Promise<NamedRevision | undefined> {
  const upstream = upstreamName(facts);
  const own = await git.resolveCommit(folder, `refs/remotes/${upstream}`);
  if (own !== undefined) return { revision: own, label: upstream };
  for (const name of ["HEAD", "main", "master"]) {
    const branch = `${facts.remote}/${name}`;
    const commit = await git.resolveCommit(folder, `refs/remotes/${branch}`);
    if (commit !== undefined)
      return { revision: `merge-base:${commit}`, label: `merge base with ${branch}` };
  }
  return undefined;
}
