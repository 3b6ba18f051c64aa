// Runs inside VS Code, started by measure-size.ts: takes the times and the memory of the live views, as they are drawn.
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import { onArrival, timeDrawing } from "./live-size-times.ts";
import { until } from "../../support/until.ts";
import { activated, control, nodeIn } from "./live-extension.ts";

const context = "admin@test";
const objects = Number(process.env["SLUICE_TEST_OBJECTS"]);
const settle = 3000;
/** Milliseconds of the storm until everything was drawn once and memory can be compared. */
const warmUp = 20_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

suite("The size of a cluster", function () {
  this.timeout(Number(process.env["SLUICE_TEST_PATIENCE"]));
  let live: Live;

  test("is measured", async () => {
    const settings = vscode.workspace.getConfiguration("sluice.cluster");
    const kubeconfig = process.env["SLUICE_TEST_KUBECONFIG"];
    await settings.update("kubeconfig", kubeconfig, vscode.ConfigurationTarget.Global);
    live = await activated();
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the context", () => nodeIn(live.views.clusters.nodes, context));
    await vscode.commands.executeCommand("sluice.attention.focus");
    const idle = await rest();
    const resources = resourceCounts();
    const firstPaintMs = await connect();
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await live.views.reveal(context, "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/k10");
    const full = await rest();
    const { times, refreshes, seconds, early } = await storm();
    const after = await rest();
    await vscode.commands.executeCommand("sluice.disconnect", nodeIds.cluster(context));
    const closed = await rest();
    const sorted = times.latencies.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
    const perSecond = (amount: number): number => Math.round((amount * 100) / seconds) / 100;
    const figures = {
      firstPaintMs: Math.round(firstPaintMs),
      eventToTreeMs: { p50: at(0.5), p95: at(0.95), max: Math.round(sorted.at(-1) ?? 0) },
      changesShown: sorted.length,
      changesNeverShown: times.waiting,
      refreshesPerSecond: perSecond(refreshes),
      rowsPerSecond: perSecond(times.rows),
      heapMB: { idle, connected: full, early, afterTheStorm: after, disconnected: closed },
      leftOpen: difference(resources, resourceCounts()),
    };
    console.log(`figures: ${JSON.stringify(figures)}`);
    assert.ok(sorted.length > 0);
  });

  /** Milliseconds from the first objects that arrive to a tree that shows them. */
  async function connect(): Promise<number> {
    const connecting = vscode.commands.executeCommand("sluice.connect", nodeIds.closed(context));
    const session = await until("the session", () => live.clusters.session(context));
    const arrived = onArrival(session);
    await vscode.commands.executeCommand("sluice.clusters.focus");
    await until("the first applier", () => nodeIn(live.views.clusters.nodes, "k0"));
    const painted = performance.now();
    await connecting;
    await until("all objects", () => live.clusters.index(context).size === objects);
    return painted - (arrived[0] ?? painted);
  }

  async function storm() {
    const session = live.clusters.session(context);
    assert.ok(session);
    const times = timeDrawing(live, session);
    const drawings = (): number => live.views.clusters.refreshes + live.views.attention.refreshes;
    const before = drawings();
    const started = performance.now();
    await control("storm");
    let early = 0;
    for (let state = ""; state !== "done"; state = await control("state")) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (early === 0 && performance.now() - started > warmUp) early = heap();
    }
    const seconds = (performance.now() - started) / 1000;
    times.stop();
    // Each of the two views is drawn that often at most.
    return { times, refreshes: (drawings() - before) / 2, seconds, early };
  }
});

/** Megabytes of heap after a pause in which everything that was begun can end. */
async function rest(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settle));
  return heap();
}

function heap(): number {
  collect();
  collect();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}

/** Connections and programs; timers are no good to count here, because everybody in an extension host has some. */
function resourceCounts(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo())
    if (/Socket|Process/.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const more = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}
