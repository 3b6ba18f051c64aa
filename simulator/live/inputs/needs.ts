/** What a simulation took from its live cluster, what it still lacks, and what the cluster would not tell. */
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

/** A problem for each thing that was asked for in vain, at the applier that needs it. */
export function untold(
  clusters: readonly ClusterRender[],
  cluster: ClusterFacts | undefined,
): readonly Problem[] {
  const refused = cluster?.refused;
  if (cluster === undefined || refused === undefined) return [];
  return distinct(clusters).flatMap((fact): readonly Problem[] => {
    const reason = refused.get(fact.key);
    if (reason === undefined) return [];
    const message = `${factTitle(fact)} could not be read from ${cluster.context}: ${reason}. What comes from it is unknown here.`;
    const applier = fact.applier === undefined ? {} : { applier: fact.applier };
    return [{ code: "live-unanswered", severity: "warning", message, ...applier }];
  });
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
