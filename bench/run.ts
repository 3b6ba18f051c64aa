/**
 * Measures Sluice side by side with flate: `npm run bench -- FOLDER [--runs N] [--only NAME] [--no-record]`.
 * FOLDER holds the corpora. Prints a table and records the figures in `results.json`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { unpackCorpora } from "./corpora.ts";
import { makeLongHistory, readLongHistory } from "./history.ts";
import { describeMachine, shippedSizes } from "./machine.ts";
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
  const results = await runScenarios({ corpora, flate, runs, scratch, say: note });
  const startUp = measureStartUp();
  const history = await measureHistory();
  const sizes = shippedSizes();
  note("");
  print(table(results));
  print(`\nstart-up, shortest of ${runs} in ms: ${JSON.stringify(startUp)}`);
  print(`30,000 commits, median in ms: ${JSON.stringify(history)}`);
  print(`sizes: ${JSON.stringify(sizes)}`);
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

function measureStartUp(): Readonly<Record<string, number>> {
  const shortest: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    note(`start-up, ${run + 1} of ${runs}`);
    const text = execFileSync(process.execPath, [join(import.meta.dirname, "start-up.ts")], {
      encoding: "utf8",
    });
    for (const [name, ms] of Object.entries(JSON.parse(text) as Record<string, number>)) {
      shortest[name] = Math.round(Math.min(ms, shortest[name] ?? Number.POSITIVE_INFINITY));
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
    for (let run = 0; run < runs; run++) {
      note(`30,000 commits ${git}, ${run + 1} of ${runs}`);
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

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress, one line that is written over. */
function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
