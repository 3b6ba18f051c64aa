/** Keys and values below `spec.values` of a HelmRelease, as its chart knows them. */
import type { ChartValues } from "../model/chart-values.ts";
import { chartValuesOf } from "../model/chart-values.ts";
import type { ChartValue } from "./chart-value.ts";
import { chartKeysAt, chartValueAt, pathInValues } from "./chart-value.ts";
import { scalarText } from "./completion-keys.ts";
import type { Path } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";

/** Keys that are not written yet. */
export function chartKeys(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { typing } = site;
  const { chart, inside } = placeOf(site, path) ?? {};
  if (!inside || !chart || typing.at !== "entry") return [];
  const { field } = chartValueAt(chart, inside) ?? {};
  return chartKeysAt(chart, inside)
    .filter((key) => !typing.siblings.has(key))
    .map((key) => {
      const value = chartValueAt(chart, [...inside, key]);
      const isRequired = field?.required.includes(key) === true;
      return {
        label: key,
        ...(typing.hasColon ? { insert: written(key) } : insertion(key, value, typing.deeper)),
        detail: detailOf(value, isRequired),
        documentation: documentationOf(chart, value),
        kind: "field",
        rank: isRequired ? 0 : 2,
      };
    });
}

/** Choices of the schema, and the default. */
export function chartChoices(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { chart, inside = [] } = placeOf(site, path) ?? {};
  const value = chart && inside.length > 0 ? chartValueAt(chart, inside) : undefined;
  if (!value) return [];
  const { field, given } = value;
  const isFlag = field?.types.includes("boolean") === true || given?.flag !== undefined;
  const choices = [...(field?.choices ?? []).map(scalarText), ...(isFlag ? ["true", "false"] : [])];
  const own = given?.isMap === true || (given?.items.length ?? 0) > 0 ? "" : value.summary;
  const all = [...new Set([...(own === "" ? [] : [own]), ...choices])];
  return all
    .filter((one) => !one.includes("…"))
    .map((label) => ({
      label,
      insert: label === '""' ? label : quotedWhereNeeded(label, given?.text !== undefined),
      kind: "value",
      rank: 1,
      ...(label === own && { detail: "default" }),
    }));
}

/** Below `spec.values`, or anywhere in a text that is values as a whole. */
function placeOf(site: CompletionSite, path: Path) {
  if (site.chart) return { chart: site.chart, inside: path };
  const inside = pathInValues(path);
  const chart = inside && chartOf(site);
  return chart && { chart, inside };
}

function chartOf({ model, path, outline }: CompletionSite): ChartValues | undefined {
  const parts = model.manifest(path)?.parts ?? [];
  const document = parts.find((part) => part.document.text === outline.text)?.document;
  return document && chartValuesOf(model, path, document);
}

function insertion(
  key: string,
  value: ChartValue | undefined,
  deeper: number,
): Pick<Suggestion, "snippet"> {
  const name = written(key).replaceAll(/[\\$}]/g, "\\$&");
  const pad = " ".repeat(deeper + 2);
  const types = value?.field?.types ?? [];
  if (value?.given?.isMap === true || types.includes("object"))
    return { snippet: `${name}:\n${pad}\${1}` };
  if ((value?.given?.items.length ?? 0) > 0 || types.includes("array"))
    return { snippet: `${name}:\n${pad}- \${1}` };
  return { snippet: `${name}: \${1}` };
}

function detailOf(value: ChartValue | undefined, isRequired: boolean): string {
  const types = value?.field?.types ?? [];
  const summary = value?.summary ?? "";
  return [
    types.join(" or "),
    summary === "" ? "" : `default ${summary}`,
    isRequired ? "required" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** Words of a chart are text: nothing in them becomes Markdown. */
function documentationOf({ title }: ChartValues, value: ChartValue | undefined): string {
  const words = (value?.description ?? "").replaceAll(/[\\`*_{}[\]<>()#|!]/g, String.raw`\$&`);
  return [words, `A value of chart ${title}`].filter((part) => part !== "").join("\n\n");
}

function written(key: string): string {
  return quotedWhereNeeded(key, true);
}

/** A plain text that YAML would read as something else. */
function quotedWhereNeeded(text: string, isText: boolean): string {
  const isPlain =
    /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain || !isText ? text : JSON.stringify(text);
}
