/** Plans against a cluster of objects, and how tests read them. */
import type { FileTree, Plan, SimulationOptions } from "#simulator";
import { fixture } from "../../../support/fixture.ts";
import { configMap, gotkSync, kustomization } from "../../../support/flux.ts";
import { useSimulator } from "../../../support/simulator.ts";
import type { Bench } from "../../../support/simulator.ts";
import { converged } from "./fake-cluster.ts";
import type { FakeCluster } from "./fake-cluster.ts";

type Context = Parameters<Bench["simulator"]["livePlan"]>[2];

export interface PlanBench {
  readonly bench: Bench;
  /** A cluster on which everything of a tree is. */
  readonly start: (tree?: FileTree) => Promise<FakeCluster>;
  readonly plan: (tree: FileTree, cluster: FakeCluster, context?: Context) => Promise<Plan>;
}

export const base = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- cluster/other.yaml
${kustomization("other", "./other", "  dependsOn: [{name: apps}]")}
#- apps/one.yaml
${configMap("one", "1")}
#- apps/two.yaml
${configMap("two", "2")}
#- other/three.yaml
${configMap("three", "3")}
`);

export const options: Partial<SimulationOptions> = { paths: ["cluster"] };

export function useLivePlans(): PlanBench {
  const bench = useSimulator();
  return {
    bench,
    start: async (tree = base) => converged(bench.simulator, await bench.simulate(tree, options)),
    plan: async (tree, cluster, context = {}) =>
      bench.simulator.livePlan(await bench.simulate(tree, options), cluster, context),
  };
}

export function lines(found: Plan): readonly string[] {
  return found.clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ applier, changes }) =>
      changes.map(({ kind, ref, fields, kept, from }) => {
        const shown = fields.map(
          ({ path, before, after }) => ` ${path} ${before ?? ""}→${after ?? ""}`,
        );
        const extras = `${kept === undefined ? "" : ` (${kept})`}${from === undefined ? "" : ` from ${from.split("/").at(-1) ?? ""}`}`;
        return `${applier.ref.name}: ${kind} ${ref.kind}/${ref.name}${shown.join("")}${extras}`;
      }),
    ),
  );
}

export const codes = (found: Plan): readonly string[] => found.problems.map(({ code }) => code);
export const apps =
  "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps";
export const at = (name: string): string => `/api/v1/namespaces/apps/configmaps/${name}`;

interface Alterable {
  readonly metadata: { readonly labels: Record<string, string>; annotations?: object };
  readonly spec: { suspend?: boolean; deletionPolicy?: string };
  readonly data: Record<string, string>;
}

/** Changes an object that is there. */
export function alter(
  cluster: FakeCluster,
  path: string,
  change: (object: Alterable) => void,
): void {
  const object = structuredClone(cluster.objects.get(path));
  if (object === undefined) throw new Error(`${path} is not there`);
  change(object as unknown as Alterable);
  cluster.objects.set(path, object);
}
