/** What a key below `spec.values` of a HelmRelease means to its chart. */
import { chartValuesOf } from "../model/chart-values.ts";
import { chartValueAt, pathInValues } from "./chart-value.ts";
import type { Cursor } from "./definition-locations.ts";
import { fieldAt } from "./hover-field.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped } from "./hover-markdown.ts";

export function hoverChartValue({ model, file, part, offset }: Cursor): HoverText | undefined {
  const { document } = part;
  const field = document.root && fieldAt(document.root, offset);
  const inside = field && pathInValues(field.path);
  if (!field || !inside || inside.length === 0) return undefined;
  const chart = chartValuesOf(model, file.path, document);
  if (!chart) return undefined;
  const name = escaped(inside.join("."));
  const value = chartValueAt(chart, inside);
  if (!value) return undefined;
  const types = value.field?.types.join(" or ") ?? "";
  const choices = value.field?.choices ?? [];
  const lines = [
    [`**${name}**`, types].filter((one) => one !== "").join(" · "),
    escaped(value.description),
    choices.length === 0 ? "" : `One of ${choices.slice(0, 20).map(toCode).join(", ")}.`,
    value.summary === "" ? "" : `Default: ${code(value.summary)}.`,
    `A value of chart ${escaped(chart.title)}`,
  ];
  return { span: field.span, text: lines.filter((one) => one !== "").join("\n\n") };
}

function toCode(value: unknown): string {
  return code(typeof value === "string" ? value : JSON.stringify(value));
}
