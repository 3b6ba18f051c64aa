/** How a shared cache is asked: the user named it, so any address may be, with what docker and helm have stored. */
import { setTimeout as wait } from "node:timers/promises";

import type { FetchContext } from "../fetcher.ts";
import { guardedRequest } from "../guarded-http.ts";
import { createNetworkGuard } from "../network-guard.ts";
import { defaultLimits } from "../read-tree.ts";
import { credentialsWhenNeeded } from "../user-credentials.ts";
import { maxPackBytes } from "./pack-store.ts";

export function storeContext(signal: AbortSignal): FetchContext {
  const guard = createNetworkGuard({ isAllowed: () => true });
  return {
    http: (request, limits) => guardedRequest(guard, request, limits),
    credentials: credentialsWhenNeeded(),
    limits: { maxBytes: maxPackBytes, tree: defaultLimits },
    now: Date.now,
    pause: (milliseconds, until) => wait(milliseconds, undefined, { signal: until }),
    signal,
  };
}
