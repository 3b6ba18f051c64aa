/** `${…}` that Flux's substitution can't read: it takes the whole build down. */
import type { VariableFault } from "../manifest/variables.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { Rule } from "./rule.ts";

export const varSyntax: Rule = {
  meta: {
    code: "flux/var-syntax",
    severity: "error",
    summary: "A variable is written in a way that the substitution can't read.",
    roles: ["manifest", "patch"],
    needs: "workspace",
    fixable: true,
  },
  *check({ document, file, model }) {
    const { faults } = variableSites(document);
    if (faults.length === 0 || isSubstitutionDisabled(document)) return;
    const owner = model.graph
      .reachesOf(file.path)
      .map((reach) => reach.owner)
      .find((one) => one && substitutionOf(model, one).isActive === true);
    if (!owner) return;
    for (const { span, reason } of faults) {
      yield {
        span,
        message: `${reasons[reason]} Kustomization ${owner.name} substitutes variables, so its build fails. Escape it as $\${…}, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled.`,
        fixes: [
          {
            title: "Escape it with a second $",
            edits: [{ span: [span[0], span[0]], text: "$" }],
            preferred: true,
          },
        ],
      };
    }
  },
};

const reasons: Readonly<Record<VariableFault["reason"], string>> = {
  name: "This is no name of a variable.",
  unclosed: "The closing brace is missing.",
  function: "The substitution knows no such function.",
};
