/** What dependsOn does: missing, failing, suspended and circular dependencies, and readyExpr. */
import { describe, expect, it } from "vitest";

import { judgeDependencies } from "../../../simulator/graph/dependencies.ts";
import type { Verdict } from "../../../simulator/graph/dependencies.ts";
import { readResourceSet } from "../../../simulator/flux/generated-appliers.ts";
import { readKustomization } from "../../../simulator/flux/kustomization.ts";
import { applierId } from "../../../simulator/render/node.ts";
import type { RenderNode } from "../../../simulator/render/node.ts";
import type { JsonObject } from "../../../simulator/manifest/json.ts";

function node(
  name: string,
  dependsOn: readonly JsonObject[] = [],
  spec: JsonObject = {},
): RenderNode {
  const object = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: "ns" },
    spec: { sourceRef: { kind: "GitRepository", name: "x" }, dependsOn, ...spec },
  };
  return {
    id: applierId("c", { kind: "Kustomization", namespace: "ns", name }),
    cluster: "c",
    object,
    spec: readKustomization(object),
  };
}

function check(
  nodes: readonly RenderNode[],
  own: Readonly<Record<string, Verdict>> = {},
  additiveCheck = false,
) {
  const verdicts = new Map(
    nodes.map(({ id, spec }) => [id, own[spec.name] ?? { state: "ready" as const }]),
  );
  const judged = judgeDependencies(nodes, verdicts, { additiveCheck });
  return Object.fromEntries(nodes.map(({ id, spec }) => [spec.name, judged.get(id)]));
}

describe("judgeDependencies", () => {
  it("lets pass what depends on ready ones", () => {
    expect(check([node("a", [{ name: "b" }]), node("b")])["a"]).toEqual({ state: "ready" });
  });

  it("blocks on a missing dependency, in the controller's words", () => {
    expect(check([node("a", [{ name: "nobody" }])])["a"]).toEqual({
      state: "blocked",
      reason: "DependencyNotReady",
      message: `dependency 'ns/nobody' not found: kustomizations.kustomize.toolkit.fluxcd.io "nobody" not found`,
      code: "dependency-not-found",
    });
  });

  it("finds no ResourceSet by name alone, as flux-operator finds none", () => {
    const set = (name: string, namespace?: string): RenderNode => {
      const dependency = {
        apiVersion: "fluxcd.controlplane.io/v1",
        kind: "ResourceSet",
        name: "b",
      };
      const object: JsonObject = {
        kind: "ResourceSet",
        metadata: { name, namespace: "ns" },
        spec:
          name === "b"
            ? {}
            : { dependsOn: [{ ...dependency, ...(namespace === undefined ? {} : { namespace }) }] },
      };
      const id = applierId("c", { kind: "ResourceSet", namespace: "ns", name });
      return { id, cluster: "c", object, spec: readResourceSet(object) };
    };
    expect(check([set("a", "ns"), set("b")])["a"]).toEqual({ state: "ready" });
    expect(check([set("a"), set("b")])["a"]).toMatchObject({ code: "dependency-not-found" });
  });

  it("blocks along a chain behind a failing one", () => {
    const verdicts = check([node("a", [{ name: "b" }]), node("b", [{ name: "c" }]), node("c")], {
      c: { state: "failed" },
    });
    expect(verdicts["b"]).toMatchObject({
      state: "blocked",
      message: "dependency 'ns/c' is not ready",
    });
    expect(verdicts["a"]).toMatchObject({
      state: "blocked",
      message: "dependency 'ns/b' is not ready",
    });
  });

  it("claims nothing about a dependency that could not be read", () => {
    expect(
      check([node("a", [{ name: "b" }]), node("b")], { b: { state: "unknown" } })["a"],
    ).toEqual({ state: "ready" });
  });

  it("names the members of a cycle, and only these", () => {
    const verdicts = check([
      node("a", [{ name: "b" }]),
      node("b", [{ name: "a" }]),
      node("c", [{ name: "a" }]),
      node("d"),
    ]);
    expect(verdicts["a"]).toMatchObject({
      state: "blocked",
      code: "dependency-cycle",
      message: "dependencies form a cycle: ns/a → ns/b → ns/a",
    });
    expect(verdicts["b"]).toMatchObject({ code: "dependency-cycle" });
    expect(verdicts["c"]).toMatchObject({ code: "dependency-not-ready" });
    expect(verdicts["d"]).toEqual({ state: "ready" });
  });

  it("sees a Kustomization that depends on itself", () => {
    expect(check([node("a", [{ name: "a" }])])["a"]).toMatchObject({ code: "dependency-cycle" });
  });

  it("judges a chain of thousands", () => {
    const nodes = Array.from({ length: 3000 }, (_, index) =>
      node(`n${index}`, index === 0 ? [] : [{ name: `n${index - 1}` }]),
    );
    expect(check(nodes, { n0: { state: "failed" } })["n2999"]).toMatchObject({ state: "blocked" });
  });

  it("lets readyExpr replace the built-in check, unless AdditiveCELDependencyCheck is on", () => {
    const nodes = [
      node("a", [
        { name: "b", readyExpr: "dep.metadata.name == 'b' && self.metadata.name == 'a'" },
      ]),
      node("b"),
    ];
    expect(check(nodes, { b: { state: "failed" } })["a"]).toEqual({ state: "ready" });
    expect(check(nodes, { b: { state: "failed" } }, true)["a"]).toMatchObject({ state: "blocked" });
  });

  it("shows expressions the status a reconciliation would leave", () => {
    const expression =
      "dep.status.conditions.filter(c, c.type == 'Ready').all(c, c.status == 'True') && dep.status.observedGeneration == dep.metadata.generation";
    const nodes = [node("a", [{ name: "b", readyExpr: expression }]), node("b")];
    expect(check(nodes)["a"]).toEqual({ state: "ready" });
    expect(check(nodes, { b: { state: "failed" } })["a"]).toMatchObject({
      code: "dependency-not-ready",
    });
  });

  it("fails on an expression that is no CEL, and blocks on one that can't be evaluated", () => {
    expect(
      check([node("a", [{ name: "b", readyExpr: "dep.x ==" }]), node("b")])["a"],
    ).toMatchObject({ state: "failed", code: "ready-expression" });
    expect(
      check([node("a", [{ name: "b", readyExpr: "dep.status.nothing == 1" }]), node("b")])["a"],
    ).toMatchObject({ state: "blocked", code: "ready-expression" });
  });
});
