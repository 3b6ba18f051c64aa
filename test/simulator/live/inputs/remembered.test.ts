/** What is remembered of a cluster and of renders changes no answer: after each step all is as if it were asked for the first time. */
import { expect, it } from "vitest";

import { createFactsReader, createSimulator, defaultOptions, simulateOnCluster } from "#simulator";
import type { FileTree, Simulator } from "#simulator";
import type { FactsReader } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { edited, fixture } from "../../../support/fixture.ts";
import { gotkSync, kustomization } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import type { MemoryCluster } from "../../../support/memory-cluster.ts";
import { noSources } from "../../../support/simulator.ts";
import { storedRelease } from "../../../support/stored-release.ts";

const vars = (color: string): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: vars, namespace: flux-system}, data: {color: ${color}}}\n`;
const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app, namespace: apps }
spec:
  interval: 1h
  chart: { spec: { chart: ./chart, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } } }
  valuesFrom: [{ kind: Secret, name: settings, optional: true }]
`;
const out = (template: string): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: chart}, data: {k: '${template}'}}\n`;

const start = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  postBuild: { substituteFrom: [{ kind: ConfigMap, name: vars }] }\n")}
#- cluster/release.yaml
${release}
#- apps/out.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}, data: {k: "\${color}"}}
#- chart/Chart.yaml
{apiVersion: v2, name: app, version: 1.0.0}
#- chart/templates/out.yaml
${out("{{ .Release.Revision }} {{ .Values.a }}")}`);

const secret = (value: string): string =>
  `{apiVersion: v1, kind: Secret, metadata: {name: settings, namespace: apps}, stringData: {values.yaml: "a: ${value}"}}`;
const lookup = out(
  '{{ .Release.IsUpgrade }} {{ lookup "v1" "ConfigMap" "flux-system" "vars" | toJson | quote | len }}',
);

type Step = (tree: FileTree, cluster: MemoryCluster) => FileTree;

/** A change of the repository or of the cluster. */
const steps: readonly Step[] = [
  (tree) => tree,
  (tree, cluster) => (cluster.put(vars("blue")), tree),
  (tree) => edited(tree, { "cluster/vars.yaml": vars("green") }),
  (tree, cluster) => (cluster.put(secret("one")), tree),
  (tree, cluster) => (
    cluster.put(storedRelease({ name: "app", namespace: "apps", revision: 1 })),
    tree
  ),
  (tree) => edited(tree, { "chart/templates/out.yaml": lookup }),
  (tree) => edited(tree, { "cluster/vars.yaml": undefined }),
  (tree, cluster) => (cluster.put(vars("red")), tree),
  (tree, cluster) => (cluster.put(kustomization("apps", "./apps", "  suspend: true\n")), tree),
  (tree, cluster) => (
    cluster.put(storedRelease({ name: "app", namespace: "apps", revision: 2 })),
    tree
  ),
  (tree, cluster) => (cluster.remove("ConfigMap", "flux-system", "vars"), tree),
  (tree, cluster) => (cluster.remove("Kustomization", "flux-system", "apps"), tree),
  (tree, cluster) => (cluster.refuse("/secrets"), tree),
  (tree, cluster) => (cluster.allow(), tree),
];

async function answer(simulator: Simulator, reader: FactsReader, tree: FileTree): Promise<unknown> {
  const options = { ...defaultOptions, paths: ["cluster"] };
  const simulation = await simulateOnCluster(simulator, tree, options, reader.live, { reader });
  const { appliers, problems, taken, lacking } = simulation;
  const rendered = await simulator.rendered(simulation, { secrets: "show", origins: false });
  return { appliers, problems, taken, lacking, rendered };
}

it("a simulation that remembers equals one that does not, whatever changed", async () => {
  const engine = createNodeEngine({ jobs: 1 });
  const simulator = createSimulator({ engine, sources: noSources });
  const cluster = memoryCluster();
  const reader = createFactsReader(cluster, { maxAge: 0 });
  const seen = new Set<string>();
  let tree = start;
  for (const step of steps) {
    tree = step(tree, cluster);
    const fresh = createSimulator({ engine, sources: noSources });
    const expected = await answer(fresh, createFactsReader(cluster), tree);
    expect(await answer(simulator, reader, tree)).toEqual(expected);
    seen.add(JSON.stringify(expected));
  }
  // Every step but the last, which takes back the one before it, makes a difference.
  expect(seen.size).toBe(steps.length - 1);
  await engine.dispose();
});
