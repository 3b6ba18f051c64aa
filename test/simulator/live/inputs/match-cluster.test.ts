/** Which cluster of a repository a live one is. */
import { describe, expect, it } from "vitest";

import { matchCluster, rootsOf } from "#simulator";
import type { ClusterRoot } from "#simulator";
import { fixture } from "../../../support/fixture.ts";
import { gotkSync } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import { useSimulator } from "../../../support/simulator.ts";

const bench = useSimulator();

const root = (cluster: string): ClusterRoot => ({
  cluster,
  path: cluster,
  namespace: "flux-system",
  name: "flux-system",
});
const roots = [root("clusters/staging"), root("clusters/production")];
const remotes = ["https://git.test/org/fleet.git"];

const synced = (path: string, url = "ssh://git@git.test/org/fleet", labels = ""): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { url: "${url}" }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system${labels} }
spec: { path: "${path}", sourceRef: { kind: GitRepository, name: flux-system } }
`;

describe("matchCluster", () => {
  it("finds the one whose path is synced from a remote of the repository", async () => {
    const live = memoryCluster(synced("./clusters/production"));
    expect(await matchCluster(live, roots, remotes)).toEqual({
      outcome: "one",
      cluster: "clusters/production",
    });
  });

  it("finds none where another repository or another path is synced", async () => {
    for (const text of [
      synced("./clusters/production", "https://git.test/org/other"),
      synced("./clusters/test"),
      synced(
        "./clusters/production",
        remotes[0],
        `, labels: { kustomize.toolkit.fluxcd.io/name: parent, kustomize.toolkit.fluxcd.io/namespace: flux-system }`,
      ),
      "",
    ])
      expect(await matchCluster(memoryCluster(text), roots, remotes)).toEqual({ outcome: "none" });
  });

  it("says when several fit, and when nothing is told", async () => {
    const both = `${synced("./clusters/production")}---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: staging, namespace: flux-system }
spec: { path: ./clusters/staging, sourceRef: { kind: GitRepository, name: flux-system } }
`;
    const named = roots.map((one, at) => (at === 0 ? { ...one, name: "staging" } : one));
    expect(await matchCluster(memoryCluster(both), named, remotes)).toEqual({
      outcome: "several",
      clusters: ["clusters/staging", "clusters/production"],
    });
    const silent = memoryCluster(both);
    silent.refuse("kustomizations");
    expect(await matchCluster(silent, roots, remotes)).toMatchObject({ outcome: "unanswered" });
  });

  it("takes the roots of a simulation", async () => {
    const simulation = await bench.simulate(fixture(gotkSync));
    expect(rootsOf(simulation)).toEqual([root("cluster")]);
  });
});
