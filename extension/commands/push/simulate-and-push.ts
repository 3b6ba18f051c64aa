/**
 * "Simulate and Push": what the commits that would be pushed do to the clusters, one question, then the push. The plan is made of
 * the very commit that is pushed afterwards; nothing is pushed by force.
 */
import { CancellationError, ProgressLocation, commands, window, workspace } from "vscode";

import type { Plan } from "#simulator";

import { planMarkdown } from "../../model/plan-markdown.ts";
import type { PushFacts } from "../../model/push/push-facts.ts";
import { pushReadiness, upstreamName } from "../../model/push/push-facts.ts";
import { stopReason } from "../../model/push/push-gate.ts";
import { pushDetail, pushTitle } from "../../model/push/push-words.ts";
import { count } from "../../model/words.ts";
import { showInformation, UserError } from "../../platform/notify.ts";
import type { CommandTypes } from "../index.ts";
import { liveOf } from "../live/targets.ts";
import type { Services } from "../services.ts";
import { commitFirst, unsavedDocuments } from "./commit-first.ts";
import { followPush } from "./follow-push.ts";
import type { GitRepository } from "./git-extension.ts";
import { chooseRepository, uncommittedFiles } from "./git-extension.ts";
import { planPush } from "./plan-push.ts";
import { runPush } from "./run-push.ts";

const title = "Simulate and Push";

export function simulateAndPush(services: Services): CommandTypes["sluice.simulateAndPush"] {
  return async () => {
    const live = liveOf(services);
    if (!workspace.isTrusted)
      throw new UserError("In a workspace that is not trusted nothing is pushed.");
    const repository = await chooseRepository(title);
    if (repository === undefined) return;
    await repository.status();
    await commitFirst(repository, pushReadiness(repository.state).kind !== "nothing");
    const facts = await readyFacts(repository);
    if (facts === undefined) return;
    const plan = await window.withProgress(
      { location: ProgressLocation.Notification, title: "Simulating the push", cancellable: true },
      (_, token) => planPush(services, live, repository, facts, token),
    );
    await confirm(services, repository, facts, plan);
    if (!(await runPush(live, repository, facts))) return;
    const what = facts.ahead === undefined ? facts.branch : count(facts.ahead, "commit");
    void showInformation(`Pushed ${what} to ${upstreamName(facts)}.`);
    await followPush(live, facts, plan);
  };
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
    case "behind": {
      const text = `${upstreamName(ready.facts)} has ${count(ready.behind, "commit")} that ${ready.facts.branch} does not have. Pull first, then look at the plan.`;
      throw new UserError(text, { title: "Pull", run: () => commands.executeCommand("git.pull") });
    }
    case "impossible":
      throw new UserError(ready.why);
    case "choose-remote":
      return undefined;
  }
}

/** Throws a `CancellationError` unless the person said yes. */
async function confirm(
  { pushPlan, settings }: Services,
  repository: GitRepository,
  facts: PushFacts,
  plan: Plan,
): Promise<void> {
  const reason = stopReason(plan, settings.pushStopOn);
  const left = {
    uncommitted: uncommittedFiles(repository),
    unsaved: unsavedDocuments(repository).length,
  };
  const yes = reason === undefined ? "Push" : "Push Anyway…";
  const question = `Push ${pushTitle(facts)}?`;
  const detail = pushDetail(facts, plan, left);
  const answer = await window.showWarningMessage(
    question,
    { modal: true, detail },
    yes,
    "Show Plan",
  );
  const chosen = answer === "Show Plan" ? await askBesidePlan() : answer;
  if (chosen !== yes) throw new CancellationError();
  if (reason !== undefined) await typed(facts.remoteBranch, reason);

  /** The page stays visible under a question that does not cover it. */
  async function askBesidePlan(): Promise<string | undefined> {
    await pushPlan.show(`# ${question}\n\n${planMarkdown(plan)}`);
    return window.showInformationMessage(question, yes, "Cancel");
  }
}

/** Where the gate stops, a click is not enough. */
async function typed(branch: string, reason: string): Promise<void> {
  const answer = await window.showInputBox({
    title: `${title}: ${reason}`,
    prompt: `Type ${branch} to push all the same (sluice.push.stopOn says when this is asked).`,
    ignoreFocusOut: true,
    validateInput: (text) => (text === "" || text === branch ? undefined : "Not the branch's name"),
  });
  if (answer !== branch) throw new CancellationError();
}
