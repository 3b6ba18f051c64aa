/** A simulator over the real engine, shared by the tests of one file, and short ways to ask it. */
import { afterAll, beforeAll } from "vitest";

import { createSimulator, defaultOptions, sourceTitle } from "#simulator";
import type {
  FileTree,
  Plan,
  Simulation,
  SimulationOptions,
  Simulator,
  SourceAnswer,
  SourceRequest,
  Sources,
} from "#simulator";
import { createNodeEngine } from "#simulator/node";

/** Sources that have nothing: what every test without a fetch uses. */
export const noSources: Sources = {
  fetch: (request: SourceRequest): Promise<SourceAnswer> =>
    Promise.resolve({
      outcome: "unavailable",
      reason: "offline",
      message: `${sourceTitle(request)} is not in the cache and fetching is off`,
    }),
};

export interface Bench {
  readonly simulator: Simulator;
  simulate(tree: FileTree, options?: Partial<SimulationOptions>): Promise<Simulation>;
  plan(base: FileTree, target: FileTree, options?: Partial<SimulationOptions>): Promise<Plan>;
  /** `applier: Kind namespace/name` of everything rendered, sorted. */
  rendered(tree: FileTree, options?: Partial<SimulationOptions>): Promise<readonly string[]>;
}

export function useSimulator(sources: Sources = noSources): Bench {
  let simulator: Simulator | undefined;
  const get = (): Simulator => {
    if (simulator === undefined) throw new Error("the simulator starts before the first test");
    return simulator;
  };
  beforeAll(() => {
    simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
  });
  afterAll(async () => {
    await simulator?.dispose();
  });
  const simulate: Bench["simulate"] = (tree, options) =>
    get().simulate(tree, { ...defaultOptions, ...options });
  return {
    get simulator() {
      return get();
    },
    simulate,
    async plan(base, target, options) {
      const before = await simulate({ ...base, label: "HEAD" }, options);
      return get().plan(before, await simulate(target, options));
    },
    async rendered(tree, options) {
      const entries = await get().rendered(await simulate(tree, options), {
        secrets: "show",
        origins: false,
      });
      return entries.map(
        ({ applier, ref }) => `${applier.name}: ${ref.kind} ${ref.namespace}/${ref.name}`,
      );
    },
  };
}
