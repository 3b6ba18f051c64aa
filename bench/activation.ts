/**
 * How long the extension takes to activate: `node bench/activation.ts [RUNS]`. Each run is a fresh VS Code with an empty folder and
 * a home without a kubeconfig. Prints figures and asserts nothing. Needs the bundles of `npm run build` and the host.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { build } from "esbuild";

import type { Activation } from "./activation-suite.ts";
import { series } from "./statistics.ts";

const root = join(import.meta.dirname, "..");
const runs = Number(process.argv[2] ?? 10);
const scratch = mkdtempSync(join(tmpdir(), "sluice-activation-"));
const suite = join(scratch, "suite.cjs");

try {
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
    entryPoints: ["bench/activation-suite.ts"],
    outfile: suite,
  });
  const results: Activation[] = [];
  for (let at = 0; at < runs; at++) results.push(await measure(at));
  print(results);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(at: number): Promise<Activation> {
  const folder = join(scratch, String(at));
  const result = join(folder, "result.json");
  for (const name of ["workspace", "home"]) mkdirSync(join(folder, name), { recursive: true });
  const output = await runHost(
    [
      join(folder, "workspace"),
      `--user-data-dir=${join(folder, "user-data")}`,
      `--extensions-dir=${join(folder, "extensions")}`,
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${suite}`,
    ],
    { HOME: join(folder, "home"), KUBECONFIG: "", SLUICE_ACTIVATION: result },
  );
  try {
    return JSON.parse(readFileSync(result, "utf8")) as Activation;
  } catch {
    throw new Error(`VS Code gave no result:\n${output}`);
  }
}

function runHost(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "scripts", "code.mjs"), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", () => resolve(output));
  });
}

function print(results: readonly Activation[]): void {
  const load = loadavg()[0]?.toFixed(1);
  const host = process.env["VSCODE_HOST"] ?? "1.139";
  console.log(`VS Code ${host}, ${runs} runs, ${availableParallelism()} cores, load ${load}\n`);
  console.log("ms                          min   median      max");
  const rows = [
    ["inside activate()", results.map(({ activate }) => activate)],
    ["with reading the bundle", results.map(({ total }) => total)],
    ["processor time of both", results.map(({ processor }) => processor)],
  ] as const;
  for (const [name, values] of rows) {
    const { min, median, max } = series(values);
    const cells = [min, median, max].map((value) => value.toFixed(1).padStart(9));
    console.log(name.padEnd(22) + cells.join(""));
  }
}
