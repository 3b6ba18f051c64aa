/** Composes the simulator from its stages, and keeps what one simulation can use of the earlier ones. */
import { chartDefaults } from "./plan/chart-defaults.ts";
import { imagesOf } from "./plan/images.ts";
import { outlookOf } from "./plan/outlook.ts";
import { liveTexts, makeLivePlan } from "./live/plan/live-plan.ts";
import { makePlan } from "./plan/plan.ts";
import { releaseValues } from "./plan/release-values.ts";
import { applierText, objectText, renderedEntries } from "./plan/rendered.ts";
import { newBudget } from "./provenance/experiments.ts";
import { chartFile, lineOrigins, valueEffects } from "./provenance/line-origins.ts";
import { createArtifacts } from "./render/artifact.ts";
import { createBuildMemo } from "./render/build-memo.ts";
import type { Memory } from "./render/context.ts";
import { createRemotes } from "./render/remotes.ts";
import { runSimulation } from "./run-simulation.ts";
import type { InnerSimulation } from "./simulation.ts";
import type { Simulator, SimulatorPorts } from "./simulator.ts";

/** Simulations kept so that asking again for the same tree costs nothing: both sides of a plan. */
const kept = 2;

export function createSimulator(ports: SimulatorPorts): Simulator {
  const memory = createMemory(ports);
  let recent: InnerSimulation[] = [];
  return {
    async simulate(tree, options, context = {}) {
      const same = recent.find(
        (simulation) =>
          simulation.tree === tree &&
          simulation.options === options &&
          simulation.previous === context.previous,
      );
      if (same !== undefined) return same;
      const started = performance.now();
      const simulation = await runSimulation(tree, options, memory, context);
      recent = [simulation, ...recent].slice(0, kept);
      memory.builds.sweep();
      ports.log?.info(describe(simulation, performance.now() - started));
      return simulation;
    },
    livePlan: (target, live, context = {}) => makeLivePlan(target, live, { ...context, memory }),
    liveTexts,
    plan: (base, target, signal) => makePlan(base, target, { memory, signal }),
    rendered: (simulation, options, signal) =>
      renderedEntries(simulation, options, { memory, signal }),
    releaseValues: (simulation, applier, signal) =>
      releaseValues(simulation, applier, { memory, signal }),
    chartDefaults: (simulation, applier, signal) =>
      chartDefaults(simulation, applier, { memory, signal }),
    applierText: (simulation, applier, signal) =>
      applierText(simulation, applier, { memory, signal }),
    images: (simulation, signal) => imagesOf(simulation, { memory, signal }),
    outlook: (simulation, signal) => outlookOf(simulation, { memory, signal }),
    objectText: (simulation, applier, object, signal) =>
      objectText(simulation, applier, object, { memory, signal }),
    lineOrigins: (simulation, applier, question, signal) =>
      lineOrigins(simulation, applier, question, { memory, signal, budget: newBudget(ports) }),
    valueEffects: (simulation, applier, site, signal) =>
      valueEffects(simulation, applier, site, { memory, signal, budget: newBudget(ports) }),
    chartFile,
    retrySources() {
      forgetUnavailable(memory);
      recent = [];
    },
    dispose: () => ports.engine.dispose(),
  };
}

/** Forgets what could not be fetched, and the answers that were made without it. */
function forgetUnavailable(memory: Memory): void {
  memory.remotes.retry();
  for (const [key, remotes] of memory.needed) {
    if (remotes.every(({ unavailable }) => unavailable === undefined)) continue;
    memory.needed.delete(key);
    for (const prefix of ["", "masked|", "origins|"]) memory.builds.forget(prefix + key);
  }
}

function createMemory(ports: SimulatorPorts): Memory {
  const artifactId = createArtifactIds();
  return {
    engine: ports.engine,
    artifacts: createArtifacts(ports.engine),
    builds: createBuildMemo(),
    remotes: createRemotes(ports.sources, artifactId),
    distribution: ports.distribution,
    asked: new Map(),
    composites: new Map(),
    needed: new Map(),
    artifactId,
  };
}

/**
 * Short names for artifacts that are the same in every process, so that stored answers are found again; the number
 * only tells apart what has the same hash.
 */
function createArtifactIds(): (key: string) => string {
  const keys = new Map<string, string>();
  const ids = new Map<string, string>();
  return (key) => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    let hash = 0x811c9dc5;
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    let id = `a${(hash >>> 0).toString(36)}`;
    while (keys.has(id)) id += "x";
    keys.set(id, key);
    ids.set(key, id);
    return id;
  };
}

function describe(
  { appliers, problems, tree, stats }: InnerSimulation,
  milliseconds: number,
): string {
  const details = Object.entries(stats).map(([name, value]) => `${name} ${Math.round(value)}`);
  const counts = `${appliers.length} appliers, ${problems.length} problems`;
  return `simulated ${tree.label}: ${counts}, ${milliseconds.toFixed(1)} ms (${details.join(", ")})`;
}
