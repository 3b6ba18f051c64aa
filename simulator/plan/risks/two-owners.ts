/** An object that a second applier applies from now on: each reconciliation takes it from the other. */
import type { RiskRule } from "./rule.ts";

export const twoOwners: RiskRule = {
  code: "risk/two-owners",
  summary: "Two appliers apply the same object.",
  *find({ problems }) {
    for (const { code, message, applier, object, place } of problems) {
      if (code !== "duplicate-owner" || applier === undefined) continue;
      yield {
        severity: "medium",
        message,
        applier,
        ...(object === undefined ? {} : { object }),
        ...(place === undefined ? {} : { place }),
      };
    }
  },
};
