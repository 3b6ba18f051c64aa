/** The risks of a plan against a cluster: the same rules, with appliers as they are on the cluster for a base. */
import { readApplier } from "../../flux/read-applier.ts";
import { localKey } from "../../flux/object-ref.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { findRisks } from "../../plan/risks/index.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { PlanApplier, Problem, Risk } from "../../records.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import type { Bench } from "./bench.ts";

export interface RiskSources {
  readonly objects: readonly ChangedObject[];
  readonly appliers: readonly PlanApplier[];
  /** Problems that the repository alone does not show. */
  readonly problems: readonly Problem[];
}

export function risksOf(
  { survey, context }: Bench,
  { objects, appliers, problems }: RiskSources,
): readonly Risk[] {
  const { cluster, subjects, gone } = survey;
  const targets = new Map(cluster.nodes.map((node) => [node.id, node]));
  const bases = new Map<string, RenderedNode>(
    [...subjects].flatMap(([id, { live }]) =>
      live === undefined ? [] : [[id, liveNode(id, cluster.cluster, live)] as const],
    ),
  );
  for (const { id, live } of gone) bases.set(id, liveNode(id, cluster.cluster, live));
  const { tree, options } = context.target;
  const own = context.target.problems.filter(
    ({ applier }) => applier?.startsWith(`${cluster.cluster}|`) === true,
  );
  return findRisks({
    objects,
    appliers,
    base: undefined,
    target: cluster,
    node: (side, id) => (side === "base" ? bases : targets).get(id),
    problems: [...own, ...problems],
    tree,
    kubeVersion: options.kubeVersion ?? options.cluster?.kubeVersion,
  });
}

/** An applier of the cluster. What it rendered there nobody knows. */
function liveNode(id: string, cluster: string, object: JsonObject): RenderedNode {
  const spec = readApplier(object);
  const message = `${localKey(spec.kind, spec.namespace, spec.name)} is as it is on the cluster.`;
  return {
    id,
    cluster,
    object,
    spec,
    built: {
      outcome: "stopped",
      state: "unknown",
      reason: "Live",
      code: "live-unanswered",
      message,
    },
  };
}
