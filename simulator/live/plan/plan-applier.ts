/** One applier of a plan against a cluster. */
import { readApplier } from "../../flux/read-applier.ts";
import { remoteOf } from "../../flux/remote-cluster.ts";
import { compareWithStored } from "../../plan/releases.ts";
import type { ReleaseComparison } from "../../plan/releases.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { ApplierRecord, DriftedObject, PlanApplier, Problem } from "../../records.ts";
import { elsewhereProblem, unansweredProblems } from "./answer-problems.ts";
import type { Bench } from "./bench.ts";
import { inventoryOfLive } from "./live-appliers.ts";
import type { Leaver } from "./removals.ts";
import type { Subject } from "./subject.ts";
import type { Survey } from "./survey.ts";

type ByApplier = ReadonlyMap<string, readonly ChangedObject[]>;

export interface ApplierSources {
  readonly bench: Bench;
  readonly failed: ReadonlyMap<string, ApplierRecord>;
  readonly refusals: ReadonlyMap<string, readonly Problem[]>;
  readonly byApplier: ByApplier;
}

export async function planApplier(
  subject: Subject,
  { bench, failed, refusals, byApplier }: ApplierSources,
): Promise<PlanApplier> {
  const { survey, context } = bench;
  const { id } = subject.node;
  const changes = (byApplier.get(id) ?? []).map(({ change }) => change);
  const own = context.target.problems.filter(({ applier }) => applier === id);
  const { chart, problems } = await comparedChart(subject, bench);
  const drifted = await driftedOf(subject, bench);
  return {
    applier: failed.get(id) ?? subject.record,
    status: statusOf(subject, changes.length),
    changes,
    problems: [...own, ...(refusals.get(id) ?? []), ...noticed(subject, survey), ...problems],
    ...(chart === undefined ? {} : { chart }),
    ...(drifted.length === 0 ? {} : { drifted }),
  };
}

function statusOf({ live, isUnread }: Subject, changes: number): PlanApplier["status"] {
  if (live === undefined && !isUnread) return "created";
  return changes > 0 ? "changed" : "unchanged";
}

/** What the survey found out besides changes, where the applier is written. */
function noticed(subject: Subject, survey: Survey): readonly Problem[] {
  const { origin } = subject.record;
  const ledger = survey.ledgers.get(subject.node.id);
  const why = survey.elsewhere.get(subject.node.id);
  const found = [
    ...(ledger === undefined ? [] : [...ledger.problems, ...unansweredProblems(ledger, subject)]),
    ...(why === undefined ? [] : [elsewhereProblem(subject, why)]),
  ];
  return origin === undefined ? found : found.map((one) => ({ ...one, place: origin }));
}

/** The old chart is in the stored release, with its default values. */
async function comparedChart(
  { node, record }: Subject,
  { survey, context }: Bench,
): Promise<ReleaseComparison> {
  const { chart, stored } = survey.releases.get(node.id) ?? {};
  if (chart === undefined) return { problems: [] };
  if (stored === undefined) return { chart, problems: [] };
  const { problems, ...rest } = await compareWithStored(stored.chart, node, context.context);
  const { origin } = record;
  return {
    ...rest,
    problems: origin === undefined ? problems : problems.map((one) => ({ ...one, place: origin })),
  };
}

async function driftedOf(
  { node }: Subject,
  { survey, shower }: Bench,
): Promise<readonly DriftedObject[]> {
  const drifted = survey.ledgers.get(node.id)?.drifted ?? [];
  return Promise.all(
    drifted.map(async ({ ref, drift }) => ({ ref, fields: await shower.drift(drift) })),
  );
}

/** An applier that leaves the cluster with what it applied. */
export function goneApplier(
  { id, ref, live, parent }: Leaver,
  { cluster }: Survey,
  byApplier: ByApplier,
): PlanApplier {
  const spec = readApplier(live);
  const { source } = spec;
  const remote = remoteOf(live);
  return {
    applier: {
      id,
      cluster: cluster.cluster,
      ref,
      ...(parent === undefined ? {} : { parent }),
      state: spec.suspend ? "suspended" : "ready",
      path: spec.path,
      source: source === undefined ? "" : `${source.kind} ${source.namespace}/${source.name}`,
      dependsOn: [],
      objects: inventoryOfLive(live).length,
      ...(remote === undefined ? {} : { remote }),
    },
    status: "deleted",
    changes: (byApplier.get(id) ?? []).map(({ change }) => change),
    problems: [],
  };
}
