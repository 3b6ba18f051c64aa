/**
 * "Simulate and Push": what the commits that would be pushed do to the clusters, one question, then the push. The plan is made of
 * the very commit that is pushed afterwards; nothing is pushed by force.
 */
import { ProgressLocation, commands, window, workspace } from "vscode";

import type { PushFacts, PushReadiness } from "../../model/push/push-facts.ts";
import { pushReadiness, upstreamName } from "../../model/push/push-facts.ts";
import { pushDetail, pushTitle, renamedText } from "../../model/push/push-words.ts";
import { count } from "../../model/words.ts";
import { showInformation, UserError } from "../../platform/notify.ts";
import type { CommandTypes } from "../index.ts";
import { liveOf } from "../live/targets.ts";
import type { Services } from "../services.ts";
import { commitFirst, unsavedDocuments } from "./commit-first.ts";
import { confirmPlan } from "./confirm-plan.ts";
import { followPush } from "./follow-push.ts";
import type { GitRepository } from "./git-extension.ts";
import { chooseRepository, uncommittedFiles, urlsOf } from "./git-extension.ts";
import { planPush } from "./plan-push.ts";
import { runPush } from "./run-push.ts";

const title = "Simulate and Push";

export function simulateAndPush(services: Services): CommandTypes["sluice.simulateAndPush"] {
  return async (root) => {
    const live = liveOf(services);
    if (!workspace.isTrusted)
      throw new UserError("In a workspace that is not trusted nothing is pushed.");
    const repository = await chooseRepository(title, root);
    if (repository === undefined) return;
    await repository.status();
    refuseEarly(repository);
    await commitFirst(repository, pushReadiness(repository.state).kind !== "nothing");
    const facts = await readyFacts(repository);
    if (facts === undefined) return;
    const plan = await window.withProgress(
      { location: ProgressLocation.Notification, title: "Simulating the push", cancellable: true },
      (_, token) => planPush(services, live, repository, facts, token),
    );
    const left = {
      uncommitted: uncommittedFiles(repository),
      unsaved: unsavedDocuments(repository).length,
    };
    await confirmPlan(services, {
      plan,
      question: `Push ${pushTitle(facts)}?`,
      detail: [...renamedText(facts), pushDetail(facts, plan, left)].join("\n"),
      verb: "Push",
      name: facts.remoteBranch,
    });
    if (!(await runPush(live, repository, facts))) return;
    const what = facts.ahead === undefined ? facts.branch : count(facts.ahead, "commit");
    void showInformation(`Pushed ${what} to ${upstreamName(facts)}.`);
    await followPush(live, plan, {
      commit: facts.commit,
      folder: repository.rootUri.fsPath,
      place: { kind: "git", urls: urlsOf(repository), branch: facts.remoteBranch },
    });
  };
}

/** Nobody is asked to commit what can't be pushed then. A branch without a commit only lacks one. */
function refuseEarly({ state }: GitRepository): void {
  const ready = pushReadiness(state);
  const isUnborn = state.HEAD?.name !== undefined && state.HEAD.commit === undefined;
  if (ready.kind === "impossible" && !isUnborn) throw new UserError(ready.why);
  if (ready.kind === "behind") throw behindError(ready);
}

/** Throws a `UserError` when there is nothing to push, or no way to. */
async function readyFacts(repository: GitRepository): Promise<PushFacts | undefined> {
  let ready = pushReadiness(repository.state);
  if (ready.kind === "choose-remote") {
    const remote = await window.showQuickPick([...ready.remotes], {
      title: `${title}: which remote gets the new branch?`,
    });
    if (remote === undefined) return undefined;
    ready = pushReadiness(repository.state, remote);
  }
  switch (ready.kind) {
    case "ready":
      return ready.facts;
    case "nothing":
      throw new UserError(
        `There is nothing to push: ${upstreamName(ready.facts)} has every commit.`,
      );
    case "behind":
      throw behindError(ready);
    case "impossible":
      throw new UserError(ready.why);
    case "choose-remote":
      return undefined;
  }
}

function behindError({
  facts,
  behind,
}: Extract<PushReadiness, { readonly kind: "behind" }>): UserError {
  const text = `${upstreamName(facts)} has ${count(behind, "commit")} that ${facts.branch} does not have. Pull first, then look at the plan.`;
  return new UserError(text, { title: "Pull", run: () => commands.executeCommand("git.pull") });
}
