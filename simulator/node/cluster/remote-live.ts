/** The cluster of a kubeconfig that lies in a Secret (`spec.kubeConfig`), as a `Live`. */
import { textAt } from "../../manifest/json.ts";
import type { LiveResponse, RemoteAnswer } from "../../ports.ts";
import { createNetworkGuard, isPublicAddress } from "../network-guard.ts";
import type { NetworkGuard, Resolve } from "../network-guard.ts";
import type { OpenLive } from "./create-live.ts";
import { KubeApi } from "./kube-api.ts";
import { liveOn } from "./live-on.ts";
import { loadKubeClient } from "./load-kube-client.ts";
import { remoteEntries } from "./remote-kubeconfig.ts";
import type { RemoteEntries } from "./remote-kubeconfig.ts";

export interface RemoteNetwork {
  /** Whether addresses inside the user's network may be asked. A Secret names them, and not the user. */
  readonly allowPrivateNetwork: boolean;
  /** For tests. */
  readonly resolve?: Resolve;
}

export type OpenedRemote =
  | { readonly outcome: "opened"; readonly live: OpenLive }
  | Extract<RemoteAnswer, { readonly outcome: "refused" }>;

type Usable = Extract<RemoteEntries, { readonly outcome: "usable" }>;

/** `name` is what people call the cluster; names inside of the kubeconfig are not shown. Rejects never. */
export async function openRemote(
  kubeconfig: string,
  name: string,
  network: RemoteNetwork,
): Promise<OpenedRemote> {
  const entries = remoteEntries(kubeconfig);
  if (entries.outcome === "refused") return entries;
  if (network.allowPrivateNetwork) return { outcome: "opened", live: openEntries(entries, name) };
  const why = await refusedAddress(entries, network);
  if (why !== undefined) return { outcome: "refused", why };
  return { outcome: "opened", live: openEntries(entries, name, guardOf(network)) };
}

function openEntries({ cluster, user }: Usable, name: string, guard?: NetworkGuard): OpenLive {
  const api = new KubeApi(async () => {
    const { openEndpoint } = await loadKubeClient();
    const endpoint = await openEndpoint(cluster, user, undefined);
    if (guard === undefined) return endpoint;
    // The agent asks it about names; about addresses nobody is asked, so these are looked at here.
    await guard.resolve(hostOf(endpoint.server));
    return { ...endpoint, lookup: guard.lookup };
  });
  const live = liveOn(name, api);
  const ended = new AbortController();
  return {
    name,
    async request(request, signal): Promise<LiveResponse> {
      const signals = signal === undefined ? [ended.signal] : [ended.signal, signal];
      try {
        return await live.request(request, AbortSignal.any(signals));
      } catch {
        signal?.throwIfAborted();
        return { status: 0, body: "The connection to the other cluster has ended." };
      }
    },
    close() {
      ended.abort();
      api.close();
    },
  };
}

/** What is behind a proxy can't be looked at. */
async function refusedAddress(
  { cluster }: Usable,
  network: RemoteNetwork,
): Promise<string | undefined> {
  const allow =
    "which has to be allowed (--allow-private-network, in VS Code sluice.allowPrivateNetwork)";
  if (cluster["proxy-url"] !== undefined) return `it is behind a proxy, ${allow}`;
  try {
    await guardOf(network).resolve(hostOf(textAt(cluster, "server") ?? ""));
    return undefined;
  } catch (error) {
    return error instanceof Error && error.name === "RefusedError"
      ? `its address is inside your network or on this machine, ${allow}`
      : undefined;
  }
}

function guardOf({ resolve }: RemoteNetwork): NetworkGuard {
  return createNetworkGuard({
    isAllowed: isPublicAddress,
    ...(resolve === undefined ? {} : { resolve }),
  });
}

function hostOf(server: string): string {
  return new URL(server).hostname;
}
