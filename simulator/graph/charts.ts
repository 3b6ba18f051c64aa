/**
 * Resolves the chart of a HelmRelease: what source-controller would package for its HelmChart, or the artifact that `chartRef`
 * names, with the version that the controllers give it (`fluxcd/source-controller internal/controller/helmchart_controller.go`,
 * `fluxcd/helm-controller internal/controller/helmrelease_controller.go`).
 */
import type { ChartInput } from "../engine/protocol.ts";
import type { LocalRef } from "../flux/applier.ts";
import { sourceOfChart } from "../flux/helm-release.ts";
import type { HelmReleaseSpec } from "../flux/helm-release.ts";
import { cleanPath } from "../flux/kustomization.ts";
import { localKey } from "../flux/object-ref.ts";
import { flagAt, listAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { ArtifactTrees } from "../render/build-memo.ts";
import { gate } from "../render/context.ts";
import type { RenderContext } from "../render/context.ts";
import type { Stopped } from "../render/node.ts";
import { chartPinOf, fetchPinned, liveGeneration } from "./pins.ts";
import { chartRequest } from "./source-request.ts";
import { resolveSource, stopped, unavailable } from "./sources.ts";
import type { AwaitedSource, KnownSources, ResolvedSource } from "./sources.ts";

export interface ResolvedChart {
  readonly outcome: "chart";
  readonly input: ChartInput;
  readonly trees: ArtifactTrees;
  readonly treeArtifact?: string;
}

interface Scene {
  readonly known: KnownSources;
  readonly context: RenderContext;
}

export async function resolveChart(
  spec: HelmReleaseSpec,
  known: KnownSources,
  context: RenderContext,
): Promise<ResolvedChart | AwaitedSource | Stopped> {
  const scene = { known, context };
  if (spec.chart === undefined) return stopped("failed", "spec-invalid", spec.faults.join("; "));
  if (spec.chart.from === "template") return ofHelmChart(spec.chart.object, scene);
  const { ref } = spec.chart;
  if (ref.kind !== "HelmChart") return ofArtifact(ref, scene);
  const given = context.options.sources.has(localKey(ref.kind, ref.namespace, ref.name));
  if (given) return ofArtifact(ref, scene);
  const chart = known.get(localKey(ref.kind, ref.namespace, ref.name));
  return chart === undefined ? { outcome: "await" } : ofHelmChart(chart, scene);
}

/** `chartRef` to an OCIRepository or ExternalArtifact: the artifact is the chart, its digest becomes part of the version. */
async function ofArtifact(
  ref: LocalRef,
  { known, context }: Scene,
): Promise<ResolvedChart | AwaitedSource | Stopped> {
  const source = await resolveSource(ref, known, context);
  if (source.outcome !== "artifact") return source;
  const { tag, digest } = readRevision(source);
  const isTracked = !gate(context.options, "DisableChartDigestTracking", false);
  return {
    outcome: "chart",
    input: {
      artifact: source.id,
      ...formOf(source.tree),
      valuesFiles: [],
      ignoreMissingValuesFiles: false,
      ...(digest !== undefined && isTracked ? { versionMetadata: digest.slice(0, 12) } : {}),
      ...(tag === undefined ? {} : { expectedVersion: tag.replaceAll("_", "+") }),
    },
    ...treesOf(source),
  };
}

/** `<tag>@sha256:<hex>`, `main@sha1:<hex>`, or a digest or version alone. */
function readRevision({ tree, digest }: ResolvedSource): { tag?: string; digest?: string } {
  const at = tree.revision.lastIndexOf("@");
  const tag = at < 0 ? tree.revision : tree.revision.slice(0, at);
  const hex = /(?:^|@)[a-z0-9]+:([0-9a-f]{12,})$/.exec(digest ?? tree.revision)?.[1];
  return {
    ...(hex === undefined ? {} : { digest: hex }),
    ...(tag === "" || /^[a-z0-9]+:[0-9a-f]+$/.test(tag) ? {} : { tag }),
  };
}

async function ofHelmChart(
  chart: JsonObject,
  scene: Scene,
): Promise<ResolvedChart | AwaitedSource | Stopped> {
  const ref = sourceOfChart(chart);
  if (ref.kind === "HelmRepository") return fromRepository(chart, ref, scene);
  const source = await resolveSource(ref, scene.known, scene.context);
  if (source.outcome !== "artifact") return source;
  const path = cleanPath(textAt(chart, "spec", "chart") ?? "");
  const isPackaged = source.tree.files.get(path)?.kind === "file";
  const metadata = versionMetadata(chart, source.tree.revision, scene.context);
  return {
    outcome: "chart",
    input: {
      artifact: source.id,
      form: isPackaged ? "archive" : "directory",
      path,
      ...valuesFiles(chart),
      ...(metadata === "" ? {} : { versionMetadata: metadata }),
    },
    ...treesOf(source),
  };
}

async function fromRepository(
  chart: JsonObject,
  ref: LocalRef,
  { known, context }: Scene,
): Promise<ResolvedChart | AwaitedSource | Stopped> {
  const key = localKey(ref.kind, ref.namespace, ref.name);
  const given = context.options.sources.get(key);
  if (given !== undefined) return fromFolder(chart, key, given, context);
  const repository = known.get(key);
  if (repository === undefined) return { outcome: "await" };
  const name = textAt(chart, "spec", "chart") ?? "";
  const version = textAt(chart, "spec", "version") ?? "*";
  const request = chartRequest(repository, { name, version, object: chart }, (data) =>
    known.data(data),
  );
  const pin = chartPinOf(chart, repository, context);
  const answer = await fetchPinned(request, pin, context);
  if (answer.outcome === "unavailable") return unavailable(`${key} chart ${name}`, answer);
  if (answer.remarks !== undefined) context.onRemarks(`${key} chart ${name}`, answer.remarks);
  return packaged(chart, `${key}|${name}|${answer.tree.revision}`, answer.tree, context);
}

/** A HelmRepository given as a folder: `<chart>-<version>.tgz`, `<chart>.tgz`, or the chart's own folder in it. */
function fromFolder(
  chart: JsonObject,
  key: string,
  tree: FileTree,
  context: RenderContext,
): ResolvedChart | Stopped {
  const name = textAt(chart, "spec", "chart") ?? "";
  const archives = [...tree.files.keys()].filter(
    (path) => path === `${name}.tgz` || (path.startsWith(`${name}-`) && path.endsWith(".tgz")),
  );
  const archive = archives.sort().at(-1);
  const id = context.memory.artifactId(`given|${key}`);
  const trees = new Map([[id, tree]]);
  if (archive !== undefined)
    return {
      outcome: "chart",
      input: { artifact: id, form: "archive", path: archive, ...valuesFiles(chart) },
      trees,
    };
  const folder = tree.files.has(`${name}/Chart.yaml`) ? name : "";
  if (folder === "" && !tree.files.has("Chart.yaml"))
    return stopped("failed", "chart-failed", `${key} as given holds no chart ${name}`);
  return {
    outcome: "chart",
    input: { artifact: id, form: "directory", path: folder, ...valuesFiles(chart) },
    trees,
  };
}

function packaged(
  chart: JsonObject,
  key: string,
  tree: FileTree,
  context: RenderContext,
): ResolvedChart {
  const id = context.memory.artifactId(`chart|${key}`);
  return {
    outcome: "chart",
    input: {
      artifact: id,
      ...formOf(tree),
      ...valuesFiles(chart),
      ...(hasMergedValues(chart) ? { versionMetadata: String(generation(chart, context)) } : {}),
    },
    trees: new Map([[id, tree]]),
  };
}

/** Reconcile strategy Revision appends the commit, valuesFiles the generation of the HelmChart, which starts at 1. */
function versionMetadata(chart: JsonObject, revision: string, context: RenderContext): string {
  const parts: string[] = [];
  if (textAt(chart, "spec", "reconcileStrategy") === "Revision")
    parts.push(/(?:sha1|sha256):([0-9a-f]{12})/.exec(revision)?.[1] ?? "");
  if (hasMergedValues(chart)) parts.push(String(generation(chart, context)));
  return parts.filter((part) => part !== "").join(".");
}

/** A chart whose own values are asked for by their name is left as it is, and keeps its version. */
function hasMergedValues(chart: JsonObject): boolean {
  const files = valuesFiles(chart).valuesFiles;
  return files.length > 0 && !(files.length === 1 && files[0] === "values.yaml");
}

function generation(chart: JsonObject, context: RenderContext): number {
  const metadata = chart["metadata"] as JsonObject | undefined;
  if (typeof metadata?.["generation"] === "number") return metadata["generation"];
  return liveGeneration(chart, context) ?? 1;
}

function valuesFiles(
  chart: JsonObject,
): Pick<ChartInput, "valuesFiles" | "ignoreMissingValuesFiles"> {
  return {
    valuesFiles: listAt(chart, "spec", "valuesFiles").filter(
      (item): item is string => typeof item === "string",
    ),
    ignoreMissingValuesFiles: flagAt(chart, "spec", "ignoreMissingValuesFiles"),
  };
}

/** A tree that is a chart: one archive, the chart's folder itself, or what an archive held. */
function formOf(tree: FileTree): Pick<ChartInput, "form" | "path"> {
  const archive = [...tree.files.keys()].find((path) => /^[^/]+\.tgz$/.test(path));
  if (archive !== undefined && tree.files.size === 1) return { form: "archive", path: archive };
  return { form: tree.files.has("Chart.yaml") ? "directory" : "unpacked", path: "" };
}

function treesOf(source: ResolvedSource): Pick<ResolvedChart, "trees" | "treeArtifact"> {
  return {
    trees: new Map([[source.id, source.tree]]),
    ...(source.isTree ? { treeArtifact: source.id } : {}),
  };
}
