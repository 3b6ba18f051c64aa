/** The render engine in web workers. The caller brings the bytes, because only it knows where the extension's files are. */
import { compileEngine } from "../engine/compile.ts";
import { createEnginePool } from "../engine/pool.ts";
import type { EngineWorker, EngineWorkerEvents, FromWorker } from "../engine/worker-messages.ts";
import type { Engine } from "../ports.ts";

export interface WebEngineOptions {
  /** Content of `engine.wasm`. */
  readonly wasm: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Content of `engine.image` of the same build. */
  readonly image?: () => Promise<Uint8Array | undefined>;
  /** Address of the worker's script (`engine-worker.ts`, bundled); a `blob:` address where workers must be of one's own origin. */
  readonly worker: string;
  readonly jobs?: number;
  /** Milliseconds that one build may take. */
  readonly timeoutMs?: number;
  /** Mebibytes of linear memory above which a worker is replaced. */
  readonly memoryMB?: number;
}

/** Reads and compiles with the first call. */
export function createWebEngine(options: WebEngineOptions): Engine {
  return createEnginePool({
    spawn: (events) => spawnWorker(options.worker, events),
    module: async () => compileEngine((await options.wasm()).slice()),
    ...(options.image && { image: copied(options.image) }),
    jobs: options.jobs ?? 1,
    timeoutMs: options.timeoutMs ?? 30_000,
    memoryBytes: (options.memoryMB ?? 400) * 2 ** 20,
  });
}

/** The caller may keep its bytes; a worker needs its own. */
function copied(
  image: () => Promise<Uint8Array | undefined>,
): () => Promise<Uint8Array<ArrayBuffer> | undefined> {
  return async () => (await image())?.slice();
}

function spawnWorker(address: string, events: EngineWorkerEvents): EngineWorker {
  const worker = new Worker(address, { name: "engine" });
  worker.addEventListener("message", (event: MessageEvent<FromWorker>) =>
    events.onMessage(event.data),
  );
  worker.addEventListener("error", (event) => events.onExit(event.message));
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    holdProcess: () => {},
    terminate: () => worker.terminate(),
  };
}
