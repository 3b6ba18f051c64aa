/** The two tools and how each is asked the same question. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Command } from "./command.ts";
import type { Corpus } from "./corpora.ts";

const dist = join(import.meta.dirname, "../dist");
export const bundle = join(dist, "sluice.cjs");
export const engine = {
  wasm: join(dist, "engine.wasm"),
  worker: join(dist, "engine-worker.cjs"),
};

export interface Flate {
  readonly path: string;
  readonly version: string;
}

/** `FLATE` names the program; otherwise it is looked for in PATH. */
export function findFlate(): Flate | undefined {
  const { FLATE: named, PATH: folders = "" } = process.env;
  const candidates =
    named === undefined ? folders.split(delimiter).map((folder) => join(folder, "flate")) : [named];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const said = execFileSync(path, ["--version"], { encoding: "utf8" });
  return { path, version: /\d+\.\d+\.\d+/.exec(said)?.[0] ?? "unknown" };
}

/** `native` is what `sluice` uses where it was built; the other is what the editor and packages have. */
export type EngineKind = "native" | "wasm";

export function sluiceDiff(corpus: Corpus, cacheDir: string, engineKind: EngineKind): Command {
  const places = ["--path", corpus.cluster, "--cache-dir", cacheDir, "--allow-private-network"];
  return {
    program: process.execPath,
    args: [bundle, "diff", corpus.dir, ...places],
    env: engineKind === "wasm" ? { SLUICE_ENGINE: "wasm" } : {},
    cwd: corpus.dir,
    codes: [0, 1],
  };
}

/** Everything that Sluice looks at too: Secrets and CRDs are not skipped, absent Secrets are no failure. */
function flate(
  corpus: Corpus,
  { path }: Flate,
  cacheDir: string,
  verb: readonly string[],
): Command {
  const everything = ["--allow-missing-secrets", "--skip-secrets=false", "--skip-crds=false"];
  return {
    program: path,
    args: [...verb, "-p", corpus.cluster, ...everything, "--cache-dir", cacheDir],
    cwd: corpus.dir,
    env: { FLATE_NO_PROGRESS: "1" },
    codes: [0, 1],
  };
}

export function flateBuild(corpus: Corpus, tool: Flate, cacheDir: string): Command {
  return flate(corpus, tool, cacheDir, ["build", "all"]);
}

/** Looks only at what the work tree changes. */
export function flateDiff(corpus: Corpus, tool: Flate, cacheDir: string): Command {
  return flate(corpus, tool, cacheDir, ["diff", "all", "--base", "HEAD", "-o", "diff"]);
}
