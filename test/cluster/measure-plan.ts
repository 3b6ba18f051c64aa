/**
 * How long a plan against a real API server takes: `npm run bench:plan [-- --kustomizations 60 --objects 25]`. The real controllers apply the
 * repository first. Prints the figures and records them in bench/live-plan.json. Nothing here is a test: on a busy machine the clock means
 * nothing, so that processor time is beside it.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { startSizeWorld } from "./plan-size/world.ts";
import { figuresOf } from "./plan-size/figures.ts";

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    kustomizations: { type: "string", default: "60" },
    objects: { type: "string", default: "25" },
    "no-record": { type: "boolean" },
  },
});
const size = { kustomizations: Number(values.kustomizations), objects: Number(values.objects) };

execFileSync(process.execPath, [join(root, "scripts/test-cluster/build.mjs")], {
  stdio: "inherit",
});
const load = loadavg().map((value) => Math.round(value * 10) / 10);
say(`applying ${size.kustomizations * size.objects} objects`);
const world = await startSizeWorld(size);
try {
  say("measuring");
  record(await figuresOf(world));
} finally {
  await world.stop();
}

function record(figures: object): void {
  const [first] = cpus();
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cores: availableParallelism(), processor: first?.model.trim() ?? "", load },
    kustomizations: size.kustomizations,
    objects: size.kustomizations * size.objects,
    ...figures,
  };
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  process.stdout.write(text);
  if (values["no-record"] !== true) writeFileSync(join(root, "bench/live-plan.json"), text);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
