/**
 * Records what the real controllers do with the scenarios in `test/cluster/scenarios`: `npm run record [-- NAME…]` writes
 * their `expected.json`. The differences to the recordings before are then Git's to show.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { printExpected } from "../../test/cluster/recorder/expected.ts";
import { recordScenario } from "../../test/cluster/recorder/record.ts";
import { scenarios } from "../../test/cluster/scenarios/index.ts";

const folder = fileURLToPath(new URL("../../test/cluster/scenarios", import.meta.url));
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios);
for (const name of names) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  const start = performance.now();
  const expected = await recordScenario(scenario);
  writeFileSync(join(folder, name, "expected.json"), printExpected(expected));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const outcomes = expected.pushes.flatMap((push) => push.outcomes);
  const releases = outcomes.filter(({ kind }) => kind === "HelmRelease");
  const ready = releases.filter((one) => one.ready?.status === "True").length;
  console.log(`${name}: ${ready} ready, ${releases.length - ready} failed (${seconds} s)`);
}
