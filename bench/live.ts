/**
 * A resident simulation of one repository, as the editor keeps it: started by `live-session.ts`, told by lines on stdin
 * what to measure, answers each with a line of JSON. Arguments: the work tree, the folder where its cluster starts,
 * the engine and the script of its workers.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { createSimulator, defaultOptions, versionPicker } from "#simulator";
import type { Plan } from "#simulator";
import { createNodeEngine, createSources, openRepository, openWorkingTree } from "#simulator/node";

import {
  appEdits,
  kustomizationEdits,
  rootPatchEdit,
  valueEdits,
  type LineEdit,
} from "./corpora.ts";
import type { LiveOrder, LiveTimes } from "./live-orders.ts";

const [dir = "", cluster = "", wasm = "", worker = ""] = process.argv.slice(2);
const corpus = { name: dir, dir, cluster };
const engine = createNodeEngine({ wasm, worker });
const sources = createSources({
  cacheDir: mkdtempSync(join(tmpdir(), "sluice-bench-live-")),
  offline: false,
  allowPrivateNetwork: true,
  pickVersion: versionPicker(engine),
});
const simulator = createSimulator({ engine, sources });
const options = { ...defaultOptions, paths: [cluster] };
const repository = await openRepository(dir);
const workingTree = await openWorkingTree(dir);
let tree = await workingTree.read();
const head = await repository?.readTree("HEAD", tree);
const base = head && (await simulator.simulate(head, options));
const edits = appEdits(corpus);
const values = valueEdits(corpus);
const parentEdits = kustomizationEdits(corpus);
const rootPatch = rootPatchEdit(corpus);
/** Files that are edited now and nowhere else saved. */
let typed: ReadonlyMap<string, string> = new Map();
/** Milliseconds: who types fast needs a little more for a key. */
const betweenStrokes = 100;
let value = 100;
let turn = 0;

/** What happens between a key stroke (or a saved file) and the new plan. */
async function nextPlan(
  changed: readonly string[],
  overlay: ReadonlyMap<string, string>,
): Promise<Plan> {
  typed = overlay;
  tree = await workingTree.refresh(tree, changed, typed);
  return simulator.plan(base, await simulator.simulate(tree, options));
}

async function timed(work: () => Promise<Plan>): Promise<LiveTimes["samples"][number]> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const plan = await work();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000, changes: plan.counts.changed };
}

/** Typed text; three strokes in a file, then another file. */
function typeLine(edit: LineEdit): Promise<Plan> {
  return nextPlan([], new Map([[edit.path, edit.after(value++)]]));
}

/** The same on disk: the file is saved and reported as changed. */
async function saveLine(edit: LineEdit): Promise<Plan> {
  writeFileSync(join(dir, edit.path), edit.after(value++));
  return nextPlan([edit.path], new Map());
}

async function restore(edit: LineEdit): Promise<void> {
  writeFileSync(join(dir, edit.path), edit.before);
  await nextPlan([edit.path], new Map());
}

async function sample(order: LiveOrder): Promise<LiveTimes["samples"]> {
  const samples: LiveTimes["samples"][number][] = [];
  for (let i = 0; i < order.times; i++) {
    await setTimeout(betweenStrokes);
    const file = Math.floor(turn++ / 3);
    const edit = edits[file % edits.length] ?? rootPatch;
    switch (order.what) {
      case "typed":
        samples.push(await timed(() => typeLine(edit)));
        break;
      case "value":
        samples.push(await timed(() => typeLine(values[file % values.length] ?? edit)));
        break;
      case "parent":
        samples.push(await timed(() => typeLine(parentEdits[file % parentEdits.length] ?? edit)));
        break;
      case "saved":
        samples.push(await timed(() => saveLine(edit)));
        await restore(edit);
        break;
      case "root patch":
        samples.push(await timed(() => typeLine(rootPatch)));
        break;
      case "nothing":
        samples.push(await timed(() => nextPlan([], new Map(typed))));
        break;
    }
  }
  await nextPlan([], new Map());
  return samples;
}

await nextPlan([], new Map());
for await (const line of createInterface({ input: process.stdin })) {
  const samples = await sample(JSON.parse(line) as LiveOrder);
  process.stdout.write(`${JSON.stringify({ samples } satisfies LiveTimes)}\n`);
}
repository?.dispose();
await simulator.dispose();
