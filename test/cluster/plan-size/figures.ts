/** What is measured: a first plan, a plan after an edit of one line, cancelling, and a connection that goes half-way. */
import type { Plan } from "#simulator";
import { lines } from "../plan-world/lines.ts";
import type { CountedLive } from "./counted-live.ts";
import { timed } from "./processor-time.ts";
import { edit } from "./repository.ts";
import type { Newcomer, SizeWorld } from "./world.ts";

const rounds = 5;

export async function figuresOf(world: SizeWorld): Promise<object> {
  const cold = [];
  for (let round = 0; round < 3; round++) cold.push(await coldPlan(world));
  const newcomer = world.newcomer();
  try {
    const { simulation } = await newcomer.plan({});
    const edits = [];
    let previous = simulation;
    for (let round = 0; round < rounds; round++) {
      newcomer.live.reset();
      const progress = counter();
      const run = await timed(() =>
        newcomer.plan(edit((7 * round + 5) % world.size.kustomizations), {
          previous,
          onProgress: progress.count,
        }),
      );
      previous = run.value.simulation;
      edits.push({ ...run.times, ...said(run.value.plan, newcomer.live, progress.calls) });
    }
    return { cold, edits, cancelled: await cancelled(world), cut: await cut(world) };
  } finally {
    await newcomer.close();
  }
}

async function coldPlan(world: SizeWorld): Promise<object> {
  const newcomer = world.newcomer();
  const progress = counter();
  try {
    const { value, times } = await timed(() => newcomer.plan({}, { onProgress: progress.count }));
    return { ...times, ...said(value.plan, newcomer.live, progress.calls) };
  } finally {
    await newcomer.close();
  }
}

function said(plan: Plan, { traffic }: CountedLive, progress: number): object {
  const { gets, dryRuns, widest } = traffic;
  const changes = lines(plan);
  return {
    requests: { gets, dryRuns, inFlight: widest },
    progress,
    stages: rounded(plan.stats),
    known: plan.live?.known,
    changes: changes.length,
    ...(changes.length === 0 ? {} : { first: changes.slice(0, 3) }),
  };
}

function rounded(stats: Plan["stats"]): Plan["stats"] {
  return Object.fromEntries(
    Object.entries(stats).map(([stage, value]) => [stage, Math.round(value)]),
  );
}

/** Milliseconds from `abort()` to the end, at several moments of the asking. */
async function cancelled(world: SizeWorld): Promise<readonly object[]> {
  const results = [];
  for (const after of [1, 500, 1500, 2500]) {
    const newcomer = world.newcomer();
    try {
      results.push(await cancelAfter(newcomer, after));
    } finally {
      await newcomer.close();
    }
  }
  return results;
}

async function cancelAfter(newcomer: Newcomer, requests: number): Promise<object> {
  const controller = new AbortController();
  let at: number | undefined;
  const watch = setInterval(() => {
    if (at !== undefined || total(newcomer.live) < requests) return;
    at = performance.now();
    controller.abort();
  }, 1);
  const outcome = await newcomer.plan({}, { signal: controller.signal }).then(
    () => "finished",
    (error: unknown) => (error instanceof Error ? error.name : "rejected"),
  );
  clearInterval(watch);
  const took = at === undefined ? undefined : Math.round(performance.now() - at);
  const before = total(newcomer.live);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { requests, outcome, took, requestsAfterwards: total(newcomer.live) - before };
}

function total({ traffic }: CountedLive): number {
  return traffic.gets + traffic.dryRuns;
}

async function cut(world: SizeWorld): Promise<object> {
  const newcomer = world.newcomer();
  try {
    newcomer.live.cutAfter(1500);
    const { value, times } = await timed(() => newcomer.plan(edit(5)));
    const { plan } = value;
    return {
      ...times,
      ...said(plan, newcomer.live, 0),
      partial: plan.live?.partial,
      problems: [...new Set(plan.problems.map(({ code }) => code))],
    };
  } finally {
    await newcomer.close();
  }
}

function counter(): { readonly count: () => void; readonly calls: number } {
  let calls = 0;
  return {
    count: () => void calls++,
    get calls() {
      return calls;
    },
  };
}
