/** What a key below `spec.values` of a HelmRelease means to its chart. */
import { embeddedAt } from "../manifest/embedded-parts.ts";
import { chartValuesOf, chartValuesOfData } from "../model/chart-values.ts";
import { chartValueAt, pathInValues } from "./chart-value.ts";
import type { Cursor } from "./definition-locations.ts";
import { innermost } from "./definition-locations.ts";
import { fieldAt } from "./hover-field.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped } from "./hover-markdown.ts";

/** The offsets are those of the innermost document, as of `innermost`. */
export function hoverChartValue(cursor: Cursor): HoverText | undefined {
  const place = placeOf(cursor);
  if (!place || place.inside.length === 0) return undefined;
  const { field, inside, chart } = place;
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

/** Below `spec.values` of a release, or in a key of a ConfigMap that a release takes its values from. */
function placeOf(cursor: Cursor) {
  const { model, file, part } = cursor;
  const found = embeddedAt(part, part.start + cursor.offset);
  const { document } = found?.part ?? part;
  const field = document.root && fieldAt(document.root, innermost(cursor).offset);
  if (!field) return undefined;
  if (found?.block.language === "data") {
    const key = String(found.block.holder.path.at(-1) ?? "");
    const chart = chartValuesOfData(model, { document: part.document, key });
    return chart && { field, inside: field.path, chart };
  }
  const inside = pathInValues(field.path);
  const chart = inside && chartValuesOf(model, file.path, document);
  return chart && { field, inside, chart };
}
