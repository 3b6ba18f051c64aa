/** Sources outside of the repository: the simulation uses what the cluster uses, fetched from where the source points to. */
import { beforeEach, describe, expect, it } from "vitest";

import { createFactsReader, defaultOptions, simulateOnCluster } from "#simulator";
import type { FileTree, Live, Simulation, SourceRequest, Sources } from "#simulator";
import { fixture, treeOf } from "../../../support/fixture.ts";
import { gotkSync, kustomization } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import { useSimulator } from "../../../support/simulator.ts";

let requests: SourceRequest[] = [];
let missing: (request: SourceRequest) => boolean = () => false;

const sources: Sources = {
  fetch(request) {
    requests.push(request);
    if (missing(request))
      return Promise.resolve({ outcome: "unavailable", reason: "not-found", message: "gone" });
    const chart = { "Chart.yaml": "{apiVersion: v2, name: web, version: 1.2.3}\n" };
    const config = {
      "out.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}}\n",
    };
    return Promise.resolve({
      outcome: "available",
      tree: {
        ...treeOf(request.kind === "chart" ? chart : config),
        revision: JSON.stringify(request),
      },
    });
  },
};
const bench = useSimulator(sources);

beforeEach(() => {
  requests = [];
  missing = () => false;
  home = `https://git.test/${++tests}`;
});

function simulate(tree: FileTree, live: Live): Promise<Simulation> {
  const options = { ...defaultOptions, paths: ["cluster"] };
  return simulateOnCluster(bench.simulator, tree, options, live, {
    reader: createFactsReader(live),
  });
}

const commit = "5d41402abc4b2a76b9719d911017c592abcdef01";
const using = (source: string, more = ""): FileTree =>
  fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./", "", "elsewhere").replace("GitRepository", source)}
${more}`);

/** Another one in each test, because what was fetched is remembered. */
let home = "";
let tests = 0;

const git = (branch: string, url = home): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: elsewhere, namespace: flux-system, generation: 2 }
spec: { interval: 1h, url: "${url}", ref: { branch: ${branch} } }
status: { observedGeneration: 2, artifact: { revision: "${branch}@sha1:${commit}" } }
`;

const asked = () => requests.map((request) => ("ref" in request ? request.ref : undefined));

describe("a source that only the cluster has", () => {
  it("is fetched at the commit that the cluster uses", async () => {
    const simulation = await simulate(using("GitRepository"), memoryCluster(git("stable")));
    expect(asked()).toEqual([{ branch: "stable", commit }]);
    expect(simulation.appliers.find(({ ref }) => ref.name === "apps")).toMatchObject({
      state: "ready",
      objects: 1,
    });
    expect(simulation.taken).toContain("GitRepository/flux-system/elsewhere");
  });

  it("is fetched at the digest that the cluster uses", async () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const live = memoryCluster(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: elsewhere, namespace: flux-system }
spec: { interval: 1h, url: "oci://registry.test/app", ref: { semver: "1.x" } }
status: { artifact: { revision: "1.4.0@${digest}" } }
`);
    await simulate(using("OCIRepository"), live);
    expect(asked()).toEqual([{ digest }]);
  });

  it("is unknown where only the cluster can make it, and missing where it did not", async () => {
    const live = memoryCluster(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: ExternalArtifact
metadata: { name: elsewhere, namespace: flux-system }
spec: { sourceRef: { kind: Other, name: other } }
`);
    const states = [live, memoryCluster()].map(async (one) =>
      (await simulate(using("ExternalArtifact"), one)).appliers.find(
        ({ ref }) => ref.name === "apps",
      ),
    );
    expect(await Promise.all(states)).toMatchObject([{ state: "unknown" }, { state: "failed" }]);
  });

  it("is missing for certain when the cluster does not have it, and unknown when it does not say", async () => {
    const stateOn = async (live: Live) =>
      (await simulate(using("GitRepository"), live)).appliers.find(
        ({ ref }) => ref.name === "apps",
      );
    expect(await stateOn(memoryCluster())).toMatchObject({ state: "failed" });
    const silent = memoryCluster(git("main"));
    silent.refuse("gitrepositories");
    expect(await stateOn(silent)).toMatchObject({ state: "unknown" });
    expect(requests).toEqual([]);
  });
});

describe("a source of the repository", () => {
  const source = (): string => git("main").replace(/status:.*/, "");
  const tree = (): FileTree => using("GitRepository", `#- cluster/source.yaml\n${source()}`);

  it("is what the cluster uses, as long as both ask for the same", async () => {
    await simulate(tree(), memoryCluster(git("main")));
    expect(asked()).toEqual([{ branch: "main", commit }]);
  });

  it("is new where the repository asks for something else", async () => {
    await simulate(tree(), memoryCluster(git("stable")));
    expect(asked()).toEqual([{ branch: "main" }]);
    await simulate(tree(), memoryCluster(git("main", "https://git.test/other")));
    expect(asked()).toEqual([{ branch: "main" }]);
  });

  it("stays where it is while it is suspended", async () => {
    const live = memoryCluster(git("stable").replace("spec: {", "spec: { suspend: true,"));
    await simulate(tree(), live);
    expect(asked()).toEqual([{ branch: "main", commit }]);
  });

  it("is what it asks for when the commit can't be had any more", async () => {
    missing = (request) => JSON.stringify(request).includes(commit);
    const simulation = await simulate(tree(), memoryCluster(git("main")));
    expect(simulation.appliers.find(({ ref }) => ref.name === "apps")?.state).toBe("ready");
  });
});

describe("a chart", () => {
  const repository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: charts, namespace: flux-system }
spec: { url: "https://charts.test" }
`;
  const tree = (version: string): FileTree =>
    fixture(`${gotkSync}
#- cluster/release.yaml
${repository}---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: apps }
spec:
  interval: 1h
  chart: { spec: { chart: web, version: "${version}", sourceRef: { kind: HelmRepository, name: charts, namespace: flux-system } } }
`);
  const live = `${repository}---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: { name: apps-web, namespace: flux-system }
spec: { chart: web, version: "1.x", sourceRef: { kind: HelmRepository, name: charts } }
status: { artifact: { revision: 1.2.3 } }
`;

  it("has the version that the cluster chose out of the same range", async () => {
    await simulate(tree("1.x"), memoryCluster(live));
    expect(requests.at(-1)).toMatchObject({ kind: "chart", version: "1.2.3" });
  });

  it("has a version of another range", async () => {
    await simulate(tree("2.x"), memoryCluster(live));
    expect(requests.at(-1)).toMatchObject({ kind: "chart", version: "2.x" });
  });
});
