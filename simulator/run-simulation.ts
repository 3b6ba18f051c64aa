/** One simulation: discover the roots, render every cluster, judge what came out. */
import { discover, unreached } from "./graph/discover.ts";
import type { Reached } from "./graph/discover.ts";
import { judge } from "./graph/judge.ts";
import { patchSeed } from "./graph/patch-seed.ts";
import { unreadable } from "./graph/unreadable.ts";
import type { Seed } from "./graph/seeds.ts";
import type { FileTree } from "./ports.ts";
import { renderCluster } from "./render/cluster.ts";
import type { ClusterRender } from "./render/cluster.ts";
import type { Memory, RenderContext } from "./render/context.ts";
import { liveObjects } from "./render/live.ts";
import type { Problem } from "./records.ts";
import type { InnerSimulation } from "./simulation.ts";
import type { Progress, SimulationOptions } from "./simulator.ts";

export async function runSimulation(
  tree: FileTree,
  options: SimulationOptions,
  memory: Memory,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void },
): Promise<InnerSimulation> {
  signal?.throwIfAborted();
  const stages = createStages();
  const live = liveObjects(options.live);
  const progress = { done: 0, total: 0 };
  const remarks = new Map<string, readonly string[]>();
  const context: RenderContext = {
    memory,
    tree,
    options,
    live,
    signal,
    onRemarks: (source, found) => void remarks.set(source, found),
    onBuild(event) {
      if (event !== "done") progress.total++;
      if (event !== "started") progress.done++;
      if (event !== "done") stages.count(event === "started" ? "builds" : "remembered");
      onProgress?.({ stage: "render", ...progress });
    },
  };
  onProgress?.({ stage: "discover", ...progress });
  const { seeds, problems: found, scan } = discover(tree, options);
  const problems = [...found];
  stages.end("discover");
  const clusters = await renderSeeds(seeds, context);
  if (scan !== undefined) {
    const reached = reachedBy(clusters);
    clusters.push(...(await renderSeeds(unreached(tree, scan, reached, options), context)));
    problems.push(...unreadable(scan, reached));
  }
  stages.end("render");
  clusters.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  const judgements = clusters.map((cluster) => judge(cluster, tree, options));
  const none = clusters.length === 0 && problems.length === 0 ? [noRoots(tree)] : [];
  stages.end("judge");
  return {
    tree,
    options,
    clusters,
    stats: stages.stats,
    appliers: judgements.flatMap(({ appliers }) => appliers),
    problems: [
      ...live.problems,
      ...[...remarks].flatMap(([source, found]) => found.map((text) => remark(source, text))),
      ...problems,
      ...none,
      ...judgements.flatMap((judgement) => judgement.problems),
    ],
  };
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

function remark(source: string, text: string): Problem {
  return { code: "source-remark", severity: "information", message: `${source}: ${text}` };
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
