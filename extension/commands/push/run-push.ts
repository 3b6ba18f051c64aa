/** Runs a push that was confirmed, and tells how it ended. */
import { ProgressLocation, window } from "vscode";

import type { PushFacts } from "../../model/push/push-facts.ts";
import { upstreamName } from "../../model/push/push-facts.ts";
import { showError, UserError } from "../../platform/notify.ts";
import type { Live } from "../live/live.ts";
import type { GitRepository } from "./git-extension.ts";

/** True when the commit is at the remote. What went wrong has been said otherwise. */
export async function runPush(
  live: Live,
  repository: GitRepository,
  facts: PushFacts,
): Promise<boolean> {
  const { pushCommit } = await live.push();
  const outcome = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: `Pushing to ${upstreamName(facts)}`,
      cancellable: true,
    },
    (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return pushCommit(
        {
          root: repository.rootUri.fsPath,
          remote: facts.remote,
          commit: facts.commit,
          branch: facts.remoteBranch,
          ...(facts.isNew && { follow: facts.branch }),
        },
        {
          signal: abort.signal,
          onRoute: ({ by, because }) => {
            progress.report({ message: `with ${by}` });
            live.log(`Push with ${by}${because === undefined ? "" : `, because ${because}`}`);
          },
        },
      ).catch(inOurWords);
    },
  );
  await repository.status();
  if (outcome.outcome === "pushed") {
    for (const line of outcome.said) live.log(`Push: ${line}`);
    return true;
  }
  live.log(`Push: ${outcome.message}`);
  // VS Code's Git can ask about these: for a password or a passphrase, or whether the server is the right one.
  if (outcome.reason === "unauthorized" || outcome.reason === "host-key-unknown")
    return signInAndPush(repository, facts, outcome.message);
  void showError(outcome.message);
  return false;
}

/** The library has a `UserError` of its own. */
export function inOurWords(error: unknown): never {
  if (error instanceof Error && error.name === "UserError") throw new UserError(error.message);
  throw error;
}

/** VS Code's Git can ask for credentials and signs in to GitHub; it pushes the branch, which is still what was shown. */
async function signInAndPush(
  repository: GitRepository,
  facts: PushFacts,
  message: string,
): Promise<boolean> {
  const retry = "Sign In and Push";
  if ((await window.showErrorMessage(message, retry)) !== retry) return false;
  await repository.status();
  const { HEAD: head } = repository.state;
  if (head?.commit !== facts.commit || head.name !== facts.branch)
    throw new UserError("The branch has other commits now. Simulate the push again.");
  if (facts.branch !== facts.remoteBranch)
    throw new UserError(`Sign in with git push ${facts.remote} in a terminal, then push again.`);
  try {
    await repository.push(facts.remote, facts.remoteBranch, facts.isNew);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `Nothing was pushed; your commit is still here. VS Code's Git says: ${text}`,
    );
  }
  return true;
}
