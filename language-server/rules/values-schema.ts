/** Values of a HelmRelease that the chart's own schema refuses, as the simulation found when it rendered the chart. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Value } from "../manifest/value.ts";
import { problemsOf } from "./from-simulation.ts";
import type { Rule } from "./rule.ts";

export const valuesSchema: Rule = {
  meta: {
    code: "helm/values-schema",
    severity: "error",
    summary: "Values do not fit the schema of the chart.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: false,
  },
  *check(context) {
    const { document, root } = context;
    if (!isFluxKind(document, flux.HelmRelease)) return;
    const values = root.at("spec", "values");
    for (const { message, severity } of problemsOf(context, ["schema-failed"])) {
      const value = values && valueNamed(values, message);
      const place = value ?? values ?? root.get("spec");
      yield { span: place?.keySpan ?? place?.span ?? root.span, severity, message };
    }
  },
};

/** Helm names the place as a pointer (`at '/image/tag': …`) or with dots (`- image.tag: …`). */
export function valueNamed(values: Value, message: string): Value | undefined {
  for (const match of message.matchAll(/'\/?([^'\s]+)'|- ([\w.-]+): |"([\w./-]+)"/g)) {
    const path = (match[1] ?? match[2] ?? match[3] ?? "").split(/[./]/).filter(Boolean);
    let found: Value | undefined;
    for (let length = path.length; length > 0 && !found; length--)
      found = values.at(...path.slice(0, length));
    if (found) return found;
  }
  return undefined;
}
