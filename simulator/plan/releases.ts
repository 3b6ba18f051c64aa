/**
 * What a change means for a HelmRelease beyond its objects: another chart with other defaults, values that nobody reads any
 * more, and changes for which helm-controller uninstalls the release first.
 */
import type { ChartResult, HelmRequest } from "../engine/protocol.ts";
import { refTitle } from "../flux/object-ref.ts";
import { compareValues } from "../diff/compare.ts";
import { isObject, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { RenderedNode } from "../render/cluster.ts";
import type { RenderContext } from "../render/context.ts";
import type { Built } from "../render/node.ts";
import { storageNamespace } from "../render/previous-release.ts";
import type { ChartChange, FieldChange, Problem } from "../records.ts";

export interface ReleaseComparison {
  readonly chart?: ChartChange;
  readonly problems: readonly Problem[];
}

type Context = Pick<RenderContext, "memory" | "signal">;

interface Release {
  readonly node: RenderedNode;
  readonly built: Built;
  readonly request: HelmRequest;
  readonly chart: NonNullable<NonNullable<Built["helm"]>["chart"]>;
  readonly release: NonNullable<NonNullable<Built["helm"]>["release"]>;
}

const nothing: ReleaseComparison = { problems: [] };

export async function compareReleases(
  before: RenderedNode | undefined,
  after: RenderedNode | undefined,
  context: Context,
): Promise<ReleaseComparison> {
  const old = readRelease(before);
  const now = readRelease(after);
  if (old === undefined || now === undefined || old.built === now.built) return nothing;
  const replaced = replacements(old, now);
  if (old.chart.name === now.chart.name && old.chart.version === now.chart.version)
    return { problems: replaced };
  const [oldChart, newChart] = await Promise.all([
    readChart(old, context),
    readChart(now, context),
  ]);
  const values = { before: valuesOf(oldChart), after: valuesOf(newChart) };
  const chart = chartChange(old.chart, now, values);
  return { chart, problems: [...replaced, ...lostValues(now, chart)] };
}

/** What is known of the chart that a stored release was made from. */
export interface StoredChart {
  readonly name: string;
  readonly version: string;
  /** Its default values. */
  readonly values?: JsonObject;
}

/** The same against a release on a cluster. */
export async function compareWithStored(
  before: StoredChart,
  after: RenderedNode,
  context: Context,
): Promise<ReleaseComparison> {
  const now = readRelease(after);
  const { name, version, values } = before;
  if (now === undefined || (name === now.chart.name && version === now.chart.version))
    return nothing;
  const read = values === undefined ? undefined : valuesOf(await readChart(now, context));
  const chart = chartChange({ name, version }, now, { before: values, after: read });
  return { chart, problems: lostValues(now, chart) };
}

function readRelease(node: RenderedNode | undefined): Release | undefined {
  if (node?.built.outcome !== "built" || node.built.question.call !== "helm") return undefined;
  const { built } = node;
  const chart = built.helm?.chart;
  const release = built.helm?.release;
  if (chart === undefined || release === undefined || built.question.call !== "helm")
    return undefined;
  return { node, built, request: built.question.request, chart, release };
}

/**
 * A release that gets another name, namespace, storage namespace or chart name is uninstalled first
 * (`fluxcd/helm-controller internal/action/reset.go`, `internal/reconcile/state.go`), unless
 * `upgrade.chartNameChangeStrategy` is InPlaceUpdate.
 */
function replacements(old: Release, now: Release): readonly Problem[] {
  const reasons = [
    differs("its release name", old.release.name, now.release.name),
    differs("its namespace", old.release.namespace, now.release.namespace),
    differs(
      "its storage namespace",
      storageNamespace(old.node.object),
      storageNamespace(now.node.object),
    ),
    keepsCharts(now) ? undefined : differs("its chart", old.chart.name, now.chart.name),
  ].filter((reason) => reason !== undefined);
  if (reasons.length === 0) return [];
  const message = `${refTitle(now.node.spec)} will be uninstalled and installed anew, because ${reasons.join(" and ")}. What it keeps in its objects is lost.`;
  return [problem("release-replaced", message, now)];
}

function keepsCharts({ node }: Release): boolean {
  return textAt(node.object, "spec", "upgrade", "chartNameChangeStrategy") === "InPlaceUpdate";
}

function differs(what: string, before: string, after: string): string | undefined {
  return before === after ? undefined : `${what} changes from ${before} to ${after}`;
}

function chartChange(
  before: { readonly name: string; readonly version: string },
  now: Release,
  values: { readonly before: JsonObject | undefined; readonly after: JsonObject | undefined },
): ChartChange {
  const change = { before, after: now.chart };
  if (values.before === undefined || values.after === undefined)
    return { ...change, unknownValues: [] };
  const given = objectAt(now.node.object, "spec", "values");
  return {
    ...change,
    defaults: compareValues(values.before, values.after).map(toFieldChange),
    unknownValues: unknown(given, values.before, values.after, ""),
  };
}

function readChart({ request, built }: Release, { memory, signal }: Context): Promise<ChartResult> {
  const { chart, remotes } = request;
  return memory.engine.call("chart", { chart, remotes }, built.trees, signal);
}

function valuesOf({ values, failure }: ChartResult): JsonObject | undefined {
  if (values === undefined || failure !== undefined) return undefined;
  const parsed: unknown = JSON.parse(values);
  return isObject(parsed) ? parsed : {};
}

const maxShown = 300;

function toFieldChange({
  path,
  kind,
  before,
  after,
}: ReturnType<typeof compareValues>[number]): FieldChange {
  return {
    path,
    kind,
    ...(kind === "added" ? {} : { before: short(before) }),
    ...(kind === "removed" ? {} : { after: short(after) }),
  };
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** Pointers of given values for which the old defaults have a key and the new ones have none. An empty map takes any key. */
function unknown(
  given: JsonObject,
  before: JsonObject,
  after: JsonObject,
  pointer: string,
): readonly string[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const path = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!Object.hasOwn(before, key)) return [];
    if (!Object.hasOwn(after, key)) return Object.keys(after).length === 0 ? [] : [path];
    const [old, now] = [before[key], after[key]];
    return isObject(value) && isObject(old) && isObject(now) ? unknown(value, old, now, path) : [];
  });
}

function lostValues(now: Release, { unknownValues }: ChartChange): readonly Problem[] {
  if (unknownValues.length === 0) return [];
  const { name, version } = now.chart;
  const message = `${refTitle(now.node.spec)}: chart ${name} ${version} no longer knows ${unknownValues.join(", ")}. Remove them from the values, or find out what they are called now.`;
  return [problem("values-not-in-chart", message, now)];
}

function problem(code: Problem["code"], message: string, { node }: Release): Problem {
  return { code, severity: "warning", message, applier: node.id };
}
