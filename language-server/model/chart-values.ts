/**
 * The values that the chart of a HelmRelease takes: those of a chart folder of this repository, else those of the chart that the last
 * simulation rendered, once somebody has asked for them.
 */
import type { ChartDefaults } from "#simulator";
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { parseManifestDocument } from "../manifest/manifest-document.ts";
import type { ManifestFile } from "../manifest/manifest-file.ts";
import type { Value } from "../manifest/value.ts";
import { cleanPath } from "./flux-kustomization.ts";
import type { SourceFile } from "./source-file.ts";
import { isTemplated } from "./object-index.ts";
import type { WorkspaceModel } from "./workspace-model.ts";

export interface ChartValues {
  /** `podinfo 6.11.1`, or the folder. */
  readonly title: string;
  /** Default values; absent when the chart has none. */
  readonly root: Value | undefined;
  /** Text that `root` is of, with its comments where the chart lies here. */
  readonly text: string;
  /** The file with the default values, where the chart lies here. */
  readonly file?: ManifestFile;
  /** `values.schema.json`. */
  readonly schema: unknown;
  /** Names under which other charts take values; known only where the chart lies here. */
  readonly subcharts: readonly string[];
}

export function chartValuesOf(
  model: WorkspaceModel,
  path: string,
  document: ManifestDocument,
): ChartValues | undefined {
  if (!isFluxKind(document, flux.HelmRelease)) return undefined;
  return localChart(model, document) ?? renderedChart(model, path, document);
}

/** A ConfigMap or a Secret, and one of its keys. */
export interface DataKey {
  readonly document: ManifestDocument;
  readonly key: string;
}

/** Of the first HelmRelease that takes its values from this key. */
export function chartValuesOfData(model: WorkspaceModel, data: DataKey): ChartValues | undefined {
  for (const { path, document } of releasesTaking(model, data)) {
    const found = chartValuesOf(model, path, document);
    if (found) return found;
  }
  return undefined;
}

/** By names alone: where namespaces differ, the values are still those of a release of this name. */
export function* releasesTaking(
  model: WorkspaceModel,
  { document: { kind, name }, key }: DataKey,
): Generator<{ readonly path: string; readonly document: ManifestDocument }> {
  const paths = new Set(model.index.ofKind(flux.HelmRelease).map(({ path }) => path));
  for (const path of paths) {
    if (name === "" || model.files.get(path)?.text?.includes(name) !== true) continue;
    for (const { document } of model.manifest(path)?.parts ?? []) {
      const references = document.root?.at("spec", "valuesFrom")?.items ?? [];
      const isTaken = references.some(
        (one) =>
          one.get("kind")?.text === kind &&
          one.get("name")?.text === name &&
          (one.get("valuesKey")?.text ?? "values.yaml") === key,
      );
      if (isTaken) yield { path, document };
    }
  }
}

/** Ids of the HelmRelease in the last simulation, one for each cluster. */
export function releasesOf(
  { truth }: WorkspaceModel,
  path: string,
  { name }: ManifestDocument,
): readonly string[] {
  return truth?.appliersOf(path, flux.HelmRelease, name) ?? [];
}

/** Source: `fluxcd/source-controller internal/controller/helmchart_controller.go`, buildFromTarballArtifact. */
function localChart(model: WorkspaceModel, { root }: ManifestDocument): ChartValues | undefined {
  const spec = root?.at("spec", "chart", "spec");
  const chart = spec?.get("chart")?.text;
  const kind = spec?.at("sourceRef", "kind")?.text ?? "";
  const name = spec?.at("sourceRef", "name")?.text ?? "";
  if (chart === undefined || isTemplated(chart)) return undefined;
  if (!model.graph.isOwnSource({ kind, name, namespace: "" })) return undefined;
  const folder = cleanPath(chart);
  const inFolder = (file: string): string => (folder === "" ? file : `${folder}/${file}`);
  if (model.graph.exists(inFolder("Chart.yaml")) !== "file") return undefined;
  const values = model.manifest(inFolder("values.yaml"));
  const hasSchema = model.graph.exists(inFolder("values.schema.json")) === "file";
  const document = values?.parts.find((part) => part.document.root)?.document;
  return {
    title: folder === "" ? "this repository" : folder,
    root: document?.root,
    text: document?.text ?? "",
    ...(values && { file: values }),
    schema: hasSchema ? schemaIn(model.files.get(inFolder("values.schema.json"))) : undefined,
    subcharts: subchartsOf(model.manifest(inFolder("Chart.yaml"))),
  };
}

function subchartsOf(chart: ManifestFile | undefined): readonly string[] {
  const dependencies = chart?.parts[0]?.document.root?.get("dependencies")?.items ?? [];
  return dependencies.flatMap((one) => one.get("alias")?.text ?? one.get("name")?.text ?? []);
}

const schemas = new WeakMap<SourceFile, { readonly value: unknown }>();

function schemaIn(file: SourceFile | undefined): unknown {
  if (file?.text === undefined) return undefined;
  let known = schemas.get(file);
  if (!known) schemas.set(file, (known = { value: readJson(file.text) }));
  return known.value;
}

const read = new WeakMap<ChartDefaults, ChartValues>();

function renderedChart(
  model: WorkspaceModel,
  path: string,
  document: ManifestDocument,
): ChartValues | undefined {
  const charts = releasesOf(model, path, document).flatMap(
    (id) => model.truth?.charts?.get(id) ?? [],
  );
  const [chart] = charts;
  if (!chart) return undefined;
  let known = read.get(chart);
  if (!known) read.set(chart, (known = toValues(chart)));
  return known;
}

/** JSON is YAML. */
function toValues({ name, version, values, schema }: ChartDefaults): ChartValues {
  const document = parseManifestDocument(values ?? "");
  return {
    title: `${name} ${version}`,
    root: document.root,
    text: document.text,
    schema: readJson(schema),
    subcharts: [],
  };
}

function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
