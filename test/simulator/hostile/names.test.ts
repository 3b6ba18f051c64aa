/** Names that mean something to JavaScript, to terminals or to file systems. */
import { expect, it } from "vitest";

import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, goodText, verdict } from "./side-by-side.ts";

const bench = useSimulator();

it("JavaScript's own names are names like others: objects, keys, labels, variables, files", async () => {
  const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: __proto__, namespace: constructor, labels: {__proto__: a, toString: b}}
data: {__proto__: x, constructor: "\${constructor}", hasOwnProperty: "\${__proto__}"}
`;
  const spec = "  postBuild:\n    substitute: {__proto__: a, constructor: b, hasOwnProperty: c}";
  const tree = besideInnocent({
    "cluster/x.yaml": kustomization("x", "./__proto__/constructor", spec),
    "__proto__/constructor/hasOwnProperty.yaml": manifest,
  });
  const simulation = await bench.simulate(tree);
  expect(verdict(simulation, "x")).toEqual(["ready"]);
  const text = await bench.simulator.objectText(
    simulation,
    "cluster|Kustomization/flux-system/x",
    "v1/ConfigMap/constructor/__proto__",
  );
  for (const line of ["__proto__: x", "constructor: b", "hasOwnProperty: a", "toString: b"])
    expect(text).toContain(line);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

it("a field of that name is a change like others", async () => {
  const tree = (value: string) =>
    besideInnocent({
      "good/proto.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p, namespace: apps}\ndata: {__proto__: ${value}, a: b}\n`,
    });
  const plan = await bench.plan(tree("one"), tree("two"));
  const changes = plan.clusters.flatMap(({ appliers }) =>
    appliers.flatMap((applier) => applier.changes),
  );
  expect(changes.map(({ kind, fields }) => [kind, fields])).toEqual([
    ["changed", [{ path: "/data/__proto__", kind: "changed", before: '"one"', after: '"two"' }]],
  ]);
});

it("Kustomizations and dependencies of those names are found", async () => {
  const ks = [
    kustomization("__proto__", "./good"),
    kustomization("constructor", "./other", "  dependsOn: [{name: __proto__}]"),
    kustomization("toString", "./other", "  dependsOn: [{name: valueOf}]"),
    kustomization(
      "values",
      "./other",
      "  postBuild: {substituteFrom: [{kind: ConfigMap, name: __proto__}]}",
    ),
  ];
  const tree = besideInnocent({
    "cluster/x.yaml": ks.join("---\n"),
    "other/cm.yaml": configMap("other", "${a:=one}"),
  });
  const simulation = await bench.simulate(tree);
  expect(
    Object.fromEntries(
      simulation.appliers
        .map(({ ref, state }) => [ref.name, state])
        .filter(([name]) => name !== "__proto__"),
    ),
  ).toEqual({
    "flux-system": "ready",
    constructor: "ready",
    good: "ready",
    toString: "blocked",
    values: "ready",
  });
});

it("file names with line breaks, quotes, escapes and the like are read, each as itself", async () => {
  const names = [
    "a\nb.yaml",
    "q\"uote'.yaml",
    "tab\t.yaml",
    "esc\u001b[31m.yaml",
    `${"l".repeat(5_000)}.yaml`,
    "Å.yaml",
    "A\u030a.yaml",
    "CM.yaml",
    "cm.yaml",
    " .yaml",
    "back\\slash.yaml",
    "%2e%2e.yaml",
    "*.yaml",
    "-rf.yaml",
    "\u202egnp.yaml",
  ];
  const files = Object.fromEntries(
    names.map((name, index) => [`x/${name}`, configMap(`n${index}`, "1")]),
  );
  const simulation = await bench.simulate(
    besideInnocent({ ...files, "cluster/x.yaml": kustomization("x", "./x") }),
  );
  expect(verdict(simulation, "x")).toEqual(["ready"]);
  expect(simulation.appliers.find(({ ref }) => ref.name === "x")?.objects).toBe(names.length);
});

it("a malformed file of such a name does not hide the problem", async () => {
  const simulation = await bench.simulate(
    besideInnocent({ "x/a\nb.yaml": "x: [\n", "cluster/x.yaml": kustomization("x", "./x") }),
  );
  expect(verdict(simulation, "x")).toEqual(["failed", "error build-failed cluster/case.yaml:1"]);
  expect(await goodText(bench, simulation)).toContain("untouched");
});

it("names that differ in case or in Unicode form only are different names", async () => {
  const kustomizationFile = "resources: [CM.yaml, Å.yaml]\n";
  const tree = besideInnocent({
    "x/kustomization.yaml": kustomizationFile,
    "x/cm.yaml": configMap("a", "1"),
    "x/A\u030a.yaml": configMap("b", "1"),
    "cluster/x.yaml": kustomization("x", "./x"),
  });
  expect(verdict(await bench.simulate(tree), "x")).toEqual([
    "failed",
    "error build-failed ./kustomization.yaml:1",
  ]);
});
