/**
 * A simulation against a cluster to a plan: the same records as between two simulations, with the cluster as the base. Nothing but reads
 * and dry runs is asked for (`Live`), and nothing fails for what a cluster answers.
 */
import type { Live } from "../../ports.ts";
import { makePlan } from "../../plan/plan.ts";
import { toYaml, withoutNullTimestamps } from "../../plan/rendered.ts";
import type { Plan } from "../../records.ts";
import type { RenderContext } from "../../render/context.ts";
import { inner } from "../../simulation.ts";
import type { LiveTexts, Simulation, SimulationContext } from "../../simulator.ts";
import { assemblePlan } from "./assemble.ts";
import type { Text } from "./assemble.ts";
import { createAsker } from "./live-asker.ts";
import { remoteAskers } from "./remote-askers.ts";
import { survey } from "./survey.ts";

export type LivePlanContext = SimulationContext & Pick<RenderContext, "memory">;

/** Both sides of every change, for reading: they live as long as the plan. */
const texts = new WeakMap<Plan, ReadonlyMap<string, Text>>();

export async function makeLivePlan(
  target: Simulation,
  live: Live,
  context: LivePlanContext,
): Promise<Plan> {
  const { signal, onProgress, previous, memory } = context;
  const started = performance.now();
  const after = inner(target);
  const facts = after.options.cluster;
  const counter = { done: 0, total: 0 };
  const progress = (answered: number, asked: number): void => {
    counter.done += answered;
    counter.total += asked;
    onProgress?.({ stage: "ask", ...counter });
  };
  const asker = createAsker(live, { signal, facts, onProgress: progress });
  const records = new Map(after.appliers.map((record) => [record.id, record]));
  const remote = remoteAskers({ live, progress, ...context });
  const surveys = [];
  for (const cluster of after.clusters)
    surveys.push(await survey(cluster, { asker, remote, records }));
  const asked = performance.now();
  signal?.throwIfAborted();
  const repository =
    previous === undefined ? undefined : await makePlan(previous, target, { memory, signal });
  const made = await assemblePlan(surveys, {
    target: after,
    context: { memory, signal },
    repository,
    previous,
    clusterName: live.name,
  });
  const stats = {
    ...after.stats,
    ask: asked - started,
    compare: performance.now() - asked,
  };
  const plan: Plan = { ...made.plan, stats };
  texts.set(plan, made.texts);
  return plan;
}

/**
 * Both sides of one change as YAML with secrets digested: what is on the cluster, and what would be stored there. `undefined` for a change
 * that is not of this plan.
 */
export function liveTexts(plan: Plan, change: string): LiveTexts | undefined {
  const text = texts.get(plan)?.get(change);
  if (text === undefined) return undefined;
  const { before, after } = text;
  return {
    ...(before === undefined ? {} : { before: toYaml(withoutNullTimestamps(before)) }),
    ...(after === undefined ? {} : { after: toYaml(withoutNullTimestamps(after)) }),
  };
}
