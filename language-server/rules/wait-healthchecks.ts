/** `wait: true` checks everything, so a list of health checks beside it is not heard. */
import { isFluxKind } from "#simulator";

import { removeField } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import type { Rule } from "./rule.ts";

export const waitHealthchecks: Rule = {
  meta: {
    code: "flux/wait-healthchecks",
    severity: "hint",
    summary: "healthChecks is not heard beside wait: true.",
    roles: ["manifest"],
    needs: "document",
    fixable: true,
  },
  *check({ document, root }) {
    const checks = root.at("spec", "healthChecks");
    if (!isFluxKind(document, flux.Kustomization) || !checks) return;
    if (root.at("spec", "wait")?.flag !== true || checks.items.length === 0) return;
    yield {
      span: checks.keySpan ?? checks.span,
      message:
        "wait: true checks every object, so healthChecks is not heard. Remove one of the two.",
      fixes: [
        { title: "Remove healthChecks", edits: [removeField(document, checks)], preferred: true },
      ],
      tags: ["unnecessary"],
    };
  },
};
