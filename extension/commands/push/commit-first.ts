/** What is not committed is no part of a push: whether to commit it first is asked, once, and only when there is something. */
import { CancellationError, window, workspace } from "vscode";

import { count } from "../../model/words.ts";
import { UserError } from "../../platform/notify.ts";
import type { GitRepository } from "./git-extension.ts";
import { uncommittedFiles } from "./git-extension.ts";

/** Throws a `CancellationError` when nothing is chosen. */
export async function commitFirst(repository: GitRepository, canPush: boolean): Promise<void> {
  const files = uncommittedFiles(repository);
  const unsaved = unsavedDocuments(repository);
  if (files + unsaved.length === 0) return;
  if (repository.state.mergeChanges.length > 0)
    throw new UserError("A merge is not finished. Resolve its conflicts and commit, then push.");
  const commit = unsaved.length > 0 ? "Save and Commit…" : "Commit…";
  const without = "Push Without Them";
  const answer = await window.showWarningMessage(
    `${whatText(files, unsaved.length)} not committed, so no part of a push.`,
    { modal: true, detail: "The plan of the push shows only what is committed." },
    ...(canPush ? [commit, without] : [commit]),
  );
  if (answer === without) return;
  if (answer !== commit) throw new CancellationError();
  await commitChanges(repository);
}

function whatText(files: number, unsaved: number): string {
  if (files === 0) return `The text of ${count(unsaved, "editor")} is`;
  return `${count(files, "file")} ${files === 1 ? "is" : "are"}`;
}

async function commitChanges(repository: GitRepository): Promise<void> {
  const staged = repository.state.indexChanges.length > 0;
  const message = await window.showInputBox({
    title: staged ? "Commit What Is Staged" : "Commit Everything",
    prompt: "Message of the commit",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A commit needs a message" : undefined),
  });
  if (message === undefined || message.trim() === "") throw new CancellationError();
  await saveAll(repository, "Nothing was committed and nothing pushed");
  await repository.status();
  const settings = workspace.getConfiguration("git", repository.rootUri);
  // What git's own settings say about signatures, git does; these two are VS Code's.
  const options = {
    signCommit: settings.get<boolean>("enableCommitSigning", false),
    signoff: settings.get<boolean>("alwaysSignOff", false),
  };
  const chosen = Object.entries(options).filter(([, isOn]) => isOn);
  try {
    await repository.commit(message, {
      ...Object.fromEntries(chosen),
      ...(!staged && { all: true }),
      // With git.postCommitCommand the commit would be pushed before anybody has seen a plan.
      postCommitCommand: null,
    });
  } catch (error) {
    throw new UserError(`Nothing was committed and nothing pushed: ${reasonOf(error)}`);
  }
  await repository.status();
}

/** VS Code's Git puts what git said into `stderr`. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: unknown; readonly message?: unknown };
  const text = typeof stderr === "string" && stderr.trim() !== "" ? stderr : String(message);
  return text.trim().split("\n").slice(0, 4).join(" ");
}

/** Who can't save a file is told, and `otherwise` what has not happened therefore. */
export async function saveAll(repository: GitRepository, otherwise: string): Promise<void> {
  for (const document of unsavedDocuments(repository))
    if (!(await document.save()))
      throw new UserError(
        `${otherwise}: ${workspace.asRelativePath(document.uri)} could not be saved.`,
      );
}

export function unsavedDocuments({ rootUri }: GitRepository) {
  const inside = `${rootUri.path.replace(/\/$/, "")}/`;
  return workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === rootUri.scheme && uri.path.startsWith(inside),
  );
}
