/** Many Kustomizations with forty inventory entries each on a real API server, and a storm of changes of their status. */
import type { Cluster } from "./harness/cluster.ts";
import { startCluster } from "./harness/cluster.ts";

export const entriesEach = 40;
const lanes = 16;

/** An API server that knows Flux's kinds, and nobody who acts on them. */
export function startQuietCluster(): Promise<Cluster> {
  return startCluster({
    controllers: [],
    crds: ["source-controller", "kustomize-controller", "helm-controller"],
    healthy: false,
  });
}

/** Ten roots, each owning ten, each owning ten, and so on. */
export async function makeMany({ api }: Cluster, count: number): Promise<void> {
  await inLanes(lanes, count, async (at) => {
    const parent = at < 10 ? undefined : `k${Math.floor(at / 10)}`;
    const labels =
      parent === undefined
        ? {}
        : {
            "kustomize.toolkit.fluxcd.io/name": parent,
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
          };
    const path = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";
    const answer = await api.request("POST", path, {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: `k${at}`, namespace: "flux-system", labels },
      spec: {
        interval: "1h",
        path: "./apps",
        prune: true,
        sourceRef: { kind: "GitRepository", name: "repo" },
      },
    });
    if (answer.status !== 201) throw new Error(answer.body);
    // As many fail as during a storm, so that views hold as much before it as after it.
    await writeStatus(api, at, "first", at % 3 !== 0);
  });
}

/** `count` changes of status, one after the other in each of eight lanes; `pause` may slow every lane down. */
export async function changeMany(
  { api }: Cluster,
  objects: number,
  count: number,
  pause: (lane: number) => Promise<void> = async () => {},
): Promise<void> {
  await inLanes(8, count, async (round, lane) => {
    const at = (round * 7) % objects;
    // Each object had its turn once in a lap. In the next lap others fail, so that there is always something to draw.
    const lap = 1 + Math.floor(round / objects);
    await writeStatus(api, at, `round ${round}`, (at + lap) % 3 !== 0);
    await pause(lane);
  });
}

async function inLanes(
  width: number,
  count: number,
  work: (at: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: width }, async (_, lane) => {
    for (let at = next++; at < count; at = next++) await work(at, lane);
  });
  await Promise.all(workers);
}

async function writeStatus(
  api: Cluster["api"],
  at: number,
  message: string,
  isReady: boolean,
): Promise<void> {
  const ref = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "flux-system",
    name: `k${at}`,
  };
  const entries = Array.from({ length: entriesEach }, (_, entry) => ({
    id: `namespace-${at}_object-number-${entry}_apps_Deployment`,
    v: "v1",
  }));
  const ready = {
    type: "Ready",
    status: isReady ? "True" : "False",
    reason: isReady ? "ReconciliationSucceeded" : "BuildFailed",
    message,
    observedGeneration: 1,
    lastTransitionTime: new Date().toISOString(),
  };
  const status = { observedGeneration: 1, inventory: { entries }, conditions: [ready] };
  await api.patch(ref, { status }, "status");
}
