// What the Node.js extension host requires as the tests' module: runs every bundled *.test.cjs beside it with Mocha.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import Mocha from "mocha";

import { mochaPatience } from "./until.ts";

export async function run(): Promise<void> {
  const grep = process.env["MOCHA_GREP"];
  const mocha = new Mocha({
    ui: "tdd",
    timeout: mochaPatience,
    color: false,
    ...(grep === undefined ? {} : { grep }),
  });
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith(".test.cjs"))) {
    mocha.addFile(join(__dirname, file));
  }
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats);
    });
  });
  const results = process.env["TEST_RESULTS"];
  if (results !== undefined) {
    writeFileSync(results, JSON.stringify(stats));
  }
  if (stats === undefined || stats.tests === 0) {
    throw new Error("no test ran");
  }
  if (stats.failures > 0) {
    throw new Error(`${stats.failures} test(s) failed`);
  }
}
