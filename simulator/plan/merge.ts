/**
 * One plan out of the parts that several machines made (`SimulationOptions.shard`): the same as if one machine had made it. What belongs to a
 * cluster is in one part only; what belongs to none is in each.
 */
import type { Plan, PlanShard, Problem } from "../records.ts";
import { countPlan, planCodes, problemKey } from "./plan.ts";
import { bySeverity } from "./risks/severity.ts";
import { mergeImages } from "./shared-images.ts";

/** A part, and what a person calls it. */
export interface PlanPart {
  readonly name: string;
  readonly plan: Plan;
}

export type Merged =
  | { readonly outcome: "merged"; readonly plan: Plan }
  | { readonly outcome: "refused"; readonly message: string };

export function mergePlans(parts: readonly PlanPart[]): Merged {
  const message = faultOf(parts);
  if (message !== undefined) return { outcome: "refused", message };
  const plans = parts.map(({ plan }) => plan).sort((a, b) => indexOf(a) - indexOf(b));
  const [first] = plans;
  if (first === undefined) return { outcome: "refused", message: "There is nothing to merge." };
  const clusters = plans.flatMap((plan) => plan.clusters).sort((a, b) => compare(a.name, b.name));
  const problems = mergeProblems(plans);
  const old = new Set(plans.flatMap(({ oldProblems }) => oldProblems));
  const hasRisks = plans.some(({ risks }) => risks !== undefined);
  const risks = plans
    .flatMap(({ risks = [] }) => risks)
    .sort((a, b) => compare(clusterOf(a.applier), clusterOf(b.applier)))
    .sort(bySeverity);
  return {
    outcome: "merged",
    plan: {
      ...(first.base === undefined ? {} : { base: first.base }),
      target: first.target,
      clusters,
      problems,
      oldProblems: problems
        .filter(({ code }) => !planCodes.has(code))
        .map(problemKey)
        .filter((key) => old.has(key)),
      images: mergeImages(plans.flatMap(({ shard }) => shard?.images ?? [])),
      counts: countPlan(clusters, problems),
      ...(hasRisks ? { risks } : {}),
      stats: {},
    },
  };
}

/** Why these are not all parts of one plan, each once. */
function faultOf(parts: readonly PlanPart[]): string | undefined {
  const shards = parts.map(({ plan }) => plan.shard);
  const [first] = parts;
  const count = first?.plan.shard?.count;
  if (first === undefined || count === undefined) return "There is nothing to merge.";
  const other = parts.find(
    ({ plan }) =>
      plan.shard?.count !== count ||
      plan.base !== first.plan.base ||
      plan.target !== first.plan.target,
  );
  if (other !== undefined)
    return `${other.name} and ${first.name} are parts of different plans. Clear the folder, and make all parts from the same two states.`;
  const twice = parts.find(
    ({ plan }, at) => shards.findIndex((one) => one?.index === plan.shard?.index) !== at,
  );
  if (twice !== undefined)
    return `Part ${twice.plan.shard?.index} of ${count} is there twice (${twice.name}).`;
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter(
    (index) => !shards.some((shard) => shard?.index === index),
  );
  return missing.length === 0
    ? undefined
    : `Part ${missing.join(", ")} of ${count} is missing. Did its job fail?`;
}

/**
 * In the order of a whole plan: what belongs to no cluster, remarks about sources, then clusters by name, what only the comparison finds at
 * last.
 */
function mergeProblems(plans: readonly Plan[]): readonly Problem[] {
  const all = plans.flatMap(({ problems }) => problems);
  const common = plans[0]?.problems.filter((one) => one.applier === undefined) ?? [];
  const owned = all
    .filter(({ applier }) => applier !== undefined)
    .sort((a, b) => compare(clusterOf(a.applier ?? ""), clusterOf(b.applier ?? "")));
  return [
    ...common.filter(({ code }) => code !== "source-remark"),
    ...distinct(all.filter(({ code }) => code === "source-remark")).sort(byMessage),
    ...owned.filter(({ code }) => !planCodes.has(code)),
    ...owned.filter(({ code }) => planCodes.has(code)),
  ];
}

/** Remarks come in the order in which sources were fetched, which says nothing. */
export function byMessage(a: Problem, b: Problem): number {
  return compare(a.message, b.message);
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}

function indexOf({ shard }: Plan): PlanShard["index"] {
  return shard?.index ?? 0;
}

function clusterOf(applier: string): string {
  return applier.slice(0, Math.max(0, applier.lastIndexOf("|")));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
