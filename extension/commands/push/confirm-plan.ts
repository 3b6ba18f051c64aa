/** The one question before something leaves this machine: the plan in short, the whole of it on demand, and a name where the gate stops. */
import { CancellationError, window } from "vscode";

import type { Plan } from "#simulator";

import { planMarkdown } from "../../model/plan-markdown.ts";
import { stopReason } from "../../model/push/push-gate.ts";
import type { Services } from "../services.ts";

export interface PlanQuestion {
  readonly plan: Plan;
  /** `Push 1 commit of main to origin/main?` */
  readonly question: string;
  readonly detail: string;
  /** `Push`. */
  readonly verb: string;
  /** What has to be typed where a click is not enough. */
  readonly name: string;
}

/** Throws a `CancellationError` unless the person said yes. */
export async function confirmPlan(
  { pushPlan, settings }: Services,
  { plan, question, detail, verb, name }: PlanQuestion,
): Promise<void> {
  const reason = stopReason(plan, settings.pushStopOn);
  const yes = reason === undefined ? verb : `${verb} Anyway…`;
  const options = { modal: true, detail };
  const answer = await window.showWarningMessage(question, options, yes, "Show Plan");
  const chosen = answer === "Show Plan" ? await askBesidePlan() : answer;
  if (chosen !== yes) throw new CancellationError();
  if (reason !== undefined) await typed(verb, name, reason);

  /** The page stays visible under a question that does not cover it. */
  async function askBesidePlan(): Promise<string | undefined> {
    await pushPlan.show(`# ${question}\n\n${planMarkdown(plan)}`);
    return window.showInformationMessage(question, yes, "Cancel");
  }
}

/** Where the gate stops, a click is not enough. */
async function typed(verb: string, name: string, reason: string): Promise<void> {
  const answer = await window.showInputBox({
    title: `Simulate and ${verb}: ${reason}`,
    prompt: `Type ${name} to go on all the same (sluice.push.stopOn says when this is asked).`,
    ignoreFocusOut: true,
    validateInput: (text) => (text === "" || text === name ? undefined : "Not the same name"),
  });
  if (answer !== name) throw new CancellationError();
}
