/** Read-only tool for language models in VS Code: what pushing the working tree would change. Needs no cluster. */
import type { Disposable } from "vscode";
import { LanguageModelTextPart, LanguageModelToolResult, lm } from "vscode";

import type { PlanStore } from "../../client/plan-store.ts";
import { planAnswer } from "../../model/cluster/plan-answer.ts";

export function registerPlanTool(store: PlanStore): Disposable {
  return lm.registerTool("sluice_plan", {
    invoke: () => {
      const plans = [...store.views.values()].flatMap(({ plan }) => (plan ? [plan] : []));
      return new LanguageModelToolResult([new LanguageModelTextPart(planAnswer(plans))]);
    },
  });
}
