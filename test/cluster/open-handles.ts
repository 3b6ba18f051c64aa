/**
 * Run by live-faults.test.ts in a process of its own: the whole live side of the extension without an editor. It connects to one
 * context, switches to another, is deactivated, and then does nothing more: what is left open would keep the process alive. Prints
 * one line of JSON for each moment. Arguments: the kubeconfig, and the names of two contexts.
 */
import { registerHooks } from "node:module";
import { setTimeout as delay } from "node:timers/promises";

import type { ExtensionContext } from "vscode";

import type { Clusters } from "../../extension/cluster/clusters.ts";
import type { Log } from "../../extension/platform/log.ts";
import { setSetting } from "./idle-vscode.ts";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vscode"
      ? { url: new URL("idle-vscode.ts", import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
const { composeLive } = await import("../../extension/compose-live.ts");

/** Milliseconds; no measure of anything. */
const patience = 300_000;
const [kubeconfig = "", first = "", second = ""] = process.argv.slice(2);
setSetting("cluster.kubeconfig", kubeconfig);
setSetting("cluster.namespaces", ["flux-system"]);

report("before");
const context = idleContext();
const log = { info: () => {}, error: fail } as unknown as Log;
const { clusters, views, start } = composeLive(context, log);
await start();
await connected(clusters, first);
report("connected");
clusters.disconnect(first);
await closed();
report("disconnected");
await connected(clusters, second);
await connected(clusters, first);
for (const item of [...context.subscriptions].toReversed()) void item.dispose();
report("deactivated");

async function connected(clusters: Clusters, name: string): Promise<void> {
  let session = clusters.connect(name);
  for (let tries = 20; session.state.kind !== "connected"; await delay(10)) {
    if (session.state.kind === "connecting") continue;
    // A machine that is busy may not answer within the time that a person would wait.
    if (--tries === 0) throw new Error(JSON.stringify(session.state));
    clusters.disconnect(name);
    session = clusters.connect(name);
  }
  while (session.state.kind === "connected" && session.state.loading) await delay(10);
  // As an editor does: what is drawn is asked about, and drawn again when it changes.
  for (const view of [views.clusters, views.attention, views.sources])
    for (const id of view.getChildren()) view.getChildren(id);
}

function idleContext(): ExtensionContext {
  const memory = new Map<string, unknown>();
  return {
    subscriptions: [],
    workspaceState: {
      get: (key: string, otherwise: unknown) => memory.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => void memory.set(key, value),
    },
  } as unknown as ExtensionContext;
}

function fail(error: unknown): never {
  throw error;
}

/** A closed socket goes some turns of the event loop later. What never goes is told by the report. */
async function closed(): Promise<void> {
  const isOpen = (): boolean =>
    process.getActiveResourcesInfo().some((name) => /^(TCPSocket|Process)Wrap$/.test(name));
  const deadline = performance.now() + patience;
  while (isOpen() && performance.now() < deadline) await delay(1);
}

function report(when: string): void {
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  process.stdout.write(`${JSON.stringify({ when, resources })}\n`);
}
