/** A key of a HelmRelease's values that the chart does not know, as the simulation found when it read the chart. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { problemsOf } from "./from-simulation.ts";
import { valueNamed } from "./values-schema.ts";
import type { Rule } from "./rule.ts";

export const valuesUnknownKey: Rule = {
  meta: {
    code: "helm/values-unknown-key",
    severity: "hint",
    summary: "A value that the chart does not use.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: false,
  },
  *check(context) {
    const { document, root } = context;
    const values = root.at("spec", "values");
    if (!isFluxKind(document, flux.HelmRelease) || !values) return;
    for (const { message } of problemsOf(context, ["values-not-in-chart"])) {
      const value = valueNamed(values, message);
      if (value) yield { span: value.keySpan ?? value.span, message };
    }
  },
};
