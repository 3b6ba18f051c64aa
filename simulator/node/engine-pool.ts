/** The render engine in worker threads of Node. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

import type { Engine } from "#simulator";

import {
  compileEngine,
  createEnginePool,
  type EngineWorker,
  type EngineWorkerEvents,
  type FromWorker,
} from "#simulator/engine";

/** kustomize and its YAML recurse; the usual 4 MB end at a few thousand levels. */
const stackSizeMb = 32;

export interface NodeEngineOptions {
  /** The engine's WebAssembly. Defaults to `dist/engine.wasm` of this repository. */
  readonly wasm?: string;
  /** The script of a worker. Defaults to the source, or `engine-worker.cjs` next to the WebAssembly when this is bundled. */
  readonly worker?: string;
  /** Number of workers. Defaults to 2, or 1 on a machine with one core. */
  readonly jobs?: number;
  /** The memory of a warmed engine of the same build. Defaults to `engine.image` next to the WebAssembly, if it is there. */
  readonly image?: string;
  /** Milliseconds of processor time that one build may take. */
  readonly timeoutMs?: number;
  /** Mebibytes of linear memory above which a worker is replaced. */
  readonly memoryMB?: number;
}

/** Reads, compiles and starts a first worker at once, while the caller reads its files. None of it keeps the process alive. */
export function createNodeEngine(options: NodeEngineOptions = {}): Engine {
  const wasm = options.wasm ?? defaultWasm();
  const worker = options.worker === undefined ? defaultWorker(wasm) : pathToFileURL(options.worker);
  const compiled = compile(wasm);
  const imagePath = options.image ?? join(dirname(wasm), "engine.image");
  // Whoever calls meets the error; without a call nobody needs it.
  compiled.catch(() => undefined);
  return createEnginePool({
    spawn: (events) => spawnWorker(worker, events),
    module: () => compiled,
    image: () => readImage(imagePath),
    jobs: options.jobs ?? Math.min(2, availableParallelism()),
    timeoutMs: options.timeoutMs ?? 30_000,
    memoryBytes: (options.memoryMB ?? 400) * 2 ** 20,
    ahead: true,
  });
}

async function compile(wasm: string): ReturnType<typeof compileEngine> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(wasm);
  } catch {
    throw new Error(
      `The render engine ${wasm} is missing. Build it with: node scripts/build-engine.mjs`,
    );
  }
  return compileEngine(bytes);
}

/** Without an image the engine starts all the same, a second later. */
async function readImage(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

function defaultWasm(): string {
  return fileURLToPath(new URL("../../dist/engine.wasm", import.meta.url));
}

function defaultWorker(wasm: string): URL {
  const isSource = typeof import.meta.url === "string" && import.meta.url.endsWith(".ts");
  return isSource
    ? new URL("./engine-worker.ts", import.meta.url)
    : pathToFileURL(join(dirname(wasm), "engine-worker.cjs"));
}

function spawnWorker(url: URL, events: EngineWorkerEvents): EngineWorker {
  const worker = new Worker(url, { name: "engine", resourceLimits: { stackSizeMb } });
  let asked = false;
  worker.on("message", (message: FromWorker) => events.onMessage(message));
  worker.on("error", (error) =>
    events.onExit(error instanceof Error ? error.message : String(error)),
  );
  worker.on("exit", (code) => {
    if (!asked) {
      events.onExit(`its worker ended with code ${code}`);
    }
  });
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    holdProcess: (hold) => (hold ? worker.ref() : worker.unref()),
    // All threads of the process together: a thread's own time is known to newer Node.js only, and only when it answers.
    spentMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    terminate: () => {
      asked = true;
      void worker.terminate();
    },
  };
}
