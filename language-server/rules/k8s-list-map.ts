/** Two elements with the same key in a list that the API server treats as a map, or equal ones in a set. */
import { schemaFindings } from "../model/schema-findings.ts";
import { toFinding } from "./schema-finding.ts";
import type { Rule } from "./rule.ts";

export const k8sListMap: Rule = {
  meta: {
    code: "k8s/list-map",
    severity: "error",
    summary: "An element stands twice in a list whose elements have to differ.",
    roles: ["manifest"],
    needs: "document",
    fixable: false,
  },
  *check(context) {
    for (const finding of schemaFindings(context))
      if (finding.code === "duplicate-item") yield toFinding(finding);
  },
};
