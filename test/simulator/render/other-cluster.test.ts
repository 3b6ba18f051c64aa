/** A Kustomization with a kubeConfig applies to another cluster: it is rendered, and what it applies is not followed in this one. */
import { expect, it } from "vitest";

import type { FileTree } from "#simulator";

import { fixture } from "../../support/fixture.ts";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

function tree(spec: string): FileTree {
  return fixture(`${gotkSync}
#- cluster/far.yaml
${kustomization("far", "./far", spec)}
#- far/child.yaml
${kustomization("child", "./near")}
#- near/one.yaml
${configMap("one", "1")}
`);
}

it.each([
  ["in another cluster", "  kubeConfig:\n    secretRef: {name: far-away}", ["far", "flux-system"]],
  ["in this one", "", ["child", "far", "flux-system"]],
])("%s", async (_, spec, appliers) => {
  const simulation = await bench.simulate(tree(spec));
  expect(simulation.appliers.map(({ ref }) => ref.name).sort()).toEqual(appliers);
  expect(simulation.appliers.every(({ state }) => state === "ready")).toBe(true);
  const texts = await bench.rendered(tree(spec));
  expect(texts.filter((text) => text.includes("flux-system/child"))).toHaveLength(1);
});
