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
import {
  chart,
  gitRepository,
  gitRepositoryRef,
  helmRelease,
  helmReleaseRef,
  kustomization,
  settings,
} from "./harness/flux-objects.ts";
import { applied, fetchNow, hasFetched } from "./harness/follow.ts";
import { isReady } from "./harness/kube-api.ts";
import type { Files } from "./harness/tarball.ts";

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

const token = (name: string, value: string): string => settings(name, `token: "${value}"`);

const files = (color: string): Files => ({
  "apps/config.yaml": token("settings", "${token}"),
  "apps/release.yaml": helmRelease(
    "web",
    "web",
    `  valuesFrom: [{kind: ConfigMap, name: sizes}]\n  values: {color: ${color}}\n`,
  ),
  ...chart("web", {
    "out.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: out}\ndata:\n  ${template.join("\n  ")}\n`,
  }),
});

const substituted = ", postBuild: {substituteFrom: [{kind: Secret, name: vars}]}";

function root(url: string, more = substituted): string {
  return `${gitRepository(url)}---\n${kustomization("apps", "apps", more)}`;
}

const onCluster = `
{apiVersion: v1, kind: Namespace, metadata: {name: demo}}
---
{apiVersion: v1, kind: Secret, metadata: {name: vars, namespace: flux-system}, stringData: {token: ${planted}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: sizes, namespace: demo}, data: {values.yaml: "size: large"}}
`;

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
  const content = (value: string) => ({ "library/config.yaml": token("library", value) });
  const first = library.push(content("old"));
  const place = gitRepositoryRef("library");
  await cluster.api.apply(gitRepository(library.url, "library"));
  await cluster.api.waitFor(place, hasFetched(first));
  const second = library.push(content("new"));

  const repository = "https://git.test/own";
  const roots = [{ name: "root.yaml", text: root(repository, "") }];
  const options = { ...defaultOptions, roots, remoteUrls: [repository] };
  const tree = treeOf({
    "apps/library.yaml": kustomization("library", "library", "", "library"),
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
  await fetchNow(cluster, "library");
  await cluster.api.waitFor(place, hasFetched(second));
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

async function dataOf(name: string): Promise<unknown> {
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

  const commit = repository.push(files("green"));
  await cluster.api.apply(root(repository.url));
  await applied(cluster, ["apps"], commit);
  await cluster.api.waitFor(helmReleaseRef("web"), isReady);
  expect([await dataOf("settings"), await dataOf("out")]).toEqual(predicted);
  expect(await matchCluster(live, rootsOf(first), [repository.url])).toEqual({
    outcome: "one",
    cluster: "apps",
  });

  const second = await simulate("blue");
  const next = await rendered(second, "out");
  expect(next).toMatchObject({ revision: "2 true", color: "blue", crd: "true false" });
  repository.push(files("blue"));
  await fetchNow(cluster);
  await cluster.api.waitFor(
    { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "out" },
    (object) => (object["data"] as Record<string, string>)["color"] === "blue",
  );
  expect(await dataOf("out")).toEqual(next);
});
