/** A cluster on which the real controllers have applied a repository of some size, and plans of it. */
import { createFactsReader, createSimulator, defaultOptions, simulateOnCluster } from "#simulator";
import type { FactsReader, Live, OnClusterContext, Plan, Simulation, Simulator } from "#simulator";
import { createLive } from "#simulator/cluster";
import type { OpenLive } from "#simulator/cluster";
import { createNodeEngine } from "#simulator/node";
import { treeOf } from "../../support/fixture.ts";
import { noSources } from "../../support/simulator.ts";
import { startCluster } from "../harness/cluster.ts";
import type { Cluster } from "../harness/cluster.ts";
import { kustomizeApi } from "../harness/flux-objects.ts";
import { hasApplied } from "../harness/follow.ts";
import { until } from "../harness/process.ts";
import type { Files } from "../plan-world/repository.ts";
import { countedLive } from "./counted-live.ts";
import type { CountedLive } from "./counted-live.ts";
import { filesOf, rootOf } from "./repository.ts";
import type { Size } from "./repository.ts";

export interface SizeWorld {
  readonly cluster: Cluster;
  readonly size: Size;
  readonly files: Files;
  /** Somebody who plans for the first time: nothing is remembered. */
  newcomer(): Newcomer;
  stop(): Promise<void>;
}

export interface Newcomer {
  readonly live: CountedLive;
  /** `edits` are laid over the files that were applied. */
  readonly plan: (edits: Files, context?: OnClusterContext) => Promise<Planned>;
  close(): Promise<void>;
}

export interface Planned {
  readonly simulation: Simulation;
  readonly plan: Plan;
}

export async function startSizeWorld(size: Size): Promise<SizeWorld> {
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller"],
    crds: ["helm-controller"],
    healthy: false,
  });
  try {
    const repository = cluster.git.create("repo");
    const files = filesOf(size);
    const commit = repository.push(files);
    await cluster.api.apply(rootOf(repository.url));
    await until(() => isApplied(cluster, size, commit), 1_200_000, "applied");
    return {
      cluster,
      size,
      files,
      newcomer: () => newcomer(cluster, files, repository.url),
      stop: () => cluster.stop(),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function isApplied(
  { api }: Cluster,
  { kustomizations }: Size,
  commit: string,
): Promise<boolean> {
  const all = await api.list(kustomizeApi, "Kustomization");
  const done = all.filter(hasApplied(commit));
  return done.length === kustomizations + 1;
}

interface Desk {
  readonly simulator: Simulator;
  readonly live: Live;
  readonly reader: FactsReader;
  readonly url: string;
}

function newcomer(cluster: Cluster, files: Files, url: string): Newcomer {
  const open: OpenLive = createLive([cluster.kubeconfig], "admin@test");
  const live = countedLive(open);
  const simulator = createSimulator({ engine: createNodeEngine(), sources: noSources });
  const desk = { simulator, live, reader: createFactsReader(live), url };
  return {
    live,
    plan: (edits, context) => planOf({ ...files, ...edits }, desk, context),
    async close() {
      open.close();
      await simulator.dispose();
    },
  };
}

async function planOf(
  files: Files,
  { simulator, live, reader, url }: Desk,
  context: OnClusterContext = {},
): Promise<Planned> {
  const options = {
    ...defaultOptions,
    roots: [{ name: "root.yaml", text: rootOf(url) }],
    remoteUrls: [url],
  };
  const inner = { reader, ...context };
  const simulation = await simulateOnCluster(simulator, treeOf(files), options, live, inner);
  return { simulation, plan: await simulator.livePlan(simulation, live, context) };
}
