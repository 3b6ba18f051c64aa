/**
 * The language server side by side with yaml-language-server, in one run on one file: `npm run bench:lsp -- FOLDER … [--quick]
 * [--no-record]`. A FOLDER is a repository to start in; the last is also typed in. Records the figures in `lsp-results.json`.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { readPacksFrom } from "../language-server/schema/read-packs.ts";
import type { Typing } from "./lsp-documents.ts";
import {
  digitsIn,
  digitsOfKinds,
  largeFile,
  linesIn,
  manyKeys,
  sameFile,
} from "./lsp-documents.ts";
import { completionPlaces } from "./lsp-places.ts";
import type { Simulator } from "./lsp-process.ts";
import { serverBundle, startLsp } from "./lsp-process.ts";
import { measureRefusals } from "./lsp-refused.ts";
import type { Row } from "./lsp-report.ts";
import { lspTable, round } from "./lsp-report.ts";
import { sluiceCheck } from "./lsp-sluice.ts";
import { measureStart } from "./lsp-start.ts";
import type { Cost } from "./lsp-turns.ts";
import { inTurns } from "./lsp-turns.ts";
import { measureAnswers, measureCompletion, measureKeystrokes, OpenFile } from "./lsp-wire.ts";
import { yamlLanguageServerCheck } from "./lsp-yaml.ts";
import { describeMachine } from "./machine.ts";
import { series } from "./statistics.ts";

const root = join(import.meta.dirname, "..");
const rival = "yaml-language-server@2.0.0";
const rivalFolder = join(root, ".cache/bench/yaml-language-server");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, "no-record": { type: "boolean" } },
});
const missing = [
  ...positionals.filter((folder) => !existsSync(folder)).map((folder) => `there is no ${folder}`),
  ...(existsSync(serverBundle) ? [] : ["build first: npm run build"]),
];
if (missing.length > 0) {
  print(missing.join("\n"));
  process.exit(2);
}
const scale = values.quick === true ? 0.2 : 1;
const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-lsp-"));
try {
  await main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);

async function main(): Promise<void> {
  const machine = describeMachine(undefined);
  const text = sameFile();
  const size = `${text.split("\n").length - 1} lines, ${text.split(/^---$/m).length} documents`;
  const { rows, ratios } = await revalidation(text);
  rows.push(
    await keystrokes("keystroke over the wire", text, digitsIn(text), 200, 10),
    await keystrokes("keystroke that adds a line", text, linesIn(text), 200, 10),
    await keystrokes("keystroke in 50,000 lines", largeFile(), digitsIn(largeFile()), 60, 50),
    await keystrokes("keystroke in 5,000 keys", manyKeys(), digitsIn(manyKeys()), 60, 50),
  );
  const repository = positionals.at(-1);
  if (repository !== undefined) rows.push(...(await inRepository(copyOf(repository))));
  for (const folder of positionals) rows.push(...(await starts(folder)));
  for (const { what, milliseconds, peakMB, message } of await measureRefusals()) {
    const wallMs = series([milliseconds]);
    rows.push({ what: `refused: ${what}`, wallMs, megabytes: peakMB, message: message ?? "" });
  }
  print(`${size}; ${rival}; load ${machine.load.join(" ")}`);
  print(lspTable(rows));
  for (const [what, ratio] of Object.entries(ratios)) print(`${what}: ${ratio}`);
  if (values["no-record"] === true || values.quick === true) return;
  const { flate: _, git: __, ...facts } = machine;
  const recorded = {
    date: new Date().toISOString().slice(0, 10),
    machine: facts,
    size,
    rival,
    ratios,
    rows,
  };
  const file = join(import.meta.dirname, "lsp-results.json");
  writeFileSync(file, `${JSON.stringify(recorded, undefined, 2)}\n`);
}

type Ratios = Record<string, number>;

async function revalidation(
  text: string,
): Promise<{ readonly rows: Row[]; readonly ratios: Ratios }> {
  installRival();
  const packs = await readPacksFrom(join(root, "dist/schemas"));
  const checks = {
    sluice: sluiceCheck(packs),
    theirs: await yamlLanguageServerCheck(rivalFolder, text, packs),
  };
  const rows: Row[] = [];
  const ratios: Ratios = {};
  const kinds = { "an edit": digitsOfKinds(text), "a new line": [linesIn(text)] };
  for (const [what, places] of Object.entries(kinds)) {
    note(`re-validation after ${what}`);
    const costs = await inTurns(checks, text, places, { turns: times(20), edits: 10 });
    const below = round(costs.theirs.wallMs.median / 50);
    rows.push(
      { what: `re-validation after ${what}`, ...costs.sluice, target: { figure: "median", below } },
      { what: `  ${rival}`, ...costs.theirs },
    );
    ratios[`times faster after ${what}, median wall time`] = ratio(costs, "wallMs");
    ratios[`times faster after ${what}, median CPU time`] = ratio(costs, "cpuMs");
  }
  return { rows, ratios };
}

function ratio(costs: Record<"sluice" | "theirs", Cost>, by: keyof Cost): number {
  return round(costs.theirs[by].median / costs.sluice[by].median);
}

/** One file in a folder of its own. */
async function keystrokes(
  what: string,
  text: string,
  typing: Typing,
  keys: number,
  below: number,
): Promise<Row> {
  note(what);
  const folder = mkdtempSync(join(scratch, "one-"));
  writeFileSync(join(folder, "a.yaml"), text);
  const lsp = await startLsp(folder, "with");
  await lsp.ready;
  const file = await OpenFile.open(lsp, "a.yaml", text, typing);
  const measured = await measureKeystrokes(lsp, file, times(keys));
  await lsp.stop();
  return { what, ...measured, target: { figure: "p95", below } };
}

/** In a whole repository, with its simulation. */
async function inRepository(folder: string): Promise<readonly Row[]> {
  const lsp = await startLsp(folder, "with");
  await lsp.ready;
  const rows: Row[] = [];
  const all: number[] = [];
  for (const { what, path, text, typing } of completionPlaces(folder)) {
    note(`completion: ${what}`);
    const file = await OpenFile.open(lsp, path, text, typing);
    const { times: found, items } = await measureCompletion(file, times(60));
    all.push(...found);
    rows.push({ what: `completion: ${what}`, wallMs: series(found), note: `${items} suggested` });
    if (rows.length === 1) {
      const keys = await measureKeystrokes(lsp, file, times(100));
      rows.push({
        what: "keystroke in a repository",
        ...keys,
        target: { figure: "p95", below: 10 },
      });
      rows.push(...(await otherAnswers(file)));
    }
    await file.close();
  }
  await lsp.stop();
  if (all.length === 0) return rows;
  const target = { figure: "p95", below: 15 } as const;
  return [...rows, { what: "completion, all of these", wallMs: series(all), target }];
}

/** What an editor asks besides, after each key. */
async function otherAnswers(file: OpenFile): Promise<readonly Row[]> {
  const atCursor = ({ cursor: position }: OpenFile): object => ({ position });
  const questions = {
    hover: { method: "textDocument/hover", about: atCursor },
    definition: { method: "textDocument/definition", about: atCursor },
    "inlay hints": {
      method: "textDocument/inlayHint",
      about: ({ above: range }: OpenFile): object => ({ range }),
    },
  };
  const rows: Row[] = [];
  for (const [what, { method, about }] of Object.entries(questions)) {
    note(what);
    const { times: found } = await measureAnswers(file, method, about, times(60));
    rows.push({ what: `${what} after a key`, wallMs: series(found) });
  }
  return rows;
}

async function starts(folder: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const simulator of ["without", "with"] satisfies readonly Simulator[]) {
    note(`cold start in ${basename(folder)}`);
    const start = await measureStart(folder, simulator, times(10));
    const what = `cold start in ${basename(folder)}, ${start.files} files, ${simulator} simulator`;
    const first = { what, wallMs: start.firstMs, cpuMs: start.firstCpuMs };
    const all = { what: "  diagnostics of all files", wallMs: start.allMs, cpuMs: start.allCpuMs };
    rows.push({ ...first, target: { figure: "median", below: 500 } }, all);
    const memory = { what: "  resident after that", megabytes: start.residentMB.max };
    const isHeld = simulator === "without";
    rows.push(isHeld ? { ...memory, target: { figure: "megabytes", below: 200 } } : memory);
  }
  return rows;
}

/** The server writes nothing, but half-typed texts are better kept away from a repository. */
function copyOf(folder: string): string {
  const copy = join(scratch, basename(folder));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function installRival(): void {
  if (existsSync(join(rivalFolder, "node_modules/yaml-language-server"))) return;
  mkdirSync(rivalFolder, { recursive: true });
  writeFileSync(join(rivalFolder, "package.json"), '{ "private": true }\n');
  const words = ["install", rival, "--no-audit", "--no-fund"];
  execFileSync("npm", words, { cwd: rivalFolder, stdio: "inherit" });
}

function times(count: number): number {
  return Math.max(2, Math.round(count * scale));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Progress, one line that is written over. */
function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
