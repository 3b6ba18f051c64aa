/** A HelmRelease sets values that the new version of its chart no longer has, so they do nothing any more. */
import type { RiskRule } from "./rule.ts";

export const chartValues: RiskRule = {
  code: "risk/chart-values",
  summary: "A new chart version does not know a value that the release sets.",
  *find({ appliers }) {
    for (const { applier, problems } of appliers) {
      for (const { code, message } of problems) {
        if (code === "values-not-in-chart")
          yield { severity: "medium", message, applier: applier.id, object: applier.ref };
      }
    }
  },
};
