/** What the figures were measured on, without names or paths of the machine. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";

import { engine, type Flate } from "./tools.ts";

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly git: string;
  readonly flate: string;
  /** Load averages at the start: with more than the number of cores, trust CPU times and minimums. */
  readonly load: readonly number[];
}

export function describeMachine(flate: Flate | undefined): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    git:
      /\d[\d.]+/.exec(execFileSync("git", ["--version"], { encoding: "utf8" }))?.[0] ?? "unknown",
    flate: flate?.version ?? "absent",
    load: loadavg().map((value) => Math.round(value * 10) / 10),
  };
}

/** Bytes on disk and in a package, which is deflated. */
export function shippedSizes(): Readonly<
  Record<string, { readonly raw: number; readonly deflated: number }>
> {
  const folder = dirname(engine.wasm);
  const names = [
    "engine.wasm",
    "engine.image",
    "sluice.cjs",
    "extension.cjs",
    "language-server.cjs",
    "engine-worker.cjs",
  ];
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      const deflated = deflateRawSync(readFileSync(path), { level: 9 }).byteLength;
      return [name, { raw: statSync(path).size, deflated }];
    }),
  );
}
