/**
 * Property run over a real repository: after each of N random edits the plan of the live simulation equals the plan of a
 * simulator that starts from nothing. `node scripts/random-edits.ts FOLDER [N] [SEED]`; exit code 1 at the first difference.
 */
import { isDeepStrictEqual } from "node:util";

import { createSimulator, defaultOptions, sourceTitle } from "#simulator";
import type {
  FileTree,
  Plan,
  SimulationOptions,
  Simulator,
  SourceAnswer,
  Sources,
} from "#simulator";
import { createNodeEngine, openWorkingTree } from "#simulator/node";
import { randomEdit, randomNumbers } from "../test/support/random-edits.ts";

const [folder, count = "2000", seed = "1"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node scripts/random-edits.ts FOLDER [N] [SEED]");
  process.exit(2);
}
const sources: Sources = {
  fetch: (request): Promise<SourceAnswer> =>
    Promise.resolve({
      outcome: "unavailable",
      reason: "offline",
      message: `${sourceTitle(request)} is not fetched here`,
    }),
};
const options: SimulationOptions = defaultOptions;
const engine = createNodeEngine({});
const live = createSimulator({ engine, sources });
const original = await (await openWorkingTree(folder)).read();
const random = randomNumbers(Number(seed));
const started = performance.now();
let tree: FileTree = original;
let incremental = 0;
let scratch = 0;
let changes = 0;
for (let number = 1; number <= Number(count); number++) {
  const edit = randomEdit(tree, original, random);
  tree = edit.tree;
  const before = performance.now();
  const plan = await planWith(live);
  const between = performance.now();
  const fresh = await planWith(createSimulator({ engine, sources }));
  scratch += performance.now() - between;
  incremental += between - before;
  changes += plan.counts.changed + plan.counts.created + plan.counts.deleted + plan.counts.moved;
  if (!isDeepStrictEqual(comparable(plan), comparable(fresh))) {
    console.error(
      `edit ${number} (${edit.description}), seed ${seed}: the live plan differs from the plan from scratch`,
    );
    console.error(firstDifference(comparable(plan), comparable(fresh)));
    process.exit(1);
  }
  if (number % 100 === 0)
    console.log(
      `${number} edits, ${((performance.now() - started) / 1000).toFixed(0)} s, last: ${edit.description}`,
    );
}
console.log(
  `${count} edits of ${original.files.size} files, seed ${seed}: every plan equal. ` +
    `mean ${(incremental / Number(count)).toFixed(1)} ms live, ${(scratch / Number(count)).toFixed(1)} ms from scratch, ${changes} changes seen`,
);
await engine.dispose();

async function planWith(simulator: Simulator): Promise<Plan> {
  const base = await simulator.simulate(original, options);
  return simulator.plan(base, await simulator.simulate(tree, options));
}

function comparable(plan: Plan): unknown {
  const { stats: _, ...rest } = plan;
  return rest;
}

function firstDifference(a: unknown, b: unknown): string {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  let at = 0;
  while (left[at] === right[at]) at++;
  return `live:    …${left.slice(Math.max(0, at - 200), at + 200)}\nscratch: …${right.slice(Math.max(0, at - 200), at + 200)}`;
}
