/** One cluster's findings as appliers of a plan, with their risks. */
import { groupBy } from "../../flux/group-by.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { ApplierRecord, PlanApplier, PlanCluster, Problem, Risk } from "../../records.ts";
import type { AssembleContext } from "./assemble.ts";
import type { Bench } from "./bench.ts";
import { changedObjects, refusedObjects } from "./changed-objects.ts";
import { failedRecords } from "./failed-records.ts";
import { knownSecrets } from "./known-secrets.ts";
import { risksOf } from "./live-risks.ts";
import { goneApplier, planApplier } from "./plan-applier.ts";
import { refusalProblem } from "./answer-problems.ts";
import { createShower } from "./shown-change.ts";
import type { Survey } from "./survey.ts";

export interface AssembledCluster {
  readonly cluster: PlanCluster;
  readonly problems: readonly Problem[];
  readonly risks: readonly Risk[];
  readonly objects: readonly ChangedObject[];
}

export async function assembleCluster(
  survey: Survey,
  context: AssembleContext,
): Promise<AssembledCluster> {
  const secrets = knownSecrets(survey, context.target.options.cluster);
  const written = (id: string): ApplierRecord["origin"] => {
    const subject = survey.subjects.get(id);
    return subject?.node.spec.kind === "Kustomization" ? undefined : subject?.record.origin;
  };
  const shower = createShower(survey.cluster, secrets, { ...context.context, written });
  const bench: Bench = { survey, context, secrets, shower };
  const refusals = await refusalsOf(bench);
  const failed = failedRecords(survey, refusals);
  const objects = await changedObjects(bench, failed);
  const byApplier = groupBy(objects, ({ change }) => change.applier);
  const appliers: PlanApplier[] = [];
  for (const subject of survey.subjects.values())
    appliers.push(await planApplier(subject, { bench, failed, refusals, byApplier }));
  for (const leaver of survey.gone) appliers.push(goneApplier(leaver, survey, byApplier));
  const known = new Set(context.target.problems);
  const problems = appliers.flatMap((one) => one.problems.filter((each) => !known.has(each)));
  const all = [...objects, ...(await refusedObjects(bench))];
  const risks = risksOf(bench, { objects: all, appliers, problems });
  return { cluster: { name: survey.cluster.cluster, appliers }, problems, risks, objects };
}

/** The problems of each applier that the API server has something against. */
async function refusalsOf({
  survey,
  secrets,
  shower,
}: Bench): Promise<ReadonlyMap<string, readonly Problem[]>> {
  const found = await Promise.all(
    [...survey.ledgers].map(async ([applier, { refused }]) => {
      const problems = refused.map(async (refusal) =>
        refusalProblem(refusal, await shower.origin(refusal.item, applier), { applier, secrets }),
      );
      return [applier, await Promise.all(problems)] as const;
    }),
  );
  return new Map(found.filter(([, problems]) => problems.length > 0));
}
