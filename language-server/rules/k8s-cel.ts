/** The rules (CEL) that a CustomResourceDefinition attaches to its fields. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { mayBePatched } from "../model/patched.ts";
import { celFindings, schemaFindings } from "../model/schema-findings.ts";
import { toFinding } from "./schema-finding.ts";
import { chartIsWrong } from "./chart-xor.ts";
import type { Rule } from "./rule.ts";

export const k8sCel: Rule = {
  meta: {
    code: "k8s/cel",
    severity: "error",
    summary: "A rule of the CustomResourceDefinition is broken.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const { document, file, model } = context;
    // The API server evaluates them only when the structure is right.
    if (schemaFindings(context).length > 0) return;
    if (chartIsWrong(context)) return;
    for (const finding of celFindings(context)) {
      if (mayBePatched(model.graph, file.path, document)) return;
      // `flux/receiver` says it at the type.
      if (isFluxKind(document, flux.Receiver) && /secretRef/i.test(finding.message)) continue;
      yield toFinding(finding);
    }
  },
};
