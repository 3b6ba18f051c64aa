/** Input that grows without end, or is simply large: bounded by limits and time-outs, and the others come out right. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { FileTree, Simulator } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { configMap, kustomization } from "../../support/flux.ts";
import { edited } from "../../support/fixture.ts";
import { noSources, useSimulator } from "../../support/simulator.ts";
import { besideInnocent, goodText, verdict } from "./side-by-side.ts";

const cm = configMap("a", "1");
const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";

/** Components that each include the next twice: 2^levels of them are built. */
function diamond(levels: number): Record<string, string> {
  const entry = (index: number): [string, string] => [
    `x/d${index}/kustomization.yaml`,
    `${component}${index === levels - 1 ? "labels: [{pairs: {a: b}}]" : `components: [../d${index + 1}, ../d${index + 1}]`}\n`,
  ];
  return Object.fromEntries([
    ...Array.from({ length: levels }, (_, index) => entry(index)),
    ["x/kustomization.yaml", "resources: [cm.yaml]\ncomponents: [d0]\n"],
    ["x/cm.yaml", cm],
  ]);
}

describe("a build without end", () => {
  let simulator: Simulator;
  beforeAll(() => {
    simulator = createSimulator({
      engine: createNodeEngine({ jobs: 1, timeoutMs: 1_200 }),
      sources: noSources,
    });
  });
  afterAll(() => simulator.dispose());
  const endless = besideInnocent({ ...diamond(20), "cluster/x.yaml": kustomization("x", "./x") });

  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index));
  const copies = many(
    60,
    (index) => `{"op": "copy", "from": "/data", "path": "/data/k${index}"}`,
  ).join(",");
  const items = many(
    20_000,
    (index) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n${index}","namespace":"x"}}`,
  ).join(",");
  it.each([
    [
      "a patch that copies an object into itself again and again",
      {
        "x/cm.yaml": cm,
        "x/kustomization.yaml": `resources: [cm.yaml]\npatches:\n  - target: {name: a}\n    patch: '[${copies}]'\n`,
      },
    ],
    [
      "20,000 objects in one file",
      { "x/list.yaml": `{"apiVersion":"v1","kind":"List","items":[${items}]}` },
    ],
  ])("%s is a problem on its Kustomization", async (_, files) => {
    const simulation = await simulator.simulate(
      besideInnocent({ ...files, "cluster/x.yaml": kustomization("x", "./x") }),
      defaultOptions,
    );
    expect(verdict(simulation, "x")).toEqual([
      "failed",
      expect.stringMatching(/^error (engine-timeout|engine-crashed|limit-exceeded) /),
    ]);
    expect(simulation.appliers.find(({ ref }) => ref.name === "good")).toMatchObject({
      state: "ready",
      objects: 1,
    });
  });

  it("components that double, 20 levels deep, are a problem on their Kustomization, and the engine goes on", async () => {
    const simulation = await simulator.simulate(endless, defaultOptions);
    expect(verdict(simulation, "x")).toEqual([
      "failed",
      "error engine-timeout cluster/case.yaml:1",
    ]);
    expect(simulation.appliers.find(({ ref }) => ref.name === "good")).toMatchObject({
      state: "ready",
      objects: 1,
    });
    const mended = await simulator.simulate(
      edited(endless, { "x/kustomization.yaml": "resources: [cm.yaml]\n" }),
      defaultOptions,
    );
    expect(verdict(mended, "x")).toEqual(["ready"]);
  });

  it("can be cancelled half-way, and the next answer is right", async () => {
    const controller = new AbortController();
    const onProgress = ({ stage }: { readonly stage: string }): void => {
      if (stage === "render") controller.abort();
    };
    const running = simulator.simulate(
      edited(endless, { "good/more.yaml": configMap("more", "1") }),
      defaultOptions,
      { signal: controller.signal, onProgress },
    );
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    const after = await simulator.simulate(
      besideInnocent({ "good/more.yaml": configMap("more", "1") }),
      defaultOptions,
    );
    expect(after.appliers.find(({ ref }) => ref.name === "good")).toMatchObject({
      state: "ready",
      objects: 2,
    });
  });
});

describe("large input", () => {
  const bench = useSimulator();
  const outcome = async (files: Readonly<Record<string, string>>, spec = "") => {
    const simulation = await bench.simulate(
      besideInnocent({ ...files, "cluster/x.yaml": kustomization("x", "./x", spec) }),
    );
    expect(await goodText(bench, simulation)).toContain("untouched");
    return [
      ...verdict(simulation, "x"),
      simulation.appliers.find(({ ref }) => ref.name === "x")?.objects,
    ];
  };
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index));

  it("10,000 files in a folder that nothing reads", async () => {
    const files = Object.fromEntries(
      many(10_000, (index) => `junk/f${index}.yaml`).map((path) => [path, cm]),
    );
    expect(await outcome({ ...files, "x/cm.yaml": cm })).toEqual(["ready", 1]);
  });

  it("a component that includes 100 others", async () => {
    const files = Object.fromEntries(
      many(100, (index) => `x/c${index}/kustomization.yaml`).map((path) => [
        path,
        `${component}labels: [{pairs: {a: b}}]\n`,
      ]),
    );
    const list = many(100, (index) => `c${index}`).join(", ");
    expect(
      await outcome({
        ...files,
        "x/cm.yaml": cm,
        "x/kustomization.yaml": `resources: [cm.yaml]\ncomponents: [${list}]\n`,
      }),
    ).toEqual(["ready", 1]);
  });

  it("bases in each other, 100 deep", async () => {
    const files = Object.fromEntries(
      many(100, (index) =>
        index === 99 ? "resources: [../cm.yaml]\n" : `resources: [../d${index + 1}]\n`,
      ).map((text, index) => [`x/d${index}/kustomization.yaml`, text]),
    );
    expect(
      await outcome({ ...files, "x/cm.yaml": cm, "x/kustomization.yaml": "resources: [d0]\n" }),
    ).toEqual(["ready", 1]);
  });

  it("300 objects in one file", async () => {
    expect(
      await outcome({
        "x/all.yaml": many(300, (index) => configMap(`n${index}`, "1")).join("---\n"),
      }),
    ).toEqual(["ready", 300]);
  });

  it("replacements that multiply a text", async () => {
    const one =
      "  - source: {kind: ConfigMap, name: a, fieldPath: data.key}\n    targets: [{select: {kind: ConfigMap, name: a}, fieldPaths: [data.key], options: {delimiter: '-', index: 1}}]\n";
    expect(
      await outcome({
        "x/cm.yaml": configMap("a", "y-y"),
        "x/kustomization.yaml": `resources: [cm.yaml]\nreplacements:\n${one.repeat(12)}`,
      }),
    ).toEqual(["ready", 1]);
  });

  it("variables in variables, and a long value a thousand times", async () => {
    const nested = `${"${A:=".repeat(500)}x${"}".repeat(500)}`;
    const files = {
      "x/a.yaml": configMap("a", nested),
      "x/b.yaml": configMap("b", "${V}".repeat(1_000)),
    };
    expect(await outcome(files, `  postBuild:\n    substitute: {V: ${"v".repeat(1_000)}}`)).toEqual(
      ["ready", 2],
    );
  });

  it("a value of substitution that is an alias bomb", async () => {
    const bomb = `{a0: &a0 [x, x, x, x, x, x, x, x, x, x], ${many(8, (index) => `a${index + 1}: &a${index + 1} [${Array<string>(10).fill(`*a${index}`).join(", ")}]`).join(", ")}}`;
    const [state, problem] = await outcome(
      {
        "x/a.yaml": `apiVersion: example.test/v1\nkind: Any\nmetadata: {name: a, namespace: b}\nspec: "\${V}"\n`,
      },
      `  postBuild:\n    substitute: {V: '${bomb}'}`,
    );
    expect(state).toBe("failed");
    expect(problem).toMatch(/^error (build-failed|limit-exceeded) /);
  });

  it("500 Kustomizations in one file", async () => {
    const tree: FileTree = besideInnocent({
      "cluster/many.yaml": many(500, (index) =>
        kustomization(`k${index}`, `./nowhere/${index}`),
      ).join("---\n"),
    });
    const simulation = await bench.simulate(tree);
    expect(
      simulation.problems.map(
        ({ code, place }) => `${code} ${place?.path ?? ""}:${place?.line ?? ""}`,
      ),
    ).toEqual(many(500, (index) => `path-not-found cluster/many.yaml:${index * 13 + 1}`));
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});
