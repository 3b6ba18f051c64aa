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
import {
  gitRepository,
  helmApi,
  helmReleaseRef,
  kustomization,
  kustomizeApi,
  sourceApi,
} from "../harness/flux-objects.ts";
import { applied, fetchNow } from "../harness/follow.ts";
import { isReady } from "../harness/kube-api.ts";
import type { GitRepository } from "../harness/git-repositories.ts";
import type { Files } from "./repository.ts";

export interface PlanWorld {
  readonly cluster: Cluster;
  readonly simulator: Simulator;
  /** What is pushed. */
  readonly files: Files;
  planFor(next: Files): Promise<Plan>;
  push(next: Files, settled?: Settled): Promise<void>;
  /** Plans, pushes and compares. Gives the plan. */
  check(next: Files, settled?: Settled): Promise<Plan>;
  stop(): Promise<void>;
}

/** Replaces waiting until everything is Ready with the commit. */
export type Settled = (commit: string) => Promise<unknown>;

export async function startPlanWorld(): Promise<PlanWorld> {
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  const live = createLive([cluster.kubeconfig], "admin@test");
  const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources: noSources });
  const repository = cluster.git.create("repo");
  let files: Files = {};
  const planFor = (next: Files): Promise<Plan> => planOf(next, { simulator, live, repository });
  const push: PlanWorld["push"] = async (next, settled) => {
    const gone = Object.keys(files).filter((path) => !(path in next));
    const isFirst = Object.keys(files).length === 0;
    files = next;
    const removed = Object.fromEntries(gone.map((path) => [path, undefined]));
    const commit = repository.push({ ...next, ...removed });
    await (isFirst ? cluster.api.apply(root(repository.url)) : fetchNow(cluster));
    await (settled === undefined ? settle(cluster, commit) : settled(commit));
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

function root(url: string): string {
  return `${gitRepository(url)}---\n${kustomization("root", "root")}`;
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

/** HelmReleases have their new spec before their Kustomization is Ready. */
async function settle(cluster: Cluster, commit: string): Promise<void> {
  await applied(cluster, ["root", "apps", "more"], commit);
  await cluster.api.waitFor(helmReleaseRef("shop"), isReady);
}

/** Kinds of which everything is compared. */
const kinds = [
  ["v1", "ConfigMap"],
  ["v1", "Secret"],
  ["v1", "Service"],
  ["v1", "Namespace"],
  ["apps/v1", "Deployment"],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
  [kustomizeApi, "Kustomization"],
  [helmApi, "HelmRelease"],
  [sourceApi, "HelmChart"],
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
