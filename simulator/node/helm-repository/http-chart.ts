/** A chart of a Helm repository over http (source-controller `internal/helm/repository/chart_repository.go`). */
import { createHash } from "node:crypto";

import type { ChartSourceRequest, FileTree, SourceAnswer } from "#simulator";

import { unzipBounded } from "../archive/unpack.ts";
import type { FetchContext } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { fileOf } from "../read-tree.ts";
import { withoutCredentials } from "../source-url.ts";
import { cacheKey, type IndexCache } from "./index-cache.ts";
import { type ChartDetails, chartVersions, type IndexedChart } from "./index-file.ts";
import { maxChartBytes, pickChartVersion } from "./pick-chart.ts";
import {
  ask,
  indexUrl,
  type RepositoryAccess,
  repositoryAccess,
  requireSuccess,
  resolveReference,
} from "./repository-http.ts";

/** `helm.MaxIndexSize` of source-controller. */
const maxIndexBytes = 50 * 1024 * 1024;
/** Charts that are asked for together see one index. */
const indexMs = 60_000;

export async function fetchHttpChart(
  request: ChartSourceRequest,
  repository: URL,
  context: FetchContext,
  indexes: IndexCache,
): Promise<SourceAnswer> {
  const access = await repositoryAccess(request, repository, context);
  const shown = withoutCredentials(indexUrl(repository));
  const index = await readIndex(access, context, indexes, request.maxAge);
  const versions = chartVersions(index, request.name, shown);
  if (versions === undefined || versions.length === 0)
    throw new FetchFailure("not-found", `${shown} has no chart ${request.name}.`);
  const chart = `The chart ${request.name} of ${withoutCredentials(repository)}`;
  const oldestFirst = [...versions].sort(byAge);
  const texts = oldestFirst.map(({ version }) => version);
  const picked = await pickChartVersion(texts, request.version, context, chart);
  const found = oldestFirst.findLast(({ version }) => version === picked) as IndexedChart;
  const details = found.details();
  const known = unchanged(context, found.version, details);
  if (known !== undefined) return { outcome: "available", tree: known };
  const bytes = await download(access, details, found.version, context);
  const remarks = remarksOn(bytes, details);
  const tree = {
    label: `${request.name} ${found.version}`,
    revision: found.version,
    files: new Map([["chart.tgz", fileOf(bytes)]]),
  };
  return { outcome: "available", tree, ...(remarks.length === 0 ? {} : { remarks }) };
}

/** The older answer, when it is still what the index describes. */
function unchanged(
  { known }: FetchContext,
  version: string,
  { digest }: ChartDetails,
): FileTree | undefined {
  const bytes = known?.tree.files.get("chart.tgz")?.bytes;
  const isSame =
    known?.tree.revision === version && bytes !== undefined && sha256(bytes) === digest;
  return isSame ? known.tree : undefined;
}

/** Of packages with the same version the youngest is taken. */
function byAge(a: IndexedChart, b: IndexedChart): number {
  return (Date.parse(a.created) || 0) - (Date.parse(b.created) || 0);
}

function readIndex(
  access: RepositoryAccess,
  context: FetchContext,
  indexes: IndexCache,
  maxAge: number | undefined,
): Promise<Uint8Array> {
  const url = indexUrl(access.repository);
  const key = cacheKey(url.href, access.credentials, access.tls);
  return indexes.get(key, {
    now: context.now(),
    maxAge: Math.min(maxAge ?? indexMs, indexMs),
    signal: context.signal,
    download: async (signal) => {
      const headers = { "accept-encoding": "gzip" };
      const answer = await ask(
        access,
        url,
        { ...context, signal },
        { headers, maxBytes: maxIndexBytes },
      );
      const shown = withoutCredentials(url);
      requireSuccess(answer, shown, `There is no Helm repository at ${shown}.`);
      const isPacked = /\bgzip\b/.test(answer.headers["content-encoding"] ?? "");
      return isPacked ? unzipBounded(answer.body, maxIndexBytes, shown) : answer.body;
    },
  });
}

async function download(
  access: RepositoryAccess,
  { name, urls }: ChartDetails,
  version: string,
  context: FetchContext,
): Promise<Uint8Array> {
  const [reference] = urls;
  if (reference === undefined)
    throw new FetchFailure("invalid", `The index has no address for ${name} ${version}.`);
  const url = resolveReference(access.repository, reference);
  const shown = withoutCredentials(url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const text = `The index names ${shown} for ${name} ${version}. From a repository over http source-controller fetches http addresses only.`;
    throw new FetchFailure("unsupported", text);
  }
  const answer = await ask(access, url, context, { headers: {}, maxBytes: maxChartBytes });
  requireSuccess(
    answer,
    shown,
    `The index names ${shown} for ${name} ${version}, and there is nothing.`,
  );
  if (answer.body[0] !== 0x1f || answer.body[1] !== 0x8b)
    throw new FetchFailure("invalid", `What ${shown} answers with is no packaged chart.`);
  return answer.body;
}

/** Neither Helm nor source-controller compares with the digest of the index, so it is no failure. */
function remarksOn(bytes: Uint8Array, { name, digest }: ChartDetails): readonly string[] {
  if (digest === undefined) return [];
  const found = sha256(bytes);
  if (found === digest) return [];
  return [
    `The archive of ${name} is not the one that its repository's index describes (sha256 ${digest.slice(0, 12)}…, received ${found.slice(0, 12)}…). Flux doesn't compare them.`,
  ];
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
