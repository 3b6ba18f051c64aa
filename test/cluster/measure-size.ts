/**
 * How quick and how big the live views are in a real VS Code, with many objects on a real API server and a storm of changes:
 * `npm run bench:cluster [-- --objects 5000 --seconds 300]`. Prints the figures and records them in bench/live-cluster.json.
 * Nothing here is a test: on a busy machine the times mean nothing.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { startControl } from "./editor/control-server.ts";
import { runSuite } from "./editor/run-suite.ts";
import { changeMany, entriesEach, makeMany, startQuietCluster } from "./many-kustomizations.ts";

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "5000" },
    seconds: { type: "string", default: "300" },
    "per-second": { type: "string", default: "50" },
    "no-record": { type: "boolean" },
  },
});
const objects = Number(values.objects);
const seconds = Number(values.seconds);
const perSecond = Number(values["per-second"]);

execFileSync(process.execPath, [join(root, "scripts/test-cluster/build.mjs")], {
  stdio: "inherit",
});
const load = loadavg().map((value) => Math.round(value * 10) / 10);
const workspace = mkdtempSync(join(tmpdir(), "sluice-measure-"));
const cluster = await startQuietCluster();
const storm = { state: "before", took: 0 };
const control = await startControl({
  storm: () => {
    storm.state = "running";
    void runStorm().then(() => (storm.state = "done"));
  },
  state: () => storm.state,
});
try {
  say(`making ${objects} objects`);
  await makeMany(cluster, objects);
  say(`${seconds} s of ${perSecond} changes a second`);
  const patience = (seconds + 600) * 1000;
  const { failures, tests, output } = await runSuite("live-size", {
    workspace,
    patience,
    env: {
      SLUICE_TEST_KUBECONFIG: cluster.kubeconfig,
      SLUICE_TEST_CONTROL: control.url,
      SLUICE_TEST_OBJECTS: String(objects),
      SLUICE_TEST_PATIENCE: String(patience),
    },
  });
  const found = /^figures: (.*)$/m.exec(output)?.[1];
  if (failures > 0 || tests === 0 || found === undefined) throw new Error(output);
  record(JSON.parse(found) as Readonly<Record<string, unknown>>);
} finally {
  await control.close();
  await cluster.stop();
  rmSync(workspace, { recursive: true, force: true });
}

/** Each lane waits for its next beat, so that a slow answer does not slow the others down. */
async function runStorm(): Promise<void> {
  const started = performance.now();
  const beat = (8 * 1000) / perSecond;
  const beats = new Map<number, number>();
  await changeMany(cluster, objects, seconds * perSecond, async (lane) => {
    const next = (beats.get(lane) ?? 0) + 1;
    beats.set(lane, next);
    const rest = started + next * beat - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  });
  storm.took = (performance.now() - started) / 1000;
}

function record(figures: Readonly<Record<string, unknown>>): void {
  const [first] = cpus();
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cores: availableParallelism(), processor: first?.model.trim() ?? "", load },
    objects,
    inventoryEntries: objects * entriesEach,
    changes: seconds * perSecond,
    changesPerSecond: Math.round((seconds * perSecond * 10) / storm.took) / 10,
    ...figures,
  };
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  process.stdout.write(text);
  if (values["no-record"] !== true) writeFileSync(join(root, "bench/live-cluster.json"), text);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
