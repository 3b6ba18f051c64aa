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
  const session = clusters.connect(name);
  while (session.state.kind === "connecting") await delay(10);
  const { state } = session;
  if (state.kind !== "connected") throw new Error(JSON.stringify(state));
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

/** A closed socket goes some turns of the event loop later. */
async function closed(): Promise<void> {
  const isOpen = (): boolean => process.getActiveResourcesInfo().includes("TCPSocketWrap");
  for (let turn = 0; turn < 1000 && isOpen(); turn++) await delay(1);
}

function report(when: string): void {
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  process.stdout.write(`${JSON.stringify({ when, resources })}\n`);
}
