/** A cluster with the real controllers and a repository: plans a push, pushes, and looks at what happened. */
import { expect } from "vitest";

import { createSimulator, defaultOptions, simulateOnCluster } from "#simulator";
import type { Live, Plan, Simulator } from "#simulator";
import { createLive } from "#simulator/cluster";
import { createNodeEngine } from "#simulator/node";
import { treeOf } from "../../support/fixture.ts";
import { noSources } from "../../support/simulator.ts";
import { startCluster } from "../harness/cluster.ts";
import type { Cluster } from "../harness/cluster.ts";
import { isReady } from "../harness/kube-api.ts";
import type { GitRepository } from "../harness/git-repositories.ts";
import { kustomize, root, source } from "./repository.ts";
import type { Files } from "./repository.ts";

export interface PlanWorld {
  readonly cluster: Cluster;
  readonly simulator: Simulator;
  /** What is pushed. */
  readonly files: Files;
  planFor(next: Files): Promise<Plan>;
  /** `settled` replaces waiting until everything is Ready. */
  push(next: Files, settled?: () => Promise<unknown>): Promise<void>;
  /** Plans, pushes and compares. Gives the plan. */
  check(next: Files, settled?: () => Promise<unknown>): Promise<Plan>;
  stop(): Promise<void>;
}

export async function startPlanWorld(): Promise<PlanWorld> {
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  const live = createLive([cluster.kubeconfig], "admin@test");
  const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources: noSources });
  const repository = cluster.git.create("repo");
  let files: Files = {};
  let pushes = 0;
  const planFor = (next: Files): Promise<Plan> => planOf(next, { simulator, live, repository });
  const push: PlanWorld["push"] = async (next, settled) => {
    const gone = Object.keys(files).filter((path) => !(path in next));
    files = next;
    const removed = Object.fromEntries(gone.map((path) => [path, undefined]));
    const commit = repository.push({ ...next, ...removed });
    await fetchNow(cluster, repository, pushes++);
    await (settled === undefined ? settle(cluster, commit) : settled());
  };
  return {
    cluster,
    simulator,
    get files() {
      return files;
    },
    planFor,
    push,
    async check(next, settled) {
      const plan = await planFor(next);
      const before = await look(cluster);
      await push(next, settled);
      expectSame(plan, whatHappened(before, await look(cluster)));
      return plan;
    },
    async stop() {
      live.close();
      await simulator.dispose();
      await cluster.stop();
    },
  };
}

interface Desk {
  readonly simulator: Simulator;
  readonly live: Live;
  readonly repository: GitRepository;
}

async function planOf(next: Files, { simulator, live, repository }: Desk): Promise<Plan> {
  const options = {
    ...defaultOptions,
    roots: [{ name: "root.yaml", text: root(repository.url) }],
    remoteUrls: [repository.url],
  };
  const simulation = await simulateOnCluster(simulator, treeOf(next), options, live);
  return simulator.livePlan(simulation, live);
}

async function fetchNow({ api }: Cluster, { url }: GitRepository, pushes: number): Promise<void> {
  if (pushes === 0) return api.apply(root(url));
  const annotations = { "reconcile.fluxcd.io/requestedAt": String(pushes) };
  await api.patch(
    { ...source, namespace: "flux-system", name: "repo" },
    { metadata: { annotations } },
  );
}

export const app = (name: string) =>
  ({ apiVersion: kustomize, kind: "Kustomization", namespace: "flux-system", name }) as const;

const helmRelease = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease" } as const;

/** HelmReleases have their new spec before their Kustomization is Ready. */
async function settle({ api }: Cluster, commit: string): Promise<void> {
  const revision = `main@sha1:${commit}`;
  for (const name of ["root", "apps", "more"])
    await api.waitFor(
      app(name),
      (object) => object.status?.["lastAppliedRevision"] === revision && isReady(object),
    );
  await api.waitFor({ ...helmRelease, namespace: "demo", name: "shop" }, isReady);
}

/** Kinds of which everything is compared. */
const kinds = [
  ["v1", "ConfigMap"],
  ["v1", "Secret"],
  ["v1", "Service"],
  ["v1", "Namespace"],
  ["apps/v1", "Deployment"],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
  [kustomize, "Kustomization"],
  [helmRelease.apiVersion, helmRelease.kind],
  [source.apiVersion, "HelmChart"],
] as const;

interface Seen {
  readonly uid: string;
  readonly text: string;
}

/** What is on the cluster, without status and what the server counts. */
async function look(cluster: Cluster): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const [apiVersion, kind] of kinds) {
    for (const one of await cluster.api.list(apiVersion, kind)) {
      const { metadata, status: _, ...rest } = one;
      const { name, labels, annotations, uid } = metadata;
      if (name.startsWith("sh.helm.release")) continue;
      const text = JSON.stringify([rest, labels ?? {}, annotations ?? {}]);
      seen.set(`${kind}/${name}`, { uid: uid ?? "", text });
    }
  }
  return seen;
}

function whatHappened(
  before: ReadonlyMap<string, Seen>,
  after: ReadonlyMap<string, Seen>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((id) => {
    const [old, now] = [before.get(id), after.get(id)];
    if (old === undefined) return [`created ${id}`];
    if (now === undefined) return [`deleted ${id}`];
    if (old.uid !== now.uid) return [`recreated ${id}`];
    return old.text === now.text ? [] : [`changed ${id}`];
  });
}

/** What the plan says of these kinds, in the words of `whatHappened`. */
export function whatIsPlanned(plan: Plan): readonly string[] {
  const words = new Map<string, string>();
  for (const { kind, ref } of plan.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ changes }) => changes),
  ))
    if (kind !== "orphaned" && kinds.some((one) => one[1] === ref.kind))
      words.set(`${ref.kind}/${ref.name}`, kind);
  return [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, kind]) => `${kind} ${id}`);
}

/** A moved object is changed or made anew, depending on which of the two appliers comes first. */
function expectSame(plan: Plan, happened: readonly string[]): void {
  const planned = whatIsPlanned(plan);
  const words = happened.map((line) => {
    const moved = line.replace(/^(changed|recreated) /, "moved ");
    return planned.includes(moved) ? moved : line;
  });
  expect(planned).toEqual(words);
}
