/** After any edits the live simulation says what a simulation from nothing says. The long run is `scripts/random-edits.ts`. */
import path from "node:path";
import { describe, expect, it } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { FileTree, Plan, Simulator } from "#simulator";
import { createNodeEngine, readDirectoryTree } from "#simulator/node";
import { randomEdit, randomNumbers } from "../support/random-edits.ts";
import { noSources } from "../support/simulator.ts";

const edits = 40;

describe("incremental simulation", () => {
  it("equals one from scratch after every random edit", async () => {
    const engine = createNodeEngine({ jobs: 1 });
    const live = createSimulator({ engine, sources: noSources });
    const original: FileTree = await readDirectoryTree(
      path.join(import.meta.dirname, "../../examples"),
    );
    const random = randomNumbers(7);
    const planWith = async (simulator: Simulator, tree: FileTree): Promise<Omit<Plan, "stats">> => {
      const base = await simulator.simulate(original, defaultOptions);
      const { stats: _, ...plan } = await simulator.plan(
        base,
        await simulator.simulate(tree, defaultOptions),
      );
      return plan;
    };
    let tree = original;
    let changes = 0;
    for (let number = 0; number < edits; number++) {
      const edit = randomEdit(tree, original, random);
      tree = edit.tree;
      const plan = await planWith(live, tree);
      expect(plan, `edit ${number}: ${edit.description}`).toEqual(
        await planWith(createSimulator({ engine, sources: noSources }), tree),
      );
      changes += plan.counts.changed + plan.counts.created + plan.counts.deleted;
    }
    expect(changes).toBeGreaterThan(edits);
    await engine.dispose();
  });
});
