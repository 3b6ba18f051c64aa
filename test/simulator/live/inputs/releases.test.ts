/** HelmReleases on a live cluster: what is stored decides between install and upgrade, and templates get true answers. */
import { describe, expect, it } from "vitest";

import { createFactsReader, defaultOptions, simulateOnCluster } from "#simulator";
import type { FileTree, Live, Simulation } from "#simulator";
import { fixture } from "../../../support/fixture.ts";
import { gotkSync } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import { useSimulator } from "../../../support/simulator.ts";
import { storedRelease } from "../../../support/stored-release.ts";

const bench = useSimulator();

function treeWith(template: string, spec = "", more = ""): FileTree {
  return fixture(`${gotkSync}
#- cluster/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: app, namespace: apps }
spec:
  interval: 1h
  chart:
    spec: { chart: ./charts/app, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } }
${spec}
#- charts/app/Chart.yaml
{apiVersion: v2, name: app, version: 1.0.0}
#- charts/app/values.yaml
a: default
b: default
#- charts/app/templates/out.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: out }
data:
  k: ${template}
${more}`);
}

function simulate(tree: FileTree, live: Live): Promise<Simulation> {
  const options = { ...defaultOptions, paths: ["cluster"] };
  return simulateOnCluster(bench.simulator, tree, options, live, {
    reader: createFactsReader(live),
  });
}

async function valueOf(tree: FileTree, live: Live): Promise<unknown> {
  const simulation = await simulate(tree, live);
  const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
  const found = entries.find(({ ref }) => ref.name === "out");
  if (found === undefined) return simulation.appliers.find(({ ref }) => ref.name === "app");
  return (JSON.parse(found.json) as { readonly data: { readonly k: unknown } }).data.k;
}

const app = { name: "app", namespace: "apps" };

describe("the action", () => {
  const tree = treeWith(`'{{ .Release.IsUpgrade }} {{ .Release.Revision }}'`);

  it("is an installation where nothing is stored", async () => {
    expect(await valueOf(tree, memoryCluster())).toBe("false 1");
  });

  it("is an upgrade to the next revision of what is stored", async () => {
    expect(await valueOf(tree, memoryCluster(storedRelease({ ...app, revision: 4 })))).toBe(
      "true 5",
    );
  });

  it("is an installation after an uninstallation that kept its history", async () => {
    const live = memoryCluster(storedRelease({ ...app, revision: 4, status: "uninstalled" }));
    expect(await valueOf(tree, live)).toBe("false 5");
  });

  it("is an installation when the chart has another name", async () => {
    const chart = { name: "other", version: "1.0.0" };
    const live = memoryCluster(storedRelease({ ...app, revision: 4, chart }));
    expect(await valueOf(tree, live)).toBe("false 1");
  });

  it("looks where the HelmRelease stores, under the name that the release has", async () => {
    const long = "a-name-that-is-far-too-long-for-a-release-of-helm-and-more";
    const moved = treeWith(
      `'{{ .Release.IsUpgrade }}'`,
      `  storageNamespace: store\n  releaseName: ${long}`,
    );
    const live = memoryCluster();
    expect(await valueOf(moved, live)).toBe("false");
    expect(live.asked).toContainEqual(
      expect.stringMatching(
        /^\/api\/v1\/namespaces\/store\/secrets\?.*name%3Da-name-that-is-far-too-long-for-a-releas-[0-9a-f]{12}/,
      ),
    );
  });
});

describe("many releases", () => {
  const names = ["a", "b", "c", "d", "e"];
  const one = (name: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: ns-${name} }
spec:
  interval: 1h
  chart:
    spec: { chart: ./charts/app, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } }
`;
  const tree = treeWith(
    "x",
    "",
    names.map((name) => `#- cluster/${name}.yaml\n${one(name)}`).join(""),
  );

  it("are found with one list, and only new revisions are read again", async () => {
    const stored = (revision: number) => (name: string) =>
      storedRelease({ name, namespace: `ns-${name}`, revision });
    const live = memoryCluster(names.map(stored(1)).join("\n---\n"));
    const reader = createFactsReader(live, { maxAge: 0 });
    const options = { ...defaultOptions, paths: ["cluster"] };
    const secrets = async (): Promise<readonly string[]> => {
      const start = live.asked.length;
      await simulateOnCluster(bench.simulator, tree, options, live, { reader });
      return live.asked.slice(start).filter((path) => path.includes("/secrets"));
    };
    expect(await secrets()).toHaveLength(1 + names.length);
    live.put(stored(2)("c"));
    const again = await secrets();
    expect(again.filter((path) => path.includes("sh.helm"))).toEqual([
      "/api/v1/namespaces/ns-c/secrets/sh.helm.release.v1.c.v2",
    ]);
    expect(again.filter((path) => path.startsWith("/api/v1/secrets?"))).toHaveLength(1);
  });

  it("are looked for one by one where they can't be listed all", async () => {
    const live = memoryCluster(storedRelease({ name: "c", namespace: "ns-c", revision: 1 }));
    live.refuse("/api/v1/secrets?");
    const simulation = await simulate(tree, live);
    expect(simulation.taken).toContain("release ns-c/c revision 1");
    expect(simulation.problems).toEqual([]);
  });
});

describe("a release on another cluster", () => {
  it("takes its values from here, and nothing else", async () => {
    const tree = treeWith(
      `'{{ .Values.a }} {{ .Release.IsUpgrade }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "widgets.test/v1" }} {{ lookup "v1" "ConfigMap" "apps" "settings" | len }}'`,
      "  kubeConfig: { secretRef: { name: remote } }\n  valuesFrom: [{ kind: ConfigMap, name: settings }]",
    );
    const live = memoryCluster(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: apps}, data: {values.yaml: "a: live"}}
---
${storedRelease({ ...app, revision: 4 })}`,
      "v1.31.7",
    );
    expect(await valueOf(tree, live)).toMatch(/^live false v(?!1\.31).* false 0$/);
    expect(live.asked.filter((path) => path.includes("secrets"))).toEqual([]);
  });
});

describe("releases that may not be read", () => {
  it("are rendered as without a cluster, and one problem says so", async () => {
    const tree = treeWith(`'{{ .Release.Revision }}'`);
    const live = memoryCluster(storedRelease({ ...app, revision: 4 }));
    live.refuse("/secrets");
    expect(await valueOf(tree, live)).toBe("1");
    expect((await simulate(tree, live)).problems).toEqual([
      expect.objectContaining({ code: "live-unanswered", severity: "information" }),
    ]);
  });
});

describe("values", () => {
  it("come from a live ConfigMap", async () => {
    const tree = treeWith(
      `'{{ .Values.a }}'`,
      "  valuesFrom: [{ kind: ConfigMap, name: settings }]",
    );
    const live = memoryCluster(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: apps}, data: {values.yaml: "a: live"}}`,
    );
    expect(await valueOf(tree, live)).toBe("live");
  });

  it("are kept from the stored release, where that is asked for, and are digests where they are shown", async () => {
    const tree = treeWith(
      `'{{ .Values.a }} {{ .Values.b }} {{ .Values.c }}'`,
      "  upgrade: { preserveValues: true }\n  values: { b: given }",
    );
    const chart = { name: "app", version: "0.9.0", values: { a: "old default" } };
    const config = { b: "stored", c: "planted-secret" };
    const live = memoryCluster(storedRelease({ ...app, revision: 1, chart, config }));
    expect(await valueOf(tree, live)).toBe("old default given planted-secret");
    const simulation = await simulate(tree, live);
    const text = await bench.simulator.applierText(simulation, "cluster|HelmRelease/apps/app");
    expect(text).toMatch(/k: old default given secret-[0-9a-f]{12}/);
  });
});

describe("templates", () => {
  it("see the version and the kinds of the cluster", async () => {
    const tree = treeWith(
      `'{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "widgets.test/v1/Widget" }} {{ .Capabilities.APIVersions.Has "other.test/v1" }}'`,
    );
    expect(await valueOf(tree, memoryCluster("", "v1.31.7"))).toBe("v1.31.7 true false");
    expect(await valueOf(tree, memoryCluster("", "v1.31.7+k3s1"))).toBe("v1.31.7+k3s1 true false");
  });

  it("find objects that are there, and learn that others are not", async () => {
    const tree = treeWith(
      `'{{ (lookup "v1" "Namespace" "" "apps").metadata.uid }} {{ lookup "v1" "Secret" "apps" "none" | len }} {{ (lookup "widgets.test/v1" "Widget" "" "").items | len }}'`,
    );
    const live = memoryCluster(`
{apiVersion: v1, kind: Namespace, metadata: {name: apps, uid: u-1}}
---
{apiVersion: widgets.test/v1, kind: Widget, metadata: {name: w, namespace: apps}}
`);
    expect(await valueOf(tree, live)).toBe("u-1 0 1");
  });

  it("find what others will have applied, with what the server adds", async () => {
    const own = `#- cluster/shared.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: apps}, data: {k: new}}
`;
    const tree = treeWith(
      `'{{ with lookup "v1" "ConfigMap" "apps" "shared" }}{{ .data.k }} {{ .metadata.uid }}{{ end }}'`,
      "",
      own,
    );
    const live = memoryCluster(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: apps, uid: u-2}, data: {k: old}}`,
    );
    expect(await valueOf(tree, live)).toBe("new u-2");
    expect(await valueOf(tree, memoryCluster())).toBe("new ");
  });

  it("never find their own objects as they will be", async () => {
    const tree = treeWith(
      `'{{ with lookup "v1" "ConfigMap" "apps" "out" }}again{{ else }}first{{ end }}'`,
    );
    expect(await valueOf(tree, memoryCluster())).toBe("first");
    const live = memoryCluster(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}, data: {k: first}}`,
    );
    expect(await valueOf(tree, live)).toBe("again");
  });

  it("fail for kinds that the cluster does not have, as Helm 4 does", async () => {
    const tree = treeWith(`'{{ (lookup "other.test/v1" "Other" "apps" "x") | len }}'`);
    expect(await valueOf(tree, memoryCluster())).toMatchObject({ state: "failed" });
  });

  it("get digests for looked up Secrets where they are shown", async () => {
    const tree = treeWith(`'{{ (lookup "v1" "Secret" "apps" "s").data.p | b64dec }}'`);
    const live = memoryCluster(
      `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: apps}, data: {p: ${btoa("planted-lookup")}}}`,
    );
    expect(await valueOf(tree, live)).toBe("planted-lookup");
    const simulation = await simulate(tree, live);
    const text = await bench.simulator.applierText(simulation, "cluster|HelmRelease/apps/app");
    expect(text).not.toContain("planted-lookup");
    expect(simulation.taken).toContain("lookup of Secret apps/s");
  });
});
