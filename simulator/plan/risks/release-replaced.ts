/** helm-controller uninstalls a release before it installs it under another name, elsewhere, or from another chart. */
import type { RiskRule } from "./rule.ts";

export const releaseReplaced: RiskRule = {
  code: "risk/release-replaced",
  summary: "A Helm release is uninstalled and installed anew.",
  *find({ appliers }) {
    for (const { applier, problems } of appliers) {
      for (const { code, message } of problems) {
        if (code === "release-replaced")
          yield { severity: "high", message, applier: applier.id, object: applier.ref };
      }
    }
  },
};
