/** What a simulation took from its live cluster, what it still lacks, and what the cluster would not tell. */
import { groupBy } from "../../flux/group-by.ts";
import type { Problem } from "../../records.ts";
import type { ClusterRender } from "../../render/cluster.ts";
import type { Simulation } from "../../simulator.ts";
import type { ClusterFacts, LackingFact } from "../facts.ts";

type Needs = Pick<Simulation, "lacking" | "taken">;

export function needsOf(
  clusters: readonly ClusterRender[],
  cluster: ClusterFacts | undefined,
): Needs {
  if (cluster === undefined) return {};
  const taken = clusters.flatMap((render) => render.taken ?? []);
  return { lacking: distinct(clusters), taken: [...new Set([...general(cluster), ...taken])] };
}

function distinct(clusters: readonly ClusterRender[]): readonly LackingFact[] {
  const all = clusters.flatMap((render) => render.lacking ?? []);
  return [...new Map(all.map((fact) => [`${fact.kind} ${fact.key}`, fact])).values()];
}

/** What holds for every render: versions and switches of the cluster. */
function general({
  kubeVersion,
  apiVersions,
  flux,
  featureGates,
  flags,
}: ClusterFacts): readonly string[] {
  const gates = Object.entries(featureGates ?? {}).map(
    ([name, isOn]) => `feature gate ${name}=${String(isOn)}`,
  );
  return [
    ...(kubeVersion === undefined ? [] : [`kubeVersion ${kubeVersion}`]),
    ...(apiVersions === undefined ? [] : [`${apiVersions.length} API versions and kinds`]),
    ...(flux === undefined ? [] : [`Flux ${flux}`]),
    ...gates.sort(),
    ...(flags?.noCrossNamespaceRefs ?? []).map((name) => `--no-cross-namespace-refs of ${name}`),
    ...(flags?.noRemoteBases === true ? ["--no-remote-bases of kustomize-controller"] : []),
  ];
}

/**
 * A problem for each thing that was asked for in vain, at the applier that needs it. Of stored releases and appliers there is one of
 * each, and who may not read the first may read none: of these one problem speaks for all.
 */
export function untold(
  clusters: readonly ClusterRender[],
  cluster: ClusterFacts | undefined,
): readonly Problem[] {
  const refused = cluster?.refused;
  if (cluster === undefined || refused === undefined) return [];
  const facts = distinct(clusters).filter(({ key }) => refused.has(key));
  return [...groupBy(facts, groupOf).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const reason = (refused.get(first.key) ?? "").replace(/\.$/, "");
    const more = others.length === 0 ? "" : ` The same holds for ${others.length} more.`;
    const message = `${factTitle(first)} could not be read from ${cluster.context}: ${reason}. What comes from it is unknown here.${more}`;
    const applier = first.applier === undefined ? {} : { applier: first.applier };
    return [{ code: "live-unanswered", severity: "information", message, ...applier } as const];
  });
}

function groupOf(fact: LackingFact): string {
  if (fact.kind === "object" && fact.use === "applier") return fact.objectKind;
  return fact.kind === "release" ? fact.kind : `${fact.kind} ${fact.key}`;
}

function factTitle(fact: LackingFact): string {
  switch (fact.kind) {
    case "object":
    case "lookup":
      return `${fact.objectKind} ${fact.namespace === "" ? "" : `${fact.namespace}/`}${fact.name === "" ? "*" : fact.name}`;
    case "release":
      return `The stored release ${fact.key}`;
  }
}
