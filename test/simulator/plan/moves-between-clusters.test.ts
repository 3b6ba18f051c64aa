/** Objects of one name on two clusters are two objects: what leaves one cluster and arrives on another is no move. */
import { expect, test } from "vitest";

import type { Plan } from "#simulator";
import { edited, fixture } from "../../support/fixture.ts";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();
const far = "  kubeConfig: {secretRef: {name: far}}";
const base = fixture(`${gotkSync}
#- cluster/one.yaml
${kustomization("one", "./one")}
#- cluster/two.yaml
${kustomization("two", "./two", far)}
#- one/kept.yaml
${configMap("kept", "1")}
#- one/moving.yaml
${configMap("moving", "1")}
#- two/other.yaml
${configMap("other", "1")}
`);

function changes({ clusters }: Plan): readonly string[] {
  return clusters
    .flatMap(({ appliers }) => appliers)
    .flatMap(({ applier, changes: some }) =>
      some.map(({ kind, ref }) => `${applier.ref.name}: ${kind} ${ref.kind}/${ref.name}`),
    )
    .filter((line) => !line.startsWith("flux-system:"));
}

const across = { "one/moving.yaml": undefined, "two/moving.yaml": configMap("moving", "1") };

test("an object that another applier has on another cluster is deleted here and created there", async () => {
  expect(changes(await bench.plan(base, edited(base, across)))).toEqual([
    "one: deleted ConfigMap/moving",
    "two: created ConfigMap/moving",
  ]);
});

test("on the same other cluster it is moved", async () => {
  const both = edited(base, { "cluster/one.yaml": kustomization("one", "./one", far) });
  expect(changes(await bench.plan(both, edited(both, across)))).toEqual([
    "two: moved ConfigMap/moving",
  ]);
});

test("an applier that goes to another cluster creates everything there", async () => {
  const sent = edited(base, { "cluster/one.yaml": kustomization("one", "./one", far) });
  expect(changes(await bench.plan(base, sent))).toEqual([
    "one: created ConfigMap/kept",
    "one: created ConfigMap/moving",
  ]);
});
