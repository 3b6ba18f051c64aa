/** The questions asked of both tools, one after the other in turns, so that a busy minute hits both. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { measure, type Command, type Measured } from "./command.ts";
import {
  appEdits,
  kustomizationEdits,
  rootPatchEdit,
  valueEdits,
  type Corpus,
  type LineEdit,
} from "./corpora.ts";
import type { LiveOrder } from "./live-orders.ts";
import { startLiveSession } from "./live-session.ts";
import { series, type Series } from "./statistics.ts";
import { flateBuild, flateDiff, sluiceDiff, type Flate } from "./tools.ts";

export interface Figures {
  readonly wallMs: Series;
  readonly cpuMs: Series;
  /** Absent where the memory is that of the whole session. */
  readonly peakMB?: Series;
}

export interface Result {
  readonly corpus: string;
  readonly scenario: string;
  readonly sluice: Figures;
  readonly flate?: Figures;
}

export interface Plan {
  readonly corpora: readonly Corpus[];
  readonly flate: Flate | undefined;
  readonly runs: number;
  /** Folder for caches. */
  readonly scratch: string;
  readonly say: (line: string) => void;
}

export async function runScenarios(plan: Plan): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const corpus of plan.corpora) {
    results.push(
      ...(await freshProcesses(corpus, plan)),
      ...(await residentSimulation(corpus, plan)),
    );
  }
  return results;
}

async function freshProcesses(corpus: Corpus, plan: Plan): Promise<readonly Result[]> {
  const { flate, runs } = plan;
  const samples = { cold: emptyPair(), warm: emptyPair() };
  const wasm = { cold: emptyPair(), warm: emptyPair() };
  for (let run = 0; run < runs; run++) {
    plan.say(`${corpus.name}: fresh processes, ${run + 1} of ${runs}`);
    await withCache(plan, async (cache) => {
      samples.cold.sluice.push(await measure(sluiceDiff(corpus, cache, "native")));
      samples.warm.sluice.push(await measure(sluiceDiff(corpus, cache, "native")));
    });
    await withCache(plan, async (cache) => {
      wasm.cold.sluice.push(await measure(sluiceDiff(corpus, cache, "wasm")));
      wasm.warm.sluice.push(await measure(sluiceDiff(corpus, cache, "wasm")));
    });
    if (flate === undefined) continue;
    await withCache(plan, async (cache) => {
      const cold = await measure(flateBuild(corpus, flate, cache));
      const warm = await measure(flateBuild(corpus, flate, cache));
      for (const { pair, sample } of [
        { pair: samples.cold, sample: cold },
        { pair: wasm.cold, sample: cold },
        { pair: samples.warm, sample: warm },
        { pair: wasm.warm, sample: warm },
      ])
        pair.flate.push(sample);
    });
  }
  return [
    result(corpus, "complete plan, fresh process, empty caches", samples.cold),
    result(corpus, "the same with the WebAssembly engine", wasm.cold),
    result(corpus, "complete plan, fresh process, warm caches", samples.warm),
    result(corpus, "the same with the WebAssembly engine, warm", wasm.warm),
  ];
}

interface LiveScenario {
  readonly scenario: string;
  readonly order: LiveOrder["what"];
  /** Measurements between two runs of the other tool. */
  readonly times: number;
  readonly edit: LineEdit | undefined;
}

async function residentSimulation(corpus: Corpus, plan: Plan): Promise<readonly Result[]> {
  const edit = appEdits(corpus)[0];
  const scenarios: readonly LiveScenario[] = [
    { scenario: "one line typed", order: "typed", times: 30, edit },
    {
      scenario: "one value of a HelmRelease typed",
      order: "value",
      times: 30,
      edit: valueEdits(corpus)[0],
    },
    { scenario: "one line saved", order: "saved", times: 12, edit },
    {
      scenario: "one line of a Kustomization typed",
      order: "parent",
      times: 12,
      edit: kustomizationEdits(corpus)[0],
    },
    { scenario: "root patch edited", order: "root patch", times: 3, edit: rootPatchEdit(corpus) },
    { scenario: "nothing changed", order: "nothing", times: 20, edit: undefined },
  ];
  const session = await startLiveSession(corpus, plan.scratch);
  const results: Result[] = [];
  await withCache(plan, async (cache) => {
    for (const one of scenarios) {
      const samples = emptyPair();
      for (let run = 0; run < plan.runs; run++) {
        plan.say(`${corpus.name}: ${one.scenario}, ${run + 1} of ${plan.runs}`);
        samples.sluice.push(...(await session.ask({ what: one.order, times: one.times })));
        if (plan.flate !== undefined) {
          samples.flate.push(
            await measureEdited(corpus, one.edit, run, flateDiff(corpus, plan.flate, cache)),
          );
        }
      }
      results.push(result(corpus, one.scenario, samples));
    }
  });
  const peakMB = series([await session.end()]);
  return results.map((one) => ({ ...one, sluice: { ...one.sluice, peakMB } }));
}

/** The other tool reads the edit from disk; another value each time, as a cache would answer the old one. */
async function measureEdited(
  corpus: Corpus,
  edit: LineEdit | undefined,
  run: number,
  command: Command,
): Promise<Measured> {
  if (edit === undefined) return measure(command);
  const path = join(corpus.dir, edit.path);
  writeFileSync(path, edit.after(5000 + run));
  try {
    return await measure(command);
  } finally {
    writeFileSync(path, edit.before);
  }
}

async function withCache(plan: Plan, work: (cache: string) => Promise<void>): Promise<void> {
  const cache = mkdtempSync(join(plan.scratch, "cache-"));
  await work(cache);
  rmSync(cache, { recursive: true, force: true });
}

type Sample = Omit<Measured, "peakMB"> & { readonly peakMB?: number };
interface Pair {
  readonly sluice: Sample[];
  readonly flate: Sample[];
}

function emptyPair(): Pair {
  return { sluice: [], flate: [] };
}

function result({ name }: Corpus, scenario: string, { sluice, flate }: Pair): Result {
  const others = flate.length === 0 ? {} : { flate: figures(flate) };
  return { corpus: name, scenario, sluice: figures(sluice), ...others };
}

function figures(samples: readonly Sample[]): Figures {
  const peaks = samples.flatMap(({ peakMB }) => peakMB ?? []);
  return {
    wallMs: series(samples.map(({ wallMs }) => wallMs)),
    cpuMs: series(samples.map(({ cpuMs }) => cpuMs)),
    ...(peaks.length === 0 ? {} : { peakMB: series(peaks) }),
  };
}
