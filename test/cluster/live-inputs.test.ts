/**
 * A real cluster as the input of a simulation: what the simulator renders from its Secrets, ConfigMaps, API versions, objects and
 * stored releases is what the real controllers made of the same repository.
 */
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  createFactsReader,
  createSimulator,
  defaultOptions,
  matchCluster,
  rootsOf,
  simulateOnCluster,
} from "#simulator";
import type { Live, Simulation, Simulator } from "#simulator";
import { createLive } from "#simulator/cluster";
import { createNodeEngine, createSources } from "#simulator/node";
import { treeOf } from "../support/fixture.ts";
import { noSources } from "../support/simulator.ts";
import { temporaryFolder } from "../support/temporary-repository.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { isReady } from "./harness/kube-api.ts";

let cluster: Cluster;
let live: Live & { close(): void };
let simulator: Simulator;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
    audit: true,
  });
  live = createLive([cluster.kubeconfig], "admin@test");
  simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources: noSources });
});

afterAll(async () => {
  live?.close();
  await simulator?.dispose();
  await cluster?.stop();
});

const planted = "planted-value-of-a-secret";
const template = [
  "revision: '{{ .Release.Revision }} {{ .Release.IsUpgrade }}'",
  "kube: '{{ .Capabilities.KubeVersion.Version }}'",
  `crd: '{{ .Capabilities.APIVersions.Has "helm.toolkit.fluxcd.io/v2/HelmRelease" }} {{ .Capabilities.APIVersions.Has "none.test/v1" }}'`,
  `uid: '{{ (lookup "v1" "Namespace" "" "demo").metadata.uid }}'`,
  `none: '{{ lookup "v1" "Secret" "demo" "none" | len }}'`,
  "size: '{{ .Values.size }}'",
  "color: '{{ .Values.color }}'",
];

const settings = (name: string, token: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: demo}\ndata: {token: "${token}"}\n`;

const files = (color: string): Record<string, string> => ({
  "apps/config.yaml": settings("settings", "${token}"),
  "apps/release.yaml": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: demo}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: repo, namespace: flux-system}}}
  valuesFrom: [{kind: ConfigMap, name: sizes}]
  values: {color: ${color}}
`,
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
  "charts/web/templates/out.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: out}\ndata:\n  ${template.join("\n  ")}\n`,
});

const root = (url: string): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: flux-system}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 1h
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: repo}
  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}
`;

const onCluster = `
{apiVersion: v1, kind: Namespace, metadata: {name: demo}}
---
{apiVersion: v1, kind: Secret, metadata: {name: vars, namespace: flux-system}, stringData: {token: ${planted}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: sizes, namespace: demo}, data: {values.yaml: "size: large"}}
`;

const kustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace: "flux-system",
  name: "apps",
} as const;
const release = {
  apiVersion: "helm.toolkit.fluxcd.io/v2",
  kind: "HelmRelease",
  namespace: "demo",
  name: "web",
} as const;

test("says what may not be read, and goes on without it", async () => {
  const restricted = createLive([cluster.devKubeconfig], "dev@test");
  const roots = [{ name: "root.yaml", text: root("https://git.test/repo") }];
  const options = { ...defaultOptions, roots, remoteUrls: ["https://git.test/repo"] };
  const tree = treeOf(files("green"));
  const simulation = await simulateOnCluster(simulator, tree, options, restricted);
  restricted.close();
  expect(await rendered(simulation, "settings")).toEqual({
    token: expect.stringContaining("SLUICE_UNKNOWN"),
  });
  const refused = simulation.problems.filter(({ code }) => code === "live-unanswered");
  expect(refused.some(({ message }) => message.includes("Secret flux-system/vars"))).toBe(true);
});

test("uses the commit of another repository that the cluster uses, and the new one when the cluster does", async () => {
  const library = cluster.git.create("library");
  const content = (value: string) => ({ "library/config.yaml": settings("library", value) });
  library.push(content("old"));
  const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: library, namespace: flux-system}
spec: {interval: 1h, url: "${library.url}", ref: {branch: main}}
`;
  const ref = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository" } as const;
  const place = { ...ref, namespace: "flux-system", name: "library" };
  await cluster.api.apply(source);
  await cluster.api.waitFor(place, isReady);
  const second = library.push(content("new"));

  const repository = "https://git.test/own";
  const roots = [
    {
      name: "root.yaml",
      text: root(repository).replace(/^ *postBuild:.*\n/m, ""),
    },
  ];
  const options = { ...defaultOptions, roots, remoteUrls: [repository] };
  const tree = treeOf({
    "apps/library.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: library, namespace: flux-system}
spec: {interval: 1h, path: ./library, prune: true, sourceRef: {kind: GitRepository, name: library}}
`,
  });
  const sources = createSources({
    cacheDir: temporaryFolder(),
    offline: false,
    allowPrivateNetwork: true,
    userCredentials: false,
  });
  const fetching = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
  const valueNow = async (): Promise<unknown> => {
    const simulation = await simulateOnCluster(fetching, tree, options, live);
    return rendered(simulation, "library", fetching);
  };
  expect(await valueNow()).toEqual({ token: "old" });
  await cluster.api.patch(place, {
    metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": "2" } },
  });
  await cluster.api.waitFor(place, ({ status }) => JSON.stringify(status).includes(second));
  expect(await valueNow()).toEqual({ token: "new" });
  await fetching.dispose();
});

async function rendered(
  simulation: Simulation,
  name: string,
  by: Simulator = simulator,
): Promise<unknown> {
  const entries = await by.rendered(simulation, { secrets: "show", origins: false });
  const found = entries.find(({ ref }) => ref.name === name && ref.kind === "ConfigMap");
  return (JSON.parse(found?.json ?? "{}") as { readonly data?: unknown }).data;
}

async function applied(name: string): Promise<unknown> {
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name };
  return (await cluster.api.get(ref))?.["data"];
}

test("predicts what the controllers make of it, the first time and the second", async () => {
  await cluster.api.apply(onCluster);
  const repository = cluster.git.create("repo");
  const roots = [{ name: "root.yaml", text: root(repository.url) }];
  const options = { ...defaultOptions, roots, remoteUrls: [repository.url] };
  const simulate = (color: string): Promise<Simulation> =>
    simulateOnCluster(simulator, treeOf(files(color)), options, live, {
      reader: createFactsReader(live),
    });

  const first = await simulate("green");
  const predicted = [await rendered(first, "settings"), await rendered(first, "out")];
  expect(predicted[0]).toEqual({ token: planted });
  expect(predicted[1]).toMatchObject({ revision: "1 false", size: "large", none: "0" });
  expect(first.taken).toEqual(
    expect.arrayContaining(["Secret/flux-system/vars", "ConfigMap/demo/sizes"]),
  );
  const shown = await simulator.plan(undefined, first);
  const texts = await Promise.all(first.appliers.map(({ id }) => simulator.applierText(first, id)));
  expect(JSON.stringify([shown, texts, first.taken, first.problems])).not.toContain(planted);

  repository.push(files("green"));
  await cluster.api.apply(root(repository.url));
  await cluster.api.waitFor(kustomization, isReady);
  await cluster.api.waitFor(release, isReady);
  expect([await applied("settings"), await applied("out")]).toEqual(predicted);
  expect(await matchCluster(live, rootsOf(first), [repository.url])).toEqual({
    outcome: "one",
    cluster: "apps",
  });

  const second = await simulate("blue");
  const next = await rendered(second, "out");
  expect(next).toMatchObject({ revision: "2 true", color: "blue", crd: "true false" });
  repository.push(files("blue"));
  await cluster.api.patch(
    {
      ...kustomization,
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      name: "repo",
    },
    { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": "1" } } },
  );
  await cluster.api.waitFor(
    { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "out" },
    (object) => (object["data"] as Record<string, string>)["color"] === "blue",
  );
  expect(await applied("out")).toEqual(next);
});
