/** A HelmRelease with two charts, or with none. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { removeField } from "../manifest/edits.ts";
import { mayBePatched } from "../model/patched.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const chartXor: Rule = {
  meta: {
    code: "helm/chart-xor",
    severity: "error",
    summary: "A HelmRelease has both chart and chartRef, or neither.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    if (!chartIsWrong(context)) return;
    const { document, root } = context;
    const spec = root.get("spec");
    const [chart, chartRef] = [spec?.get("chart"), spec?.get("chartRef")];
    if (!chart || !chartRef) {
      if (mayBePatched(context.model.graph, context.file.path, document)) return;
      yield {
        span: spec?.keySpan ?? root.get("kind")?.span ?? root.span,
        message: `${document.kind} ${document.name} names no chart, so the API server refuses it. Add spec.chart or spec.chartRef.`,
      };
      return;
    }
    yield {
      span: chartRef.keySpan ?? chartRef.span,
      message: `${document.kind} ${document.name} has both chart and chartRef, so the API server refuses it. Keep one.`,
      related: [{ message: "chart", at: chart.keySpan ?? chart.span }],
      fixes: [
        { title: "Keep chart", edits: [removeField(document, chartRef)] },
        { title: "Keep chartRef", edits: [removeField(document, chart)] },
      ],
    };
  },
};

export function chartIsWrong({ document, root }: Pick<RuleContext, "document" | "root">): boolean {
  if (!isFluxKind(document, flux.HelmRelease)) return false;
  const spec = root.get("spec");
  return (spec?.get("chart") !== undefined) === (spec?.get("chartRef") !== undefined);
}
