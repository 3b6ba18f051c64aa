/** Starts a resident simulation in a process of its own and asks it for measurements. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { build } from "esbuild";

import type { Corpus } from "./corpora.ts";
import type { LiveOrder, LiveTimes } from "./live-orders.ts";
import { serverFlags } from "../extension/client/server-flags.ts";
import { sampleMemory } from "./process-tree.ts";
import { engine } from "./tools.ts";

export interface LiveSession {
  ask(order: LiveOrder): Promise<LiveTimes["samples"]>;
  /** Peak memory of the whole session in MiB. */
  end(): Promise<number>;
}

/** `scratch` is a folder for the bundle, because a program in TypeScript takes more memory than what is shipped. */
export async function startLiveSession(corpus: Corpus, scratch: string): Promise<LiveSession> {
  const outfile = join(scratch, "live.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "live.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile,
    logLevel: "error",
  });
  const child = spawn(
    process.execPath,
    [...serverFlags, outfile, corpus.dir, corpus.cluster, engine.wasm, engine.worker],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const memory = sampleMemory(child.pid ?? 0, { own: "counted" });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    async ask(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error("the resident simulation ended early");
      const { samples } = JSON.parse(line.value) as LiveTimes;
      if (order.what !== "nothing" && samples.some(({ changes }) => changes === 0)) {
        throw new Error(`a plan after "${order.what}" holds no change`);
      }
      return samples;
    },
    async end() {
      const peakMB = memory.stop();
      child.stdin.end();
      await ended;
      return peakMB;
    },
  };
}
