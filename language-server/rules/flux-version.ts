/** A field that the selected version of Flux does not have, but another one does. */
import { schemaFindings } from "../model/schema-findings.ts";
import { toFinding } from "./schema-finding.ts";
import type { Rule } from "./rule.ts";

export const fluxVersion: Rule = {
  meta: {
    code: "flux/flux-version",
    severity: "information",
    summary: "A field does not exist in the selected version of Flux.",
    roles: ["manifest", "patch"],
    needs: "document",
    fixable: false,
  },
  *check(context) {
    for (const finding of schemaFindings(context))
      if (finding.code === "field-version") yield toFinding(finding);
  },
};
