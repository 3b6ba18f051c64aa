// Runs the suites of test/web with Mocha inside the web worker extension host, where there is no Node.js.
import "mocha/mocha.js";

import { mochaPatience } from "./until.ts";

type LoadTests = () => Promise<unknown>;

/** Loads the test files after Mocha's globals exist, runs them and prints the counts for the runner outside. */
export async function runSuite(files: readonly LoadTests[]): Promise<void> {
  mocha.setup({ ui: "tdd", reporter: "spec", timeout: mochaPatience }); // the default writes HTML, which a worker has none of
  await Promise.all(files.map((load) => load()));
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats);
    });
  });
  console.log(`SLUICE_RESULTS ${JSON.stringify(stats)}`);
  if (stats === undefined || stats.tests === 0 || stats.failures > 0) {
    throw new Error(`${stats?.failures ?? 0} of ${stats?.tests ?? 0} tests failed`);
  }
}
