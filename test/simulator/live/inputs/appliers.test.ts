/** Appliers on a live cluster: what is suspended there, what is waited for there, what its controllers do not allow. */
import { describe, expect, it } from "vitest";

import { createFactsReader, defaultOptions, simulateOnCluster } from "#simulator";
import type { ApplierRecord, FileTree, Live, Simulation } from "#simulator";
import { fixture } from "../../../support/fixture.ts";
import { configMap, gotkSync, kustomization } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import { useSimulator } from "../../../support/simulator.ts";

const bench = useSimulator();

function simulate(tree: FileTree, live: Live): Promise<Simulation> {
  const options = { ...defaultOptions, paths: ["cluster"] };
  return simulateOnCluster(bench.simulator, tree, options, live, {
    reader: createFactsReader(live),
  });
}

async function applier(
  tree: FileTree,
  live: Live,
  name: string,
): Promise<ApplierRecord | undefined> {
  return (await simulate(tree, live)).appliers.find(({ ref }) => ref.name === name);
}

const withApps = (spec = "", more = ""): FileTree =>
  fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", spec)}
#- apps/out.yaml
${configMap("out", "a")}
${more}`);

describe("suspension", () => {
  const there = kustomization("apps", "./apps", "  suspend: true\n");

  it("stays as `flux suspend` left it, unless the manifest says otherwise", async () => {
    const live = memoryCluster(there);
    expect(await applier(withApps(), live, "apps")).toMatchObject({ state: "suspended" });
    expect(await applier(withApps("  suspend: false\n"), live, "apps")).toMatchObject({
      state: "ready",
    });
    expect(await applier(withApps(), memoryCluster(), "apps")).toMatchObject({ state: "ready" });
  });

  it("leaves the children of a suspended applier as they are on the cluster", async () => {
    const tree = withApps(
      "",
      `#- apps/child.yaml\n${kustomization("child", "./new")}\n#- apps/other.yaml\n${kustomization("other", "./new")}
#- old/out.yaml
${configMap("old", "a")}
#- new/out.yaml
${configMap("new", "a")}
`,
    );
    const live = memoryCluster(`${there}---\n${kustomization("child", "./old")}`);
    const simulation = await simulate(tree, live);
    expect(simulation.appliers.map(({ ref, path }) => `${ref.name} ${path}`).sort()).toEqual([
      "apps apps",
      "child old",
      "flux-system cluster",
    ]);
  });
});

describe("dependencies outside of the repository", () => {
  const tree = withApps("  dependsOn: [{ name: infra }]\n");
  const infra = (status: string): string =>
    `${kustomization("infra", "./infra")}status: { conditions: [{ type: Ready, status: "${status}" }] }\n`;

  it("are what their status says", async () => {
    expect(await applier(tree, memoryCluster(infra("True")), "apps")).toMatchObject({
      state: "ready",
    });
    expect(await applier(tree, memoryCluster(infra("False")), "apps")).toMatchObject({
      state: "blocked",
    });
  });

  it("are missing only when the cluster says so", async () => {
    expect(await applier(tree, memoryCluster(), "apps")).toMatchObject({ state: "blocked" });
    const silent = memoryCluster();
    silent.refuse("kustomizations");
    expect(await applier(tree, silent, "apps")).toMatchObject({ state: "ready" });
  });
});

describe("ResourceSets", () => {
  const tree = fixture(`${gotkSync}
#- cluster/set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: previews, namespace: apps }
spec:
  inputsFrom: [{ name: requests }, { name: fixed }]
  resources:
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: "pr-<< inputs.id >>", namespace: apps }
#- cluster/provider.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: { name: requests, namespace: apps }
spec: { type: GitHubPullRequest, url: "https://git.test/a" }
`);

  it("take what the providers on the cluster export, those of the repository and others", async () => {
    const live = memoryCluster(`
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: { name: requests, namespace: apps }
spec: { type: GitHubPullRequest, url: "https://git.test/a" }
status: { exportedInputs: [{ id: "7" }, { id: "8" }] }
---
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: { name: fixed, namespace: apps }
spec: { type: OCIArtifactTag }
status: { exportedInputs: [{ id: "9" }] }
`);
    const simulation = await simulate(tree, live);
    const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
    expect(entries.flatMap(({ ref }) => (ref.kind === "ConfigMap" ? [ref.name] : []))).toEqual([
      "pr-7",
      "pr-8",
      "pr-9",
    ]);
  });
});

describe("a ResourceSet that selects providers", () => {
  const provider = (name: string, labels: string): string => `
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSetInputProvider
metadata: { name: ${name}, namespace: apps, labels: { for: apps, ${labels} } }
spec: { type: Static, defaultValues: { zone: "1" } }
`;
  const owned = (name: string): string =>
    `kustomize.toolkit.fluxcd.io/name: ${name}, kustomize.toolkit.fluxcd.io/namespace: flux-system`;

  it("leaves out those that garbage collection takes, and no others", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: zones, namespace: apps }
spec:
  inputsFrom: [{ selector: { matchLabels: { for: apps } } }]
  resources:
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: "<< inputs.provider.name >>", namespace: apps }
#- apps/provider.yaml
${provider("kept", "more: a")}
`);
    const live = memoryCluster(
      [
        provider("kept", owned("apps")),
        provider("gone", owned("apps")),
        provider("foreign", owned("another")),
        provider("manual", "by: hand"),
      ].join("---\n"),
    );
    const simulation = await simulate(tree, live);
    const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
    expect(entries.flatMap(({ ref }) => (ref.kind === "ConfigMap" ? [ref.name] : []))).toEqual([
      "foreign",
      "kept",
      "manual",
    ]);
  });
});

describe("a ResourceSet that copies", () => {
  it("copies the type of a Secret, binary data, and bytes that are no text", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: copies, namespace: apps }
spec:
  resources:
    - apiVersion: v1
      kind: Secret
      metadata: { name: copy, namespace: apps, annotations: { fluxcd.controlplane.io/copyFrom: "shared/key" } }
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: copy, namespace: apps, annotations: { fluxcd.controlplane.io/copyFrom: "shared/files" } }
`);
    const live = memoryCluster(
      `{apiVersion: v1, kind: Secret, type: example.test/key, metadata: {name: key, namespace: shared}, data: {k: /wAB}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: files, namespace: shared}, data: {t: a}, binaryData: {b: /wAB}}
`,
    );
    const simulation = await simulate(tree, live);
    const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
    const object = (kind: string): unknown =>
      JSON.parse(
        entries.find(({ ref }) => ref.kind === kind && ref.name === "copy")?.json ?? "null",
      );
    expect(object("Secret")).toMatchObject({ type: "example.test/key", data: { k: "/wAB" } });
    expect(object("ConfigMap")).toMatchObject({ data: { t: "a" }, binaryData: { b: "/wAB" } });
  });

  it("copies what the cluster has, and shows digests of a Secret", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/set.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: copies, namespace: apps }
spec:
  resources:
    - apiVersion: v1
      kind: Secret
      metadata: { name: copy, namespace: apps, annotations: { fluxcd.controlplane.io/copyFrom: "shared/token" } }
`);
    const live = memoryCluster(
      `{apiVersion: v1, kind: Secret, metadata: {name: token, namespace: shared}, data: {t: ${btoa("planted-token")}}}`,
    );
    const simulation = await simulate(tree, live);
    const [entry] = await bench.simulator
      .rendered(simulation, { secrets: "show", origins: false })
      .then((entries) => entries.filter(({ ref }) => ref.name === "copy"));
    expect(entry?.json).toContain(btoa("planted-token"));
    const shown = await bench.simulator.applierText(simulation, "cluster|ResourceSet/apps/copies");
    expect(shown).not.toMatch(new RegExp(`planted-token|${btoa("planted-token")}`));
  });
});

describe("the controllers as they run", () => {
  const controller = (name: string, args: readonly string[], version = "v2.8.3"): string =>
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name,
        namespace: "flux-system",
        labels: { "app.kubernetes.io/part-of": "flux", "app.kubernetes.io/version": version },
      },
      spec: {
        template: { spec: { containers: [{ name: "manager", image: `x/${name}:v1.7.2`, args }] } },
      },
    });

  it("are of the version and have the switches that their Deployments say", async () => {
    const live = memoryCluster(
      [
        controller("kustomize-controller", [
          "--feature-gates=StrictPostBuildSubstitutions=true,Other=false",
        ]),
        controller("helm-controller", ["--feature-gates", "UseHelm3Defaults=true"]),
      ].join("\n---\n"),
    );
    expect((await simulate(withApps(), live)).taken).toEqual(
      expect.arrayContaining([
        "Flux 2.8",
        "feature gate Other=false",
        "feature gate StrictPostBuildSubstitutions=true",
        "feature gate UseHelm3Defaults=true",
        "kubeVersion v1.33.4",
      ]),
    );
    const untold = memoryCluster(controller("kustomize-controller", [], ""));
    expect((await simulate(withApps(), untold)).taken).toContain("Flux 2.7");
  });

  it("refuse sources of other namespaces where they are told to", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps").replace("namespace: flux-system", "namespace: apps").replace("name: flux-system", "name: flux-system\n    namespace: flux-system")}
#- apps/out.yaml
${configMap("out", "a")}
`);
    const strict = memoryCluster(
      controller("kustomize-controller", ["--no-cross-namespace-refs=true"]),
    );
    expect(await applier(tree, strict, "apps")).toMatchObject({
      state: "failed",
      reason: "AccessDenied",
    });
    const open = memoryCluster(controller("kustomize-controller", []));
    expect(await applier(tree, open, "apps")).toMatchObject({ state: "ready" });
  });

  it("refuse remote bases where they are told to", async () => {
    const tree = withApps(
      "",
      `#- apps/kustomization.yaml\n{resources: [out.yaml, "https://git.test/org/repo//base?ref=main"]}\n`,
    );
    const strict = memoryCluster(controller("kustomize-controller", ["--no-remote-bases"]));
    expect(await applier(tree, strict, "apps")).toMatchObject({ state: "failed" });
    expect(await applier(tree, memoryCluster(), "apps")).toMatchObject({ state: "unknown" });
  });
});
