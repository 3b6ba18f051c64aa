/** The render engine behind a store of its earlier answers on disk. With a filled store it starts only when it is needed. */
import { closeSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";

import { withStoredAnswers, type Engine } from "#simulator";

import { openAnswerStore } from "./answer-store.ts";
import type { NodeEngineOptions } from "./engine-pool.ts";
import { createFastestEngine } from "./native-engine.ts";

export interface CachedEngineOptions extends NodeEngineOptions {
  /** Without it this is the plain engine. */
  readonly cacheDir?: string;
  /** Hears of every file of the cache that is read or written: its path below `cacheDir`. */
  readonly onUse?: (path: string) => void;
}

export function createCachedEngine({ cacheDir, onUse, ...options }: CachedEngineOptions): Engine {
  const build = options.wasm === undefined ? undefined : buildOf(options.wasm, options.image);
  if (cacheDir === undefined || build === undefined) return createFastestEngine(options);
  const store = openAnswerStore(cacheDir, build, onUse);
  const engine = store.isFilled ? startedWhenNeeded(options) : createFastestEngine(options);
  return withStoredAnswers(engine, store);
}

function startedWhenNeeded(options: NodeEngineOptions): Engine {
  let started: Engine | undefined;
  const engine = (): Engine => (started ??= createFastestEngine(options));
  return {
    call: (...asked) => engine().call(...asked),
    excluded: (...asked) => engine().excluded(...asked),
    dispose: async () => started?.dispose(),
  };
}

/** The digest of the engine's WebAssembly, with which its image begins (`image.ts`); a file of its own is not needed. */
function buildOf(wasm: string, image: string | undefined): string | undefined {
  try {
    const file = openSync(image ?? join(dirname(wasm), "engine.image"), "r");
    try {
      const digest = Buffer.alloc(32);
      return readSync(file, digest) === digest.length ? digest.toString("hex") : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
