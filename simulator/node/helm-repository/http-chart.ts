/** A chart of a Helm repository over http (source-controller `internal/helm/repository/chart_repository.go`, Helm `pkg/getter`). */
import { createHash } from "node:crypto";

import type { ChartSourceRequest, SourceAnswer } from "#simulator";

import { unzipBounded } from "../archive/unpack.ts";
import type { Credentials, FetchContext, FetchHttpRequest, TlsMaterial } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { basicIn, tlsOf } from "../oci/registry-access.ts";
import { basic } from "../oci/token.ts";
import { fileOf } from "../read-tree.ts";
import { type Exchange, exchange } from "../retrying-http.ts";
import { withoutCredentials } from "../source-url.ts";
import { cacheKey, type IndexCache } from "./index-cache.ts";
import { type ChartDetails, chartVersions, type IndexedChart } from "./index-file.ts";
import { maxChartBytes, pickChartVersion } from "./pick-chart.ts";

/** `helm.MaxIndexSize` of source-controller. */
const maxIndexBytes = 50 * 1024 * 1024;
/** Charts that are asked for together see one index. */
const indexMs = 60_000;

interface Access {
  readonly repository: URL;
  readonly credentials: Credentials | undefined;
  readonly tls: TlsMaterial | undefined;
  readonly passCredentials: boolean;
}

export async function fetchHttpChart(
  request: ChartSourceRequest,
  repository: URL,
  context: FetchContext,
  indexes: IndexCache,
): Promise<SourceAnswer> {
  const access = await accessOf(request, repository, context);
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
  const bytes = await download(access, details, found.version, context);
  const remarks = remarksOn(bytes, details);
  const tree = {
    label: `${request.name} ${found.version}`,
    revision: found.version,
    files: new Map([["chart.tgz", fileOf(bytes)]]),
  };
  return { outcome: "available", tree, ...(remarks.length === 0 ? {} : { remarks }) };
}

async function accessOf(
  { access = {}, passCredentials = false }: ChartSourceRequest,
  repository: URL,
  { credentials, signal }: FetchContext,
): Promise<Access> {
  const { secret, certificates } = access;
  return {
    repository,
    credentials:
      secret === undefined
        ? await credentials.helmRepository(withoutCredentials(repository), signal)
        : basicIn(secret),
    tls: tlsOf(certificates) ?? tlsOf(secret),
    passCredentials,
  };
}

/** Of packages with the same version the youngest is taken. */
function byAge(a: IndexedChart, b: IndexedChart): number {
  return (Date.parse(a.created) || 0) - (Date.parse(b.created) || 0);
}

function indexUrl(repository: URL): URL {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  return url;
}

function readIndex(
  access: Access,
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
  access: Access,
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

/** Helm `pkg/repo`, `ResolveReferenceURL`: relative to the repository as a folder, with the query of the repository. */
function resolveReference(repository: URL, reference: string): URL {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) && URL.canParse(reference)) return new URL(reference);
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, "")}/`;
  if (!URL.canParse(reference, base.href))
    throw new FetchFailure(
      "invalid",
      `The index names ${JSON.stringify(reference)}, which is no address.`,
    );
  const url = new URL(reference, base);
  url.search = base.search;
  return url;
}

/** Credentials go where the repository is, or everywhere with `passCredentials` (Helm `pkg/getter/httpgetter.go`). */
function ask(
  { repository, credentials, tls, passCredentials }: Access,
  url: URL,
  context: FetchContext,
  options: { readonly headers: Readonly<Record<string, string>>; readonly maxBytes: number },
): Promise<Exchange> {
  const isKnown = passCredentials || url.origin === repository.origin;
  const { cert: _, key: __, ...authorities } = tls ?? {};
  const material = isKnown ? tls : authorities;
  const request: FetchHttpRequest = {
    url: url.href,
    method: "GET",
    headers: {
      "user-agent": "sluice",
      ...options.headers,
      ...(isKnown && credentials?.kind === "basic" ? { authorization: basic(credentials) } : {}),
    },
    ...(tls === undefined || material === undefined ? {} : { tls: material }),
  };
  return exchange(context, request, Math.min(options.maxBytes, context.limits.maxBytes));
}

function requireSuccess({ status }: Exchange, shown: string, missing: string): void {
  if (status === 404 || status === 410) throw new FetchFailure("not-found", missing);
  if (status === 401 || status === 403)
    throw new FetchFailure(
      "unauthorized",
      `${shown} may not be read with the credentials that were given, or without any.`,
    );
  if (status < 200 || status > 299)
    throw new FetchFailure("failed", `${shown} answered with status ${status}.`);
}

/** Neither Helm nor source-controller compares with the digest of the index, so it is no failure. */
function remarksOn(bytes: Uint8Array, { name, digest }: ChartDetails): readonly string[] {
  if (digest === undefined) return [];
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === digest.toLowerCase()) return [];
  return [
    `The archive of ${name} is not the one that its repository's index describes (sha256 ${digest.slice(0, 12)}…, received ${found.slice(0, 12)}…). Flux doesn't compare them.`,
  ];
}
