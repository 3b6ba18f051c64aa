/** The live side of the extension without an editor: sessions on a kubeconfig, and what tests ask of them. */
import { vi } from "vitest";

import * as client from "../../simulator/node/cluster/kube-client.ts";
import type { ClustersPorts } from "../../extension/cluster/clusters.ts";
import { Clusters } from "../../extension/cluster/clusters.ts";
import type { ClusterSession } from "../../extension/cluster/session.ts";
import type { LiveEntry, LiveIndex } from "../../extension/model/cluster/live-index.ts";

export interface LiveSide {
  readonly clusters: Clusters;
  readonly session: ClusterSession;
  readonly index: LiveIndex;
  /** Everything that was logged. */
  readonly log: readonly string[];
  /** The entry of `Kind namespace/name`; fails when it is not there. */
  entry(name: string): LiveEntry;
}

export async function openLiveSide(
  kubeconfig: string,
  context: string,
  ports: Partial<ClustersPorts> = {},
): Promise<LiveSide> {
  const log: string[] = [];
  const clusters = new Clusters({
    kubeconfig: () => kubeconfig,
    namespaces: () => [],
    trusted: () => true,
    env: {},
    now: Date.now,
    client: async () => client,
    log: (message) => log.push(message),
    ...ports,
    // A person would not wait so long for a first answer, but a machine that is busy may need it.
    timing: { contact: 600_000, ...ports.timing },
  });
  await clusters.load();
  const session = clusters.connect(context);
  await eventually(() => {
    if (session.state.kind !== "connected" || session.state.loading)
      throw new Error(`not connected: ${JSON.stringify(session.state)}`);
  });
  const index = clusters.index(context);
  // Changes reach it bundled.
  await eventually(() => {
    if (index.size !== session.store.size) throw new Error("the index is not complete yet");
  });
  return { clusters, session, index, log, entry: (name) => entryOf(index, name) };
}

function entryOf(index: LiveIndex, name: string): LiveEntry {
  for (const entry of index.all()) {
    const { kind, namespace, name: own } = entry.live.ref;
    if (`${kind} ${namespace}/${own}` === name) return entry;
  }
  throw new Error(`there is no ${name}`);
}

export function eventually<T>(probe: () => T): Promise<T> {
  return vi.waitFor(probe, { timeout: 600_000, interval: 10 });
}
