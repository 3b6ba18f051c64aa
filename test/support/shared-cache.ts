/** Machines that share a cache: each has a folder of its own, an engine and sources, as a run of the command has. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { vi } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { FileTree } from "#simulator";
import { createCachedEngine, createSources } from "#simulator/node";
import { openSharedCache } from "#simulator/node/shared-cache";

import { temporaryFolder } from "./temporary-repository.ts";

const wasm = join(import.meta.dirname, "../../dist/engine.wasm");

export interface MachineOptions {
  readonly address: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly readOnly?: boolean;
  readonly now?: number;
  /** Neither renders nor fetches: everything has to come out of the cache. */
  readonly isIdle?: boolean;
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
}

export interface Ran {
  readonly cacheDir: string;
  readonly notes: readonly string[];
  readonly ready: number;
  readonly appliers: number;
  /** Every object as JSON. */
  readonly objects: string;
}

/** One run from an empty folder to what it leaves in the store. */
export async function runOn(tree: FileTree, options: MachineOptions): Promise<Ran> {
  const { cacheDir = temporaryFolder(), isIdle = false } = options;
  const signal = options.signal ?? new AbortController().signal;
  const shared = openSharedCache({
    address: options.address,
    cacheDir,
    env: options.env ?? {},
    readOnly: options.readOnly ?? false,
    now: () => options.now ?? Date.UTC(2026, 10, 1),
    ...(options.shard !== undefined && { shard: options.shard }),
  });
  const brought = await shared.bring(signal);
  // The native engine has no worker that could be broken.
  vi.stubEnv("SLUICE_ENGINE", isIdle ? "wasm" : undefined);
  const engine = createCachedEngine({
    wasm,
    jobs: 1,
    cacheDir,
    onUse: shared.use,
    ...(isIdle && { worker: brokenWorker() }),
  });
  const sources = createSources({
    cacheDir,
    offline: isIdle,
    allowPrivateNetwork: true,
    userCredentials: false,
    onUse: shared.use,
  });
  const simulator = createSimulator({ engine, sources });
  const simulation = await simulator.simulate(tree, { ...defaultOptions, paths: ["cluster"] });
  const put = await shared.put(signal);
  await simulator.dispose();
  return {
    cacheDir,
    notes: [...brought, ...put],
    ready: simulation.appliers.filter(({ state }) => state === "ready").length,
    appliers: simulation.appliers.length,
    objects: JSON.stringify(simulator.rendered(simulation, { secrets: "omit", origins: false })),
  };
}

function brokenWorker(): string {
  const file = join(temporaryFolder(), "no-worker.cjs");
  writeFileSync(file, "throw new Error('started')");
  return file;
}

/** Paths of all files below a folder. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name))
    .sort();
}
