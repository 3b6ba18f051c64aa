/** The door of the engine's host for the adapters in `node/` and `web/`: the pool, the worker's side, and how to compile. */
export { compileEngine, warmImage } from "./compile.ts";
export { createEnginePool, type EnginePoolOptions } from "./pool.ts";
export { serveEngine } from "./serve.ts";
export { callOperations, EngineInstance } from "./instance.ts";
export type { EngineWorker, EngineWorkerEvents, FromWorker, ToWorker } from "./worker-messages.ts";
export type * from "./protocol.ts";
