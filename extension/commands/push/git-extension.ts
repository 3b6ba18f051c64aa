/** VS Code's own Git extension, as far as it is used here: its API, version 1, with types of our own. */
import type { Uri } from "vscode";
import { extensions, window } from "vscode";

import type { RepositoryFacts } from "../../model/push/push-facts.ts";
import { UserError } from "../../platform/notify.ts";

export interface GitRepository {
  readonly rootUri: Uri;
  readonly state: RepositoryFacts & {
    readonly mergeChanges: readonly object[];
    readonly indexChanges: readonly object[];
    readonly workingTreeChanges: readonly object[];
    /** Absent in older versions, which count them among the others. */
    readonly untrackedChanges?: readonly object[];
  };
  readonly ui: { readonly selected: boolean };
  status(): Promise<void>;
  pull(): Promise<void>;
  commit(
    message: string,
    options?: {
      readonly all?: boolean;
      readonly signCommit?: boolean;
      readonly signoff?: boolean;
      /** `null`: nothing is done after the commit, whatever the settings say. */
      readonly postCommitCommand: null;
    },
  ): Promise<void>;
  push(remote?: string, branch?: string, setUpstream?: boolean): Promise<void>;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly repositories: readonly GitRepository[] };
}

/**
 * The repository that is meant: the one whose title the button stands in, the only one, the one that is selected in the source control
 * view, or one that is picked.
 */
export async function chooseRepository(
  title: string,
  root?: string,
): Promise<GitRepository | undefined> {
  const repositories = await openRepositories();
  const named = repositories.find(({ rootUri }) => rootUri.toString() === root);
  if (named !== undefined) return named;
  const [first, ...others] = repositories;
  if (first === undefined)
    throw new UserError("No open folder is in a Git repository that VS Code's Git has found.");
  if (others.length === 0) return first;
  const selected = repositories.filter(({ ui }) => ui.selected);
  if (selected.length === 1) return selected[0];
  const items = repositories.map((repository) => ({
    label: repository.rootUri.path.split("/").at(-1) ?? "",
    description: repository.rootUri.fsPath,
    repository,
  }));
  return (await window.showQuickPick(items, { title }))?.repository;
}

async function openRepositories(): Promise<readonly GitRepository[]> {
  const extension = extensions.getExtension<GitExtension>("vscode.git");
  const git = await extension?.activate();
  if (git?.enabled !== true)
    throw new UserError("This needs VS Code's Git, which is switched off (git.enabled).");
  return git.getAPI(1).repositories;
}

/** Addresses of all remotes: a cluster may know the repository by another one than the push. */
export function urlsOf({ state }: GitRepository): readonly string[] {
  return state.remotes.flatMap(({ fetchUrl, pushUrl }) => [fetchUrl ?? [], pushUrl ?? []].flat());
}

export function uncommittedFiles({ state }: GitRepository): number {
  const { mergeChanges, indexChanges, workingTreeChanges, untrackedChanges = [] } = state;
  return (
    mergeChanges.length + indexChanges.length + workingTreeChanges.length + untrackedChanges.length
  );
}
