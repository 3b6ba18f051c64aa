/** Hostile texts that are read outside a build: root files, live objects, and everything discovery looks through. */
import { describe, expect, it } from "vitest";

import type { Simulation, SimulationOptions } from "#simulator";
import { configMap, kustomization } from "../../support/flux.ts";
import { treeOf } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, goodText } from "./side-by-side.ts";
import { aliasBomb, indented } from "./texts.ts";

const bench = useSimulator();
const short = ({ problems }: Simulation) =>
  problems.map(({ code, place }) => `${code} ${place?.path ?? ""}:${place?.line ?? ""}`);
const states = ({ appliers }: Simulation) =>
  Object.fromEntries(appliers.map(({ ref, state }) => [ref.name, state]));
const good = kustomization("good", "./good");
const tree = besideInnocent({});

describe("--root files", () => {
  const root = (text: string): Partial<SimulationOptions> => ({
    roots: [{ name: "root.yaml", text }],
  });
  it.each([
    ["an unclosed map", "a: {\n---\n", "yaml-syntax root.yaml:2"],
    ["100,000 open brackets", "[".repeat(100_000), "limit-exceeded root.yaml:1"],
    ["sequences in each other", `a:\n  ${"- ".repeat(50_000)}x\n`, "limit-exceeded root.yaml:2"],
    ["an alias bomb", aliasBomb(9), "too-many-aliases root.yaml:1"],
    ["a merge of itself", "x: &x\n  <<: *x\n", "too-many-aliases root.yaml:1"],
    ["an alias inside its own anchor", "kind: Any\nx: &x [*x]\n", "too-many-aliases root.yaml:1"],
    ["10,000 closing brackets", "]".repeat(10_000), "yaml-syntax root.yaml:1"],
    ["control characters", "\u0000\u0001\u001b[2J: {\n", "yaml-syntax root.yaml:2"],
    ["more than 5 MB", "a".repeat(5_000_001), "limit-exceeded root.yaml:"],
  ])(
    "with %s are a problem, and the documents of other files still count",
    async (_, text, problem) => {
      const simulation = await bench.simulate(tree, {
        roots: [
          { name: "root.yaml", text },
          { name: "good.yaml", text: good },
        ],
        sources: new Map([["GitRepository/flux-system/flux-system", tree]]),
      });
      expect(short(simulation)).toEqual([problem]);
      expect(states(simulation)).toEqual({ good: "ready" });
    },
  );

  it("with a spec that contains itself are a problem", async () => {
    const text = good.replace("spec:", "spec: &spec\n  postBuild: *spec");
    expect(short(await bench.simulate(tree, root(text)))).toEqual([
      "too-many-aliases root.yaml:1",
      "invalid-root root.yaml:",
    ]);
  });

  it("with names of JavaScript's own are ordinary objects", async () => {
    const text = `${good}__proto__: {kind: Evil, polluted: true}\nconstructor: {prototype: {polluted: true}}\n`;
    expect(states(await bench.simulate(tree, root(text)))).toEqual({ good: "ready" });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("--live files", () => {
  it.each([
    ["an alias bomb", aliasBomb(9), ["too-many-aliases live.yaml:1"]],
    ["100,000 open maps", "{a: ".repeat(100_000), ["limit-exceeded live.yaml:1"]],
    [
      "anything but objects",
      "- 1\n---\nfoo\n---\nkind: 5\n---\nkind: Secret\nmetadata: [x]\n---\nkind: ConfigMapList\nitems: [1, {kind: ConfigMap, apiVersion: v1, metadata: {name: __proto__, namespace: constructor}, data: {__proto__: x, a: [1]}}]\n",
      [],
    ],
  ])("with %s", async (_, text, expected) => {
    const simulation = await bench.simulate(tree, { live: [{ name: "live.yaml", text }] });
    expect(short(simulation)).toEqual(expected);
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});

describe("files that discovery looks through", () => {
  const instance = (patches: string) =>
    `apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec:\n  sync: {path: good, kind: GitRepository, url: 'https://example.test/x'}\n  kustomize:\n    patches:\n${patches}`;
  it.each([
    ["values with an alias bomb", "values.yaml", `instance:\n  sync: {url: x}\n${aliasBomb(9)}`],
    ["values nested 50,000 deep", "values.yaml", `instance:\n  sync: ${"[".repeat(50_000)}\n`],
    [
      "values that contain themselves",
      "values.yaml",
      "instance: &i\n  sync: {path: good, url: 'https://example.test/x'}\n  kustomize: {patches: [*i, {target: {kind: Kustomization}, patch: *i}]}\n",
    ],
    ["500,000 empty lines", "values.yaml", `${"\n".repeat(500_000)}sync:\n`],
    ["500,000 blanks", "values.yaml", `${" ".repeat(500_000)}sync:\n  instance\n`],
    [
      "a name of 200,000 blanks",
      "o.yaml",
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Deployment\nmetadata: {name: ${" ".repeat(200_000)}}\n`,
    ],
    [
      "an address of 100,000 slashes",
      "o.yaml",
      `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: y, namespace: flux-system}\nspec: {url: 'https://h/${"/".repeat(100_000)}x'}\n`,
    ],
  ])("%s are no concern of others", async (_, path, text) => {
    const simulation = await bench.simulate(besideInnocent({ [path]: text }), {
      remoteUrls: ["https://example.test/org/fleet"],
    });
    expect(await goodText(bench, simulation)).toContain("untouched");
  });

  it.each([
    [
      "a Kustomization that nobody reads and that is no YAML",
      "orphans/o.yaml",
      `# one\n${good}deep: [\n`,
      "yaml-syntax orphans/o.yaml:14",
    ],
    [
      "a Kustomization nested 50,000 deep",
      "orphans/o.yaml",
      `${good}deep: ${"[".repeat(50_000)}\n`,
      "limit-exceeded orphans/o.yaml:13",
    ],
    [
      "a Kustomization with an alias bomb",
      "orphans/o.yaml",
      `${good}${aliasBomb(9)}`,
      "too-many-aliases orphans/o.yaml:1",
    ],
    [
      "a second cluster whose sync is no YAML",
      "other/flux-system/gotk-sync.yaml",
      `apiVersion: v1\nkind: ConfigMap\n---\n${good}broken: "\n`,
      "yaml-syntax other/flux-system/gotk-sync.yaml:16",
    ],
    [
      "a FluxInstance that is no YAML",
      "other/instance.yaml",
      instance("      - {\n"),
      "yaml-syntax other/instance.yaml:8",
    ],
  ])("%s is a problem in its file", async (_, path, text, problem) => {
    const simulation = await bench.simulate(besideInnocent({ [path]: text }));
    expect(short(simulation)).toEqual([problem]);
    expect(await goodText(bench, simulation)).toContain("untouched");
  });

  it("the only sync of a repository that is no YAML is said", async () => {
    const simulation = await bench.simulate(
      treeOf({ "flux-system/gotk-sync.yaml": `${good}broken: [\n` }),
    );
    expect(short(simulation)).toEqual(["yaml-syntax flux-system/gotk-sync.yaml:13"]);
  });

  it("patches of a FluxInstance with endless patterns and texts that are no patches leave its root as it is", async () => {
    const patches = `      - target: {kind: '(K|K)*(u+)+z'}\n        patch: 'a'\n      - target: {kind: '((.+)+)+!'}\n        patch: 'a'\n      - target: {kind: Kustomization}\n        patch: |\n${indented(aliasBomb(9), 10)}`;
    const simulation = await bench.simulate(besideInnocent({ "i/i.yaml": instance(patches) }));
    expect(simulation.appliers.find(({ cluster }) => cluster === "good")).toMatchObject({
      state: "ready",
      objects: 1,
    });
    expect(await goodText(bench, simulation)).toContain("untouched");
  });

  it("a Kustomization whose name is as long as a book has a short message", async () => {
    const text = `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${"a".repeat(100_000)}}\nspec: {path: ./good}\n`;
    const { problems } = await bench.simulate(
      besideInnocent({ "o.yaml": text, "c.yaml": configMap("c", "1") }),
    );
    expect(problems.map(({ code }) => code)).toEqual(["spec-invalid"]);
    expect(problems[0]?.message.length).toBeLessThan(5_000);
  });
});
