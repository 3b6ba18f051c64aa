/** Kustomizations that apply themselves, each other, ever new ones, or wait for each other. */
import { describe, expect, it } from "vitest";

import type { Simulation } from "#simulator";
import { judgeDependencies } from "../../../simulator/graph/dependencies.ts";
import type { RenderNode } from "../../../simulator/render/node.ts";
import { readKustomization } from "../../../simulator/flux/kustomization.ts";
import { evaluateCel } from "../../../simulator/flux/cel.ts";
import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, goodText, verdict } from "./side-by-side.ts";

const bench = useSimulator();
const codes = ({ problems }: Simulation) => [...new Set(problems.map(({ code }) => code))];

describe("Kustomizations that apply Kustomizations", () => {
  it("one that applies itself", async () => {
    const simulation = await bench.simulate(
      besideInnocent({
        "cluster/x.yaml": kustomization("x", "./x"),
        "x/ks.yaml": kustomization("x", "./x"),
      }),
    );
    expect(verdict(simulation, "x")).toEqual(["ready", "warning duplicate-owner ./ks.yaml:1"]);
  });

  it("one that applies itself with another path keeps the one of its parent", async () => {
    const simulation = await bench.simulate(
      besideInnocent({
        "cluster/x.yaml": kustomization("x", "./x"),
        "x/ks.yaml": kustomization("x", "./y"),
      }),
    );
    expect(simulation.appliers.find(({ ref }) => ref.name === "x")?.path).toBe("x");
  });

  it("a child that applies its parent", async () => {
    const files = {
      "cluster/x.yaml": kustomization("x", "./x"),
      "x/ks.yaml": kustomization("child", "./y"),
      "y/ks.yaml": kustomization("x", "./x"),
    };
    const simulation = await bench.simulate(besideInnocent(files));
    expect(simulation.appliers.map(({ ref }) => ref.name).sort()).toEqual([
      "child",
      "flux-system",
      "good",
      "x",
    ]);
    expect(codes(simulation)).toEqual(["duplicate-owner"]);
  });

  it("one that applies ever new ones is stopped", async () => {
    const next = "  postBuild: {substitute: {N: '${N}x'}}";
    const files = {
      "cluster/x.yaml": kustomization("x", "./x", next.replace("${N}", "")),
      "x/ks.yaml": kustomization("n${N}", "./x", next),
    };
    const simulation = await bench.simulate(besideInnocent(files));
    expect(codes(simulation)).toEqual(["limit-exceeded"]);
    expect(simulation.appliers.length).toBeLessThan(100);
    expect(await goodText(bench, simulation)).toContain("untouched");
  });

  it("ones that double with each generation are stopped", async () => {
    const next = (letter: string) => `  postBuild: {substitute: {N: '\${N}${letter}'}}`;
    const files = {
      "cluster/x.yaml": kustomization("x", "./x", "  postBuild: {substitute: {N: x}}"),
      "x/ks.yaml": `${kustomization("a${N}", "./x", next("a"))}---\n${kustomization("b${N}", "./x", next("b"))}`,
    };
    const simulation = await bench.simulate(besideInnocent(files));
    expect(codes(simulation)).toContain("limit-exceeded");
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});

describe("dependencies", () => {
  const nodes = (
    names: readonly string[],
    dependency: (index: number) => string,
  ): readonly RenderNode[] =>
    names.map((name, index) => {
      const metadata = { name, namespace: "flux-system" };
      const object = {
        metadata,
        spec: {
          dependsOn: [{ name: dependency(index) }],
          sourceRef: { kind: "GitRepository", name: "x" },
        },
      };
      return {
        id: `c|Kustomization/flux-system/${name}`,
        cluster: "c",
        object,
        spec: readKustomization(object),
      };
    });

  it("circles and chains of thousands end, with short messages", () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `k${index}`);
    const own = (of: readonly RenderNode[]) =>
      new Map(of.map(({ id }) => [id, { state: "ready" } as const]));
    const chain = nodes(names, (index) => (index === 0 ? "nothing" : `k${index - 1}`)).toReversed();
    const circle = nodes(names, (index) => `k${(index + 1) % names.length}`);
    for (const [of, code] of [
      [chain, "dependency-not-ready"],
      [circle, "dependency-cycle"],
    ] as const) {
      const verdicts = judgeDependencies(of, own(of), { additiveCheck: false });
      expect(verdicts.get("c|Kustomization/flux-system/k4999")).toMatchObject({
        state: "blocked",
        code,
      });
      expect(
        Math.max(...[...verdicts.values()].map(({ message }) => message?.length ?? 0)),
      ).toBeLessThan(1_000);
    }
  });

  it("on itself, and twice on the same", async () => {
    const files = {
      "cluster/x.yaml": kustomization(
        "x",
        "./x",
        "  dependsOn: [{name: x}, {name: good}, {name: good}]",
      ),
      "x/cm.yaml": configMap("a", "1"),
    };
    expect(verdict(await bench.simulate(besideInnocent(files)), "x")).toEqual([
      "blocked",
      "error dependency-cycle cluster/case.yaml:1",
    ]);
  });
});

describe("expressions", () => {
  const list = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
  const nested = ["a", "b", "c", "d", "e", "f", "g", "h"].reduceRight(
    (inner, name) => `${list}.all(${name}, ${inner})`,
    "a + b > 0",
  );
  const doubled = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].reduceRight(
    (inner, name) => `cel.bind(${name}, ${name === "a" ? "'xx'" : "a + a"}, ${inner})`,
    "true",
  );
  const text = "a".repeat(40);
  it.each([
    ["loops in loops", nested],
    ["values that double", doubled],
    ["a pattern with a repeated repetition", `"${text}!".matches("^(a+)+$")`],
    ["a pattern with a repeated choice", `"${text}!".matches("^(a|aa)*$")`],
    ["a pattern with a repetition deep inside", `"${text}!".matches("^((a*)b?)*$")`],
    ["a pattern that looks back", `"${text}!".matches("^(a)\\\\1+$")`],
    ["a pattern with many repetitions", `"${"a".repeat(500)}!".matches("a*a*a*a*a*a*$")`],
    ["a pattern that is computed", `"${text}!".matches("^(a" + "+)+$")`],
    ["10,000 parentheses", `${"(".repeat(10_000)}true${")".repeat(10_000)}`],
    ["no expression at all", "\u0000 ] ["],
  ])("%s are refused", (_, expression) => {
    expect(evaluateCel(expression, { self: {}, dep: {} }).outcome).toBe("error");
  });

  it.each([
    "dep.status.conditions.filter(c, c.type == 'Ready').all(c, c.status == 'True')",
    "dep.metadata.annotations['version'].matches('^v1\\\\.[0-9]+\\\\..*$')",
    "dep.status.conditions.exists(c, c.type == 'Ready') && has(self.metadata)",
  ])("ordinary ones are not: %s", (expression) => {
    const dep = {
      metadata: { annotations: { version: "v1.2.3" } },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    };
    expect(evaluateCel(expression, { self: { metadata: {} }, dep })).toEqual({
      outcome: "value",
      value: true,
    });
  });
});
