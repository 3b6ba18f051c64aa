/** Programs as processes of their own, where the caller's home, keys and caches play no part, and a copy of examples/ for them. */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll } from "vitest";

import { git } from "../support/temporary-repository.ts";

/** The bundled command; needs `npm run build`. */
export const bundle = resolve("dist/sluice.cjs");

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly cwd: string;
  /** The home, with the caches in it. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. */
export function ended(
  program: string,
  argv: readonly string[],
  { cwd, home, env = {} }: Place,
): Promise<Ended> {
  const child = spawn(program, [...argv], {
    cwd,
    env: { ...ownEnvironment(home), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("close", (code) => done({ code, ...texts }));
  });
}

/** Nothing of the machine's user: no settings, no cache. */
export function ownEnvironment(home: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
}

export interface Examples {
  readonly home: string;
  /** A Git repository with everything committed on `main`. */
  readonly repository: string;
  /** Runs the bundled command in the repository. */
  readonly sluice: (...argv: readonly string[]) => Promise<Ended>;
  /** Changes a file, which fails when nothing changes. */
  readonly edit: (path: string, change: (text: string) => string) => void;
}

/** A copy of examples/ for the tests of one file. */
export function useExamples(): Examples {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "sluice-examples-")));
  const repository = join(home, "repository");
  beforeAll(() => {
    if (!existsSync(bundle))
      throw new Error("dist/sluice.cjs is not there; run `npm run build` first");
    cpSync("examples", repository, { recursive: true });
    git(repository, "init", "-q", "-b", "main");
    git(repository, "add", ".");
    git(repository, "commit", "-qm", "examples");
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  return {
    home,
    repository,
    sluice: (...argv) => ended(process.execPath, [bundle, ...argv], { cwd: repository, home }),
    edit(path, change) {
      const file = join(repository, path);
      const before = readFileSync(file, "utf8");
      const after = change(before);
      if (after === before) throw new Error(`${path} does not hold what the test changes`);
      writeFileSync(file, after);
    },
  };
}
