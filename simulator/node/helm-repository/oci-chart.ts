/** A chart of a Helm repository in an OCI registry (source-controller `internal/helm/repository/oci_chart_repository.go`). */
import type { ChartSourceRequest, SourceAnswer } from "#simulator";

import type { FetchContext } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { imageOf } from "../oci/image.ts";
import { isTag, parseRepository, shownRepository } from "../oci/reference.ts";
import type { Registry } from "../oci/registry.ts";
import { withRegistry } from "../oci/registry-access.ts";
import { verifySignature } from "../oci/verify-signature.ts";
import { fileOf } from "../read-tree.ts";
import { isExactVersion, pickChartVersion, requireChartSize } from "./pick-chart.ts";

/** Helm `pkg/registry/constants.go`: the layer of a chart, today and in old registries. */
const chartLayers = ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"];
const chartConfig = "application/vnd.cncf.helm.config.v1+json";

export async function fetchOciChart(
  request: ChartSourceRequest,
  context: FetchContext,
): Promise<SourceAnswer> {
  const repository = parseRepository(`${request.repository.replace(/\/+$/, "")}/${request.name}`);
  return withRegistry(repository, request.access, context, (registry) =>
    fetchFrom(registry, shownRepository(repository), request, context),
  );
}

async function fetchFrom(
  registry: Registry,
  shown: string,
  request: ChartSourceRequest,
  context: FetchContext,
): Promise<SourceAnswer> {
  const version = await versionOf(request, registry, context, shown);
  // `+` can't be in a tag, so Helm writes `_`.
  const tag = version.replaceAll("+", "_");
  const label = `${shown}:${tag}`;
  if (!isTag(tag))
    throw new FetchFailure("invalid", `${JSON.stringify(tag)} can't be the tag of a chart.`);
  const manifest = await registry.manifest(tag);
  if (manifest === undefined) throw new FetchFailure("not-found", `There is no ${label}.`);
  const checked = await verifySignature(registry, manifest.digest, request.verify, label);
  if (checked.outcome === "unverified")
    return { outcome: "unavailable", reason: "unverified", message: checked.message };
  const { remarks } = checked;
  const { digest } = manifest;
  const said = remarks.length === 0 ? {} : { remarks };
  const { known } = context;
  if (known?.digest === digest && known.tree.revision === version)
    return { outcome: "available", tree: known.tree, digest, ...said };
  const { layers, config } = await imageOf(registry, manifest, label);
  const layer = layers.find(({ mediaType }) => chartLayers.includes(mediaType));
  if (layer === undefined || config?.mediaType !== chartConfig)
    throw new FetchFailure(
      "invalid",
      `${label} is no Helm chart: it has no layer of the type ${chartLayers[0] ?? ""}.`,
    );
  requireChartSize(layer.size, label);
  const bytes = await registry.blob(layer);
  const tree = {
    label: `${request.name} ${version}`,
    revision: version,
    files: new Map([["chart.tgz", fileOf(bytes)]]),
  };
  return { outcome: "available", tree, digest, ...said };
}

/** A version is taken as it is, without asking what there is; everything else is looked for among the tags. */
async function versionOf(
  { version }: ChartSourceRequest,
  registry: Registry,
  context: FetchContext,
  shown: string,
): Promise<string> {
  if (isExactVersion(version)) return version;
  const tags = await registry.tags();
  const versions = tags.map((tag) => tag.replaceAll("_", "+"));
  if (versions.length === 0) throw new FetchFailure("not-found", `${shown} has no tags.`);
  return pickChartVersion(versions, version, context, shown);
}
