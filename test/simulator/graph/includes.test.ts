/** `spec.include`: what another repository gives, where it lands, and the circles that are told. */
import { describe, expect, it } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { FileTree, SourceAnswer, Sources } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { configMap, kustomization } from "../../support/flux.ts";
import { fixture, treeOf } from "../../support/fixture.ts";

const repository = (
  name: string,
  include: string,
): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 1m
  url: https://example.test/${name}
  ref: { branch: main }
${include}`;

const sync = (include: string): FileTree =>
  fixture(`#- cluster/flux-system/gotk-sync.yaml
${repository("flux-system", include)}
---
${kustomization("flux-system", "./cluster")}
#- cluster/shared.yaml
${repository("shared", "")}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/own.yaml
${configMap("own", "1")}
`);

const shared = treeOf({
  "deploy/a.yaml": configMap("included", "1"),
  "deploy/photo.jpg": "left out by the default rules",
  "other/b.yaml": configMap("outside", "1"),
});

async function rendered(
  tree: FileTree,
  answer: SourceAnswer = { outcome: "available", tree: shared },
) {
  const sources: Sources = { fetch: () => Promise.resolve(answer) };
  const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources });
  const simulation = await simulator.simulate(tree, defaultOptions);
  const entries = await simulator.rendered(simulation, { secrets: "omit", origins: false });
  await simulator.dispose();
  const names = entries.filter(({ ref }) => ref.kind === "ConfigMap").map(({ ref }) => ref.name);
  return { names, problems: simulation.problems.map(({ code }) => code) };
}

describe("an included repository", () => {
  it("is copied from fromPath to toPath", async () => {
    const tree = sync(
      "  include: [{ repository: { name: shared }, fromPath: ./deploy, toPath: apps/extra }]\n",
    );
    expect(await rendered(tree)).toEqual({ names: ["included", "own"], problems: [] });
  });
  it("lands whole in a folder of its name when nothing is said", async () => {
    const tree = sync("  include: [{ repository: { name: shared } }]\n");
    expect((await rendered(tree)).names).toEqual(["own"]);
  });
  it("that can't be had leaves what needs it unknown, not failed", async () => {
    const tree = sync("  include: [{ repository: { name: shared } }]\n");
    const answer = { outcome: "unavailable", reason: "offline", message: "offline" } as const;
    expect((await rendered(tree, answer)).problems).toContain("source-unavailable");
  });
  it("that is the repository itself is told", async () => {
    const tree = sync("  include: [{ repository: { name: flux-system } }]\n");
    expect((await rendered(tree)).problems).toContain("source-invalid");
  });
});
