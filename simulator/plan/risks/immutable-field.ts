/** A field changes that the API server lets nobody change. */
import { refTitle } from "../../flux/object-ref.ts";
import { fateOf } from "./fate.ts";
import { about } from "./rule.ts";
import type { RiskRule } from "./rule.ts";

export const immutableField: RiskRule = {
  code: "risk/immutable-field",
  summary: "A field changes that can't be changed.",
  *find(context) {
    for (const changed of context.objects) {
      if (changed.isHalfway === true) continue;
      const fate = fateOf(changed, context);
      const title = refTitle(changed.change.ref);
      switch (fate.outcome) {
        case "updated":
          break;
        case "recreated":
          yield about(
            changed,
            "medium",
            `${title} is deleted and created anew, because ${fate.fields.join(", ")} can't be changed and force is on. What runs of it stops meanwhile.`,
          );
          break;
        case "refused":
          yield about(
            changed,
            "high",
            `${title} can't be applied: ${fate.fields.join(", ")} can't be changed, so its applier fails and stops there. Give the object another name, delete it by hand, or allow it to be created anew (annotation kustomize.toolkit.fluxcd.io/force: enabled).`,
          );
          break;
      }
    }
  },
};
