/** A context of a kubeconfig as a `Live`: connects with the first request, and runs the user's exec plugin then. */
import type { Live } from "../../ports.ts";
import { ConnectionError } from "./connection-error.ts";
import { KubeApi } from "./kube-api.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import { liveOn } from "./live-on.ts";
import { loadKubeClient } from "./load-kube-client.ts";
import { openContext } from "./open-context.ts";
import type { ContextTarget } from "./open-context.ts";

export interface OpenLive extends Live {
  /** Ends idle connections. */
  close(): void;
}

/** `files`: the kubeconfig, read again for new credentials. */
export function createLive(files: readonly string[], context: string): OpenLive {
  const api = new KubeApi(async (_renew, signal) =>
    openContext(
      targetOf(await readKubeconfig(files), context),
      { client: loadKubeClient, signingIn: () => undefined },
      signal,
    ),
  );
  return { ...liveOn(context, api), close: () => api.close() };
}

/** Throws a `ConnectionError` that says what is missing. */
function targetOf(kubeconfig: Kubeconfig, context: string): ContextTarget {
  const entry = kubeconfig.contexts.find(({ name }) => name === context);
  if (entry === undefined)
    throw new ConnectionError("kubeconfig", `The kubeconfig has no context ${context}.`);
  const cluster = kubeconfig.clusters.get(entry.cluster);
  if (cluster === undefined)
    throw new ConnectionError(
      "kubeconfig",
      `The kubeconfig has no cluster ${entry.cluster}, which context ${context} names.`,
    );
  return { cluster, user: kubeconfig.users.get(entry.user) ?? {} };
}
