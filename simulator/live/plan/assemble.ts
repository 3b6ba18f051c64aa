/** What was found out about a cluster, as a plan: shown, counted, with its risks and problems. */
import { changedImagesOf } from "./changed-images.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { countPlan, problemKey } from "../../plan/plan.ts";
import { bySeverity } from "../../plan/risks/severity.ts";
import type { PresentContext } from "../../plan/present.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { Plan, PlanCluster, PlanLive, Problem, Risk } from "../../records.ts";
import { inner } from "../../simulation.ts";
import type { InnerSimulation } from "../../simulation.ts";
import type { Simulation } from "../../simulator.ts";
import { assembleCluster } from "./assemble-cluster.ts";
import type { Survey } from "./survey.ts";

export interface Text {
  readonly before?: JsonObject;
  readonly after?: JsonObject;
}

export interface AssembleContext {
  readonly target: InnerSimulation;
  readonly context: PresentContext;
  /** The plan between two states of the repository, for what the cluster did not answer. */
  readonly repository: Plan | undefined;
  readonly previous: Simulation | undefined;
  readonly clusterName: string;
}

export async function assemblePlan(
  surveys: readonly Survey[],
  context: AssembleContext,
): Promise<{ readonly plan: Plan; readonly texts: ReadonlyMap<string, Text> }> {
  const { target, previous, clusterName } = context;
  const clusters: PlanCluster[] = [];
  const found: Problem[] = [];
  const risks: Risk[] = [];
  const objects: ChangedObject[] = [];
  for (const one of surveys) {
    const made = await assembleCluster(one, context);
    clusters.push(made.cluster);
    found.push(...made.problems);
    risks.push(...made.risks);
    objects.push(...made.objects);
  }
  const problems = [...target.problems, ...found];
  const known = new Set(previous === undefined ? [] : inner(previous).problems.map(problemKey));
  const plan: Plan = {
    base: clusterName,
    target: target.tree.label,
    clusters,
    problems,
    oldProblems: target.problems.map(problemKey).filter((key) => known.has(key)),
    images: changedImagesOf(objects, surveys),
    counts: countPlan(clusters, problems),
    risks: risks.sort(bySeverity),
    live: liveOf(surveys, clusters, context),
    stats: {},
  };
  return { plan, texts: textsOf(objects) };
}

function textsOf(objects: readonly ChangedObject[]): ReadonlyMap<string, Text> {
  return new Map(
    objects.map(({ change, base, target }) => [
      change.id,
      {
        ...(base?.shown === undefined ? {} : { before: base.shown }),
        ...(target?.shown === undefined ? {} : { after: target.shown }),
      },
    ]),
  );
}

function liveOf(
  surveys: readonly Survey[],
  clusters: readonly PlanCluster[],
  { target, clusterName }: AssembleContext,
): PlanLive {
  const ledgers = surveys.flatMap((one) => [...one.ledgers.values()]);
  const lost = surveys.flatMap(({ ledgers: all, remotes }) =>
    [...all.values()].flatMap((one) => {
      const name = remotes.get(one.applier) ?? clusterName;
      return one.unanswered.filter(({ reason }) => reason === "lost").map(() => name);
    }),
  );
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const unanswered = ledgers.flatMap((one) => one.unanswered);
  const changes = clusters.flatMap(({ appliers }) => appliers.flatMap((one) => one.changes));
  const unread = sum(ledgers.map((one) => one.unread));
  const elsewhere = sum(surveys.map((one) => one.elsewhere.size));
  const partial = partialReason(
    unanswered.map(({ reason }) => reason),
    { unread, elsewhere, lost },
  );
  return {
    context: clusterName,
    known: {
      "dry-run": sum(ledgers.map((one) => one.known["dry-run"])),
      structural: sum(ledgers.map((one) => one.known.structural)),
      repository: changes.filter((change) => change.known === "repository").length,
      unanswered: unanswered.length + unread,
    },
    ...(partial === undefined ? {} : { partial }),
    taken: target.taken ?? [],
  };
}

function partialReason(
  reasons: readonly ("forbidden" | "unknown-kind" | "lost")[],
  {
    unread,
    elsewhere,
    lost,
  }: {
    readonly unread: number;
    readonly elsewhere: number;
    /** The cluster of each object. */
    readonly lost: readonly string[];
  },
): string | undefined {
  const count = (reason: string): number => reasons.filter((one) => one === reason).length;
  if (lost.length > 0) {
    const objects = lost.length === 1 ? "1 object was" : `${lost.length} objects were`;
    return `The connection to ${[...new Set(lost)].join(" and ")} was lost: ${objects} not compared.`;
  }
  const parts = [
    [count("forbidden"), "objects that may not be asked about"],
    [count("unknown-kind"), "objects of kinds that the cluster does not know"],
    [unread, "things on the cluster that could not be read"],
    [elsewhere, "appliers for other clusters"],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${String(number)} ${String(what)}`]));
  return parts.length === 0 ? undefined : `Not part of the plan: ${parts.join(", ")}.`;
}
