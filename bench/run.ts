/**
 * Measures Sluice side by side with flate: `npm run bench -- FOLDER [--runs N] [--only NAME] [--no-record]`.
 * FOLDER holds the corpora. Prints a table and records the figures in `results.json`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { measure } from "./command.ts";
import { unpackCorpora } from "./corpora.ts";
import { makeLongHistory, readLongHistory } from "./history.ts";
import { describeMachine, shippedSizes } from "./machine.ts";
import { startRegistry } from "./registry.ts";
import { table } from "./report.ts";
import { runScenarios } from "./scenarios.ts";
import { series, type Series } from "./statistics.ts";
import { bundle, findFlate } from "./tools.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string" },
    "no-record": { type: "boolean" },
  },
});
const [folder] = positionals;
const runs = Number(values.runs);
const missing = [
  ...(folder !== undefined && existsSync(folder)
    ? []
    : ["give the folder of the corpora: npm run bench -- FOLDER"]),
  ...(existsSync(bundle) ? [] : ["build first: npm run build"]),
  ...(runs >= 1 ? [] : ["--runs wants a number"]),
];
if (folder === undefined || missing.length > 0) {
  print(missing.join("\n"));
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  await main(folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
// A reader of the long history that is still being waited for must not hold the process.
process.exit(0);

async function main(from: string): Promise<void> {
  const flate = findFlate();
  if (flate === undefined) print("flate is not in PATH (FLATE= names it): it is left out.");
  const machine = describeMachine(flate);
  const corpora = unpackCorpora(from, scratch).filter(
    ({ name }) => values.only === undefined || name === values.only,
  );
  const registry = flate && (await startRegistry(from, scratch));
  if (flate !== undefined && registry === undefined)
    print("there is no registry of charts: flate goes without.");
  const results = await runScenarios({ corpora, flate, runs, scratch, say: note }).finally(() =>
    registry?.stop(),
  );
  const startUp = await measureStartUp();
  const history = await measureHistory();
  const sizes = shippedSizes();
  note("");
  print(table(results));
  print(`\nstart-up, shortest of ${runs}, in ms\n${lines(startUp)}`);
  for (const [adapter, times] of Object.entries(history)) {
    const medians = Object.entries(times).map(([what, { median }]) => [what, median] as const);
    print(
      `\n30,000 commits through ${adapter}, median in ms\n${lines(Object.fromEntries(medians))}`,
    );
  }
  const kilobytes = Object.entries(sizes).map(
    ([name, { deflated }]) => [name, Math.round(deflated / 1024)] as const,
  );
  print(`\nsizes in a package, KiB\n${lines(Object.fromEntries(kilobytes))}`);
  if (values["no-record"] === true) return;
  const recorded = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    results,
    startUp,
    history,
    sizes,
  };
  writeFileSync(
    join(import.meta.dirname, "results.json"),
    `${JSON.stringify(recorded, undefined, 2)}\n`,
  );
}

async function measureStartUp(): Promise<Readonly<Record<string, number>>> {
  const shortest: Record<string, number> = {};
  const keep = (name: string, ms: number): void => {
    shortest[name] = Math.round(Math.min(ms, shortest[name] ?? Number.POSITIVE_INFINITY));
  };
  const nothing = { program: process.execPath, args: ["-e", "0"], cwd: scratch, codes: [0] };
  for (let run = 0; run < runs; run++) {
    note(`start-up, ${run + 1} of ${runs}`);
    keep("process: Node that does nothing", (await measure(nothing)).wallMs);
    const version = { ...nothing, args: [bundle, "--version"] };
    keep("process: sluice --version", (await measure(version)).wallMs);
    const text = execFileSync(process.execPath, [join(import.meta.dirname, "start-up.ts")], {
      encoding: "utf8",
    });
    for (const [name, ms] of Object.entries(JSON.parse(text) as Record<string, number>)) {
      keep(name, ms);
    }
  }
  return shortest;
}

async function measureHistory(): Promise<
  Readonly<Record<string, Readonly<Record<string, Series>>>>
> {
  const dir = join(scratch, "history");
  note("making a repository with 30,000 commits");
  makeLongHistory(dir);
  const measured: Record<string, Record<string, Series>> = {};
  for (const git of ["git", "without git"] as const) {
    const samples = [];
    // Without git a merge base that far away takes seconds.
    const repeats = git === "git" ? runs : Math.min(runs, 2);
    for (let run = 0; run < repeats; run++) {
      note(`30,000 commits ${git}, ${run + 1} of ${repeats}`);
      samples.push(await readLongHistory(dir, git));
    }
    measured[samples[0]?.adapter ?? git] = {
      open: series(samples.map(({ openMs }) => openMs)),
      workingTreeAndHead: series(samples.map(({ headMs }) => headMs)),
      revision500Back: series(samples.map(({ olderMs }) => olderMs)),
      mergeBase500Back: series(samples.map(({ mergeBaseMs }) => mergeBaseMs)),
    };
  }
  return measured;
}

function lines(figures: Readonly<Record<string, number>>): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
    .join("\n");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress, one line that is written over. */
function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
