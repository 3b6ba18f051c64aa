/**
 * A key of a HelmRelease's values that the chart does not know: by the default values of a chart folder of this repository, or as the
 * simulation found when it compared charts.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Value } from "../manifest/value.ts";
import { chartValuesOf } from "../model/chart-values.ts";
import type { ChartValues } from "../model/chart-values.ts";
import { isTemplated } from "../model/object-index.ts";
import { closest } from "../schema/similar.ts";
import { problemsOf } from "./from-simulation.ts";
import { valueNamed } from "./values-schema.ts";
import type { Finding, Rule } from "./rule.ts";

export const valuesUnknownKey: Rule = {
  meta: {
    code: "helm/values-unknown-key",
    severity: "hint",
    summary: "A value that the chart does not use.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    const { document, root } = context;
    const values = root.at("spec", "values");
    if (!isFluxKind(document, flux.HelmRelease) || !values) return;
    for (const { message } of problemsOf(context, ["values-not-in-chart"])) {
      const value = valueNamed(values, message);
      if (value) yield { span: value.keySpan ?? value.span, message };
    }
    const chart = chartValuesOf(context.model, context.file.path, document);
    // A schema says itself what it takes. Of other charts the names of subcharts are not known.
    if (!chart?.file || !chart.root || chart.schema !== undefined) return;
    yield* unknownIn(values, chart.root, chart);
  },
};

/** An empty mapping, and a default that is none, take any keys. */
function* unknownIn(given: Value, known: Value, chart: ChartValues): Generator<Finding> {
  const names = known.keys();
  if (names.length === 0) return;
  for (const { key, keySpan, value } of given.entries) {
    const below = known.get(key);
    if (below) {
      if (below.isMap && value.isMap) yield* unknownIn(value, below, chart);
      continue;
    }
    const isTop = given.path.length === 2;
    if (isTemplated(key) || (isTop && (key === "global" || chart.subcharts.includes(key))))
      continue;
    const [similar] = closest(key, names);
    const hint = similar === undefined ? "" : ` Did you mean ${similar}?`;
    yield {
      span: keySpan,
      message: `${key} is not among the default values of ${chart.title}; perhaps no template uses it.${hint}`,
      fixes:
        similar === undefined
          ? []
          : [
              {
                title: `Change to ${similar}`,
                edits: [{ span: keySpan, text: similar }],
                preferred: true,
              },
            ],
    };
  }
}
