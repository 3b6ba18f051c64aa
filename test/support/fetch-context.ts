/** What a fetcher is handed in tests: real requests to loopback, no waiting between attempts. */
import type { Engine, PickVersion, SourceAnswer } from "#simulator";

import type { FetchContext } from "../../simulator/node/fetcher.ts";
import { noCredentials } from "../../simulator/node/fetcher.ts";
import { FetchFailure, TooLargeError } from "../../simulator/node/fetch-failure.ts";
import { guardedRequest } from "../../simulator/node/guarded-http.ts";
import { createNetworkGuard, RefusedError } from "../../simulator/node/network-guard.ts";
import { defaultLimits } from "../../simulator/node/read-tree.ts";

export function fetchContext(more: Partial<FetchContext> = {}): FetchContext {
  const guard = createNetworkGuard({ isAllowed: (address) => address.startsWith("127.0.0.1") });
  return {
    http: (request, limits) => guardedRequest(guard, request, limits),
    credentials: noCredentials,
    limits: {
      maxBytes: 8 * 1024 * 1024,
      tree: { ...defaultLimits, maxTotalBytes: 32 * 1024 * 1024 },
    },
    now: () => 0,
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...more,
  };
}

/** The engine's own way of choosing versions. */
export function pickWith(engine: Engine): PickVersion {
  return async (request, signal) =>
    (await engine.call("version", request, new Map(), signal)).version;
}

/** Why there is no answer, whether it was said or thrown. */
export async function failureOf(answer: Promise<SourceAnswer>): Promise<string> {
  try {
    const found = await answer;
    return found.outcome === "available" ? "available" : found.reason;
  } catch (error) {
    if (error instanceof FetchFailure) return error.reason;
    if (error instanceof TooLargeError) return "too-large";
    if (error instanceof RefusedError) return "refused";
    throw error;
  }
}
