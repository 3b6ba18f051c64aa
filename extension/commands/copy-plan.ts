/** Puts the plan into the clipboard as Markdown. */
import { env } from "vscode";

import { planMarkdown } from "../model/plan-markdown.ts";
import { showInformation, UserError } from "../platform/notify.ts";
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

export function copyPlan({ store }: Services): CommandTypes["sluice.copyPlan"] {
  return async () => {
    const plans = [...store.views.values()].flatMap(({ plan }) => (plan ? [plan] : []));
    if (plans.length === 0) throw new UserError("There is no plan to copy yet.");
    await env.clipboard.writeText(plans.map(planMarkdown).join("\n"));
    void showInformation("The plan is in the clipboard.");
  };
}
