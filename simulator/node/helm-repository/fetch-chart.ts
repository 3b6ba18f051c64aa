/**
 * Fetches a packaged chart out of a Helm repository as source-controller does (`internal/helm/repository`): over http by
 * the repository's index, or out of an OCI registry by tag.
 */
import type { ChartSourceRequest } from "#simulator";

import type { Fetcher } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { parseUrl, withoutCredentials } from "../source-url.ts";
import { fetchHttpChart } from "./http-chart.ts";
import { createIndexCache } from "./index-cache.ts";
import { fetchOciChart } from "./oci-chart.ts";

/** Remembers indexes for as long as it lives, so that many charts of one repository cost one index. */
export function createChartFetcher(): Fetcher<ChartSourceRequest> {
  const indexes = createIndexCache();
  return (request, context) => {
    const url = parseUrl(request.repository);
    if (url?.protocol === "oci:") return fetchOciChart(request, context);
    if (url?.protocol === "http:" || url?.protocol === "https:")
      return fetchHttpChart(request, url, context, indexes);
    const text = `${withoutCredentials(request.repository)} is not the address of a Helm repository (https:// or oci://).`;
    return Promise.reject(new FetchFailure("invalid", text));
  };
}
