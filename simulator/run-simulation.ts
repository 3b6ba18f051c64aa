/** One simulation: discover the roots, render every cluster, judge what came out. */
import { discover, unreached } from "./graph/discover.ts";
import type { Discovery, Reached } from "./graph/discover.ts";
import { judge } from "./graph/judge.ts";
import type { Judgement } from "./graph/judge.ts";
import { patchSeed } from "./graph/patch-seed.ts";
import { unreadable } from "./graph/unreadable.ts";
import type { TreeScan } from "./graph/scan.ts";
import type { Seed } from "./graph/seeds.ts";
import { withFacts } from "./live/inputs/effective-options.ts";
import { needsOf, untold } from "./live/inputs/needs.ts";
import type { FileTree } from "./ports.ts";
import { byMessage } from "./plan/merge.ts";
import { renderCluster } from "./render/cluster.ts";
import type { ClusterRender } from "./render/cluster.ts";
import type { Memory, RenderContext } from "./render/context.ts";
import { giveWay } from "./render/context.ts";
import { liveObjects } from "./render/live.ts";
import type { Problem } from "./records.ts";
import { isInShard } from "./shard.ts";
import { findNode } from "./simulation.ts";
import type { InnerSimulation } from "./simulation.ts";
import type { SimulationContext, SimulationOptions } from "./simulator.ts";

export async function runSimulation(
  tree: FileTree,
  given: SimulationOptions,
  memory: Memory,
  { signal, onProgress, turn, previous }: SimulationContext,
): Promise<InnerSimulation> {
  signal?.throwIfAborted();
  const options = withFacts(given);
  const stages = createStages();
  const live = liveObjects(options.live);
  const progress = { done: 0, total: 0 };
  const remarks = new Map<string, readonly string[]>();
  const context: RenderContext = {
    memory,
    tree,
    options,
    live,
    previous: previous === undefined ? undefined : (id) => findNode(previous, id)?.node,
    signal,
    turn,
    onRemarks: (source, found) => void remarks.set(source, found),
    onBuild(event) {
      if (event !== "done") progress.total++;
      if (event !== "started") progress.done++;
      if (event !== "done") stages.count(event === "started" ? "builds" : "remembered");
      onProgress?.({ stage: "render", ...progress });
    },
  };
  onProgress?.({ stage: "discover", ...progress });
  const discovery = discover(tree, options);
  stages.end("discover");
  await giveWay(context);
  const { clusters, allClusters, problems } = await renderClusters(discovery, context);
  stages.end("render");
  clusters.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  const judgements = await judgeAll(clusters, context);
  const none = allClusters.length === 0 && problems.length === 0 ? [noRoots(tree)] : [];
  stages.end("judge");
  return {
    tree,
    options: given,
    previous,
    clusters,
    ...needsOf(clusters, given.cluster),
    stats: stages.stats,
    appliers: judgements.flatMap(({ appliers }) => appliers),
    allClusters,
    problems: [
      ...live.problems,
      ...problems,
      ...none,
      ...remarkProblems(remarks),
      ...judgements.flatMap((judgement) => judgement.problems),
      ...untold(clusters, given.cluster),
    ],
  };
}

async function judgeAll(
  clusters: readonly ClusterRender[],
  context: RenderContext,
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = [];
  for (const cluster of clusters) {
    await giveWay(context);
    judgements.push(judge(cluster, context.tree, context.options));
  }
  return judgements;
}

/** The clusters of this part of the work, the names of all there are, and what is wrong before anything is rendered. */
async function renderClusters(
  { seeds, problems, scan }: Discovery,
  context: RenderContext,
): Promise<{
  readonly clusters: ClusterRender[];
  readonly allClusters: readonly string[];
  readonly problems: readonly Problem[];
}> {
  const { tree, options } = context;
  const { shard, only } = options;
  const names = seeds.map(({ cluster }) => cluster);
  const isOwn = ({ cluster }: Seed): boolean =>
    (only ?? cluster) === cluster && isInShard(cluster, names.indexOf(cluster), shard);
  const clusters = await renderSeeds(seeds.filter(isOwn), context);
  if (scan === undefined) return { clusters, allClusters: names, problems };
  const others = seeds.filter((seed) => !isOwn(seed));
  const reached = await reachedByAll(clusters, others, scan, context);
  const orphans = unreached(tree, scan, reached, options);
  names.push(...orphans.map(({ cluster }) => cluster).sort());
  clusters.push(...(await renderSeeds(orphans.filter(isOwn), context)));
  return {
    clusters,
    allClusters: names,
    problems: [...problems, ...unreadable(scan, reached)],
  };
}

/**
 * What all clusters reach, those of other parts included. Nearly always everything is reached without their HelmReleases, which are
 * most of the work; only when something is left over they are rendered as well.
 */
async function reachedByAll(
  own: readonly ClusterRender[],
  others: readonly Seed[],
  scan: TreeScan,
  context: RenderContext,
): Promise<Reached> {
  const quick = await renderSeeds(others, { ...context, withoutReleases: true });
  const reached = reachedBy([...own, ...quick]);
  const isAll =
    others.length === 0 ||
    unreached(context.tree, scan, reached, context.options).length +
      unreadable(scan, reached).length ===
      0;
  return isAll ? reached : reachedBy([...own, ...(await renderSeeds(others, context))]);
}

/** What the clusters read and apply already, so that the rest can be looked through for what they miss. */
function reachedBy(clusters: readonly ClusterRender[]): Reached {
  return {
    files: readFiles(clusters),
    kustomizations: clusters.flatMap(({ nodes }) =>
      nodes.flatMap(({ spec }) => (spec.kind === "Kustomization" ? [spec] : [])),
    ),
  };
}

async function renderSeeds(
  seeds: readonly Seed[],
  context: RenderContext,
): Promise<ClusterRender[]> {
  return Promise.all(
    seeds.map(async (seed) => renderCluster(await patchSeed(seed, context), context)),
  );
}

/** Files of the tree that some build read. */
function readFiles(clusters: readonly ClusterRender[]): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { built } of clusters.flatMap(({ nodes }) => nodes)) {
    if (built.outcome !== "built" || built.treeArtifact === undefined) continue;
    const prefix = `${built.treeArtifact}/`;
    for (const full of built.result.reads.files)
      if (full.startsWith(prefix)) files.add(full.slice(prefix.length));
  }
  return files;
}

function remarkProblems(remarks: ReadonlyMap<string, readonly string[]>): readonly Problem[] {
  const remark = (source: string, text: string): Problem => {
    return { code: "source-remark", severity: "information", message: `${source}: ${text}` };
  };
  return [...remarks]
    .flatMap(([source, found]) => found.map((text) => remark(source, text)))
    .sort(byMessage);
}

function noRoots(tree: FileTree): Problem {
  const message = `No Flux Kustomization was found in the ${tree.label}. Open the root of the repository, or say where a cluster starts with --path.`;
  return { code: "no-roots", severity: "information", message };
}

/** Milliseconds by stage, and counts. */
function createStages(): {
  readonly stats: Readonly<Record<string, number>>;
  end(stage: string): void;
  count(what: string): void;
} {
  const stats: Record<string, number> = {};
  let started = performance.now();
  return {
    stats,
    end(stage) {
      const now = performance.now();
      stats[stage] = now - started;
      started = now;
    },
    count(what) {
      stats[what] = (stats[what] ?? 0) + 1;
    },
  };
}
