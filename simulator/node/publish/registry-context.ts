/** How a registry is spoken to for a publication: with the user's own credentials, within limits, past the guard that is given. */
import { setTimeout as wait } from "node:timers/promises";

import type { FetchContext } from "../fetcher.ts";
import { guardedRequest } from "../guarded-http.ts";
import type { GuardedRequest } from "../guarded-http.ts";
import type { NetworkGuard } from "../network-guard.ts";
import { defaultLimits } from "../read-tree.ts";
import { credentialsWhenNeeded } from "../user-credentials.ts";

export interface RegistryContext extends FetchContext {
  /** One request; its answer is not larger than `maxBytes`. */
  readonly send: (request: GuardedRequest) => ReturnType<typeof guardedRequest>;
}

export function registryContext(
  guard: NetworkGuard,
  maxBytes: number,
  signal: AbortSignal = new AbortController().signal,
): RegistryContext {
  return {
    http: (request, limits) => guardedRequest(guard, request, limits),
    send: (request) => guardedRequest(guard, request, { maxBytes, signal }),
    credentials: credentialsWhenNeeded(),
    limits: { maxBytes, tree: defaultLimits },
    now: Date.now,
    pause: (milliseconds, whileAlive) => wait(milliseconds, undefined, { signal: whileAlive }),
    signal,
  };
}
