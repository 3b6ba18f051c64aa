/** Composes the simulator from its stages, and keeps what one simulation can use of the earlier ones. */
import { discover, unreached } from "./graph/discover.ts";
import { judge } from "./graph/judge.ts";
import { patchSeed } from "./graph/patch-seed.ts";
import { unreadable } from "./graph/unreadable.ts";
import type { Seed } from "./graph/seeds.ts";
import { makePlan } from "./plan/plan.ts";
import { objectText, renderedEntries } from "./plan/rendered.ts";
import type { FileTree } from "./ports.ts";
import { createArtifacts } from "./render/artifact.ts";
import { createBuildMemo } from "./render/build-memo.ts";
import { renderCluster } from "./render/cluster.ts";
import type { ClusterRender } from "./render/cluster.ts";
import type { Memory, RenderContext } from "./render/context.ts";
import { liveObjects } from "./render/live.ts";
import { createRemotes } from "./render/remotes.ts";
import type { Problem } from "./records.ts";
import type { InnerSimulation } from "./simulation.ts";
import type { Progress, Simulation, SimulationOptions, Simulator, SimulatorPorts } from "./simulator.ts";

/** Simulations kept so that asking again for the same tree costs nothing: both sides of a plan. */
const kept = 2;

export function createSimulator(ports: SimulatorPorts): Simulator {
  const memory = createMemory(ports);
  let recent: InnerSimulation[] = [];
  return {
    async simulate(tree, options, context = {}) {
      const same = recent.find((simulation) => simulation.tree === tree && simulation.options === options);
      if (same !== undefined) return same;
      const started = performance.now();
      const simulation = await run(tree, options, memory, context);
      recent = [simulation, ...recent].slice(0, kept);
      memory.builds.sweep();
      ports.log?.info(describe(simulation, performance.now() - started));
      return simulation;
    },
    plan: (base, target, signal) => makePlan(base, target, { memory, signal }),
    rendered: (simulation, options, signal) => renderedEntries(simulation, options, { memory, signal }),
    objectText: (simulation, applier, object, signal) => objectText(simulation, applier, object, { memory, signal }),
    dispose: () => ports.engine.dispose(),
  };
}

function createMemory(ports: SimulatorPorts): Memory {
  const ids = new Map<string, string>();
  const artifactId = (key: string): string => {
    const id = ids.get(key) ?? `a${ids.size + 1}`;
    ids.set(key, id);
    return id;
  };
  return {
    engine: ports.engine,
    artifacts: createArtifacts(ports.engine),
    builds: createBuildMemo(),
    remotes: createRemotes(ports.sources, artifactId),
    needed: new Map(),
    artifactId,
  };
}

async function run(
  tree: FileTree,
  options: SimulationOptions,
  memory: Memory,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void },
): Promise<InnerSimulation> {
  signal?.throwIfAborted();
  const live = liveObjects(options.live);
  const progress = { done: 0, total: 0 };
  const context: RenderContext = {
    memory,
    tree,
    options,
    live,
    signal,
    onBuild(event) {
      if (event !== "done") progress.total++;
      if (event !== "started") progress.done++;
      onProgress?.({ stage: "render", ...progress });
    },
  };
  onProgress?.({ stage: "discover", ...progress });
  const { seeds, problems: found, scan } = discover(tree, options);
  const problems = [...found];
  const clusters = await renderSeeds(seeds, context);
  if (scan !== undefined) {
    const reached = { files: readFiles(clusters), kustomizations: clusters.flatMap(({ nodes }) => nodes.map(({ spec }) => spec)) };
    clusters.push(...(await renderSeeds(unreached(tree, scan, reached, options), context)));
    problems.push(...unreadable(scan, reached));
  }
  clusters.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  const judgements = clusters.map((cluster) => judge(cluster, tree, options));
  const none = clusters.length === 0 && problems.length === 0 ? [noRoots(tree)] : [];
  return {
    tree,
    options,
    clusters,
    appliers: judgements.flatMap(({ appliers }) => appliers),
    problems: [...live.problems, ...problems, ...none, ...judgements.flatMap((judgement) => judgement.problems)],
  };
}

async function renderSeeds(seeds: readonly Seed[], context: RenderContext): Promise<ClusterRender[]> {
  return Promise.all(seeds.map(async (seed) => renderCluster(await patchSeed(seed, context), context)));
}

/** Files of the tree that some build read. */
function readFiles(clusters: readonly ClusterRender[]): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { built } of clusters.flatMap(({ nodes }) => nodes)) {
    if (built.outcome !== "built" || !built.isTree) continue;
    const prefix = `${built.request.artifact}/`;
    for (const full of built.result.reads.files) if (full.startsWith(prefix)) files.add(full.slice(prefix.length));
  }
  return files;
}

function noRoots(tree: FileTree): Problem {
  const message = `No Flux Kustomization was found in the ${tree.label}. Open the root of the repository, or say where a cluster starts with --path.`;
  return { code: "no-roots", severity: "information", message };
}

function describe(simulation: Simulation, milliseconds: number): string {
  const { appliers, problems, tree } = simulation;
  return `simulated ${tree.label}: ${appliers.length} Kustomizations, ${problems.length} problems, ${milliseconds.toFixed(1)} ms`;
}
