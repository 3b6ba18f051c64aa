/** A simulation that shares its thread: it asks for turns between steps, and can be cancelled in each of them. */
import { expect, it } from "vitest";

import { defaultOptions } from "#simulator";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

const names = Array.from({ length: 12 }, (_, at) => `app-${at}`);
/** Another `value` is rendered anew. */
const tree = (value = "1") =>
  fixture(
    [
      gotkSync,
      ...names.map((name) => `#- cluster/${name}.yaml\n${kustomization(name, `./${name}`)}`),
      ...names.map((name) => `#- ${name}/one.yaml\n${configMap(name, value)}`),
    ].join("\n"),
  );

it("asks for a turn at least once for each applier, and comes to the same answer", async () => {
  let turns = 0;
  const given = tree();
  const simulation = await bench.simulator.simulate(
    given,
    { ...defaultOptions },
    {
      turn: () => {
        turns++;
        return Promise.resolve();
      },
    },
  );
  expect(turns).toBeGreaterThan(names.length);
  const { appliers, problems } = await bench.simulate(given);
  expect(simulation.appliers).toEqual(appliers);
  expect(simulation.problems).toEqual(problems);
});

it("is over when it is cancelled in any of its turns, and nothing fails unheard", async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on("unhandledRejection", hear);
  try {
    for (let last = 1; last < 40; last += 3) {
      const controller = new AbortController();
      let turns = 0;
      const turn = (): Promise<void> => {
        if (++turns === last) controller.abort();
        // Renders come and go meanwhile.
        return new Promise((resolve) => setImmediate(resolve));
      };
      const { signal } = controller;
      const run = bench.simulator.simulate(
        tree(`${last}`),
        { ...defaultOptions },
        { signal, turn },
      );
      if (await run.then(() => false, isAbort)) continue;
      // It had fewer turns than that.
      expect(turns).toBeLessThan(last);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
  }
});

function isAbort(error: unknown): boolean {
  expect(error).toHaveProperty("name", "AbortError");
  return true;
}
