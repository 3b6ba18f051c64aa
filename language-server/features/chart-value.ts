/** One value of a chart in words: its default, what the chart's schema and the comment above it say. */
import type { ChartValues } from "../model/chart-values.ts";
import type { ValueField } from "../model/values-schema.ts";
import { valueFieldAt } from "../model/values-schema.ts";
import type { Value } from "../manifest/value.ts";
import { scalarText } from "./completion-keys.ts";
import type { Path } from "./completion-outline.ts";

export interface ChartValue {
  /** The default; absent where only the schema knows the key. */
  readonly given: Value | undefined;
  readonly field: ValueField | undefined;
  /** `8080`, `{…}`; empty when there is none. */
  readonly summary: string;
  /** The schema's words, else the comment above the default. */
  readonly description: string;
}

const valuesPath = ["spec", "values"];

/** `["image"]` for `spec.values.image`; `undefined` outside of the values. */
export function pathInValues(path: Path): Path | undefined {
  return valuesPath.every((step, at) => path[at] === step)
    ? path.slice(valuesPath.length)
    : undefined;
}

/** `undefined` when the chart knows nothing of it. */
export function chartValueAt(chart: ChartValues, path: Path): ChartValue | undefined {
  const given = chart.root?.at(...path);
  const field = chart.schema === undefined ? undefined : valueFieldAt(chart.schema, path);
  if (!given && !field) return undefined;
  const description = field?.description ?? (given ? commentAbove(chart, given) : "");
  return { given, field, summary: summaryOf(given, field), description };
}

/** Keys that the chart knows below a path, those of the default values first. */
export function chartKeysAt(chart: ChartValues, path: Path): readonly string[] {
  const given = chart.root?.at(...path)?.entries.map(({ key }) => key) ?? [];
  const field = chart.schema === undefined ? undefined : valueFieldAt(chart.schema, path);
  return [...new Set([...given, ...(field?.keys ?? [])])];
}

const maxLength = 80;

function summaryOf(given: Value | undefined, field: ValueField | undefined): string {
  if (given?.isMap === true) return given.entries.length === 0 ? "{}" : "{…}";
  if (given && given.items.length > 0) return "[…]";
  const known = given?.scalar ?? (field?.default === undefined ? "" : scalarText(field.default));
  const text = known === "" && given?.text === "" ? '""' : known;
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

/** `# -- words` is how helm-docs marks them. Names of the section and switched-off examples are cut at the first empty line. */
function commentAbove({ text }: ChartValues, { keySpan }: Value): string {
  if (!keySpan) return "";
  const lines = text.slice(0, keySpan[0]).split("\n");
  const found: string[] = [];
  for (const line of lines.slice(0, -1).toReversed()) {
    const comment = /^\s*#+(.*)$/.exec(line)?.[1];
    if (comment === undefined || found.length >= 20) break;
    found.unshift(comment.replace(/^\s*--/, "").trim());
  }
  return found.join("\n").trim();
}
