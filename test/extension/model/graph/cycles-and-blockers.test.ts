/** Circles of waiting, and who holds up whom. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { findBlockers } from "../../../../extension/model/graph/blockers.ts";
import { findCycles } from "../../../../extension/model/graph/cycles.ts";
import { graph, node } from "./graph-builder.ts";

describe("circles", () => {
  test.each([
    ["nothing", [], []],
    ["a chain", ["a > b", "b > c"], []],
    ["two that wait for each other", ["a > b", "b > a"], [["a", "b"]]],
    ["one that waits for itself", ["a > a"], [["a"]]],
    ["three in a circle", ["a > b", "b > c", "c > a"], [["a", "b", "c"]]],
    ["waiting for what one applies oneself", ["b > a", "a : b"], [["a", "b"]]],
    ["a source that one applies oneself is how clusters start", ["repo ~ root", "root : repo"], []],
    [
      "that beside real dependencies",
      ["repo ~ root", "root : repo", "root : apps", "root : infra", "infra > apps"],
      [],
    ],
    [
      "a source that only comes after what reads it",
      ["repo ~ infra", "infra > apps", "apps : repo"],
      [["infra", "apps", "repo"]],
    ],
    [
      "two circles apart",
      ["a > b", "b > a", "c > d", "d > c", "b > c"],
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
  ])("%s", (_, edges, expected) => {
    const found = findCycles(graph(edges)).map(({ nodes }) => nodes);
    expect(found.map(fromSmallest)).toEqual(expected.map(fromSmallest));
  });

  test("a chain of fifty thousand needs no stack of its own length", () => {
    const long = Array.from({ length: 50_000 }, (_, at) => `n${at} > n${at + 1}`);
    expect(findCycles(graph(long))).toEqual([]);
    expect(findCycles(graph([...long, "n50000 > n0"]))[0]?.nodes).toHaveLength(50_001);
  });

  test("every circle that is named is one, and there is one whenever something waits for itself", () => {
    const ids = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const signs = fc.constantFrom(">", "~", ":");
    const edges = fc.array(fc.tuple(ids, signs, ids).map((parts) => parts.join(" ")));
    fc.assert(
      fc.property(edges, (texts) => {
        const made = graph(texts);
        const cycles = findCycles(made);
        for (const { nodes } of cycles)
          for (const [at, to] of nodes.entries())
            expect(
              made.edges.some((edge) => edge.from === nodes.at(at - 1) && edge.to === to),
            ).toBe(true);
        const waitsForItself = made.edges.some(
          ({ from, to, relation }) =>
            relation === "dependsOn" && reachedFrom(to, made.edges).has(from),
        );
        expect(cycles.length > 0).toBe(waitsForItself);
      }),
    );
  });
});

describe("blockers", () => {
  test("the one that most objects wait for comes first", () => {
    const found = findBlockers(
      graph(
        ["infra > apps", "apps > shop", "infra > monitoring", "database > shop", "tools > idle"],
        {
          infra: "failed",
          database: "failed",
          tools: "failed",
          apps: "waiting",
          shop: "waiting",
          monitoring: "waiting",
          idle: "ready",
        },
      ),
    );
    expect(found).toEqual([
      { id: "infra", waiting: 3 },
      { id: "database", waiting: 1 },
    ]);
  });

  test("what is missing holds up as well, and so does a failing source", () => {
    const found = findBlockers(
      graph(["gone > a", "repo ~ b", "repo ~ c"], {
        gone: "missing",
        repo: "failed",
        a: "waiting",
        b: "waiting",
        c: "waiting",
      }),
    );
    expect(found.map(({ id }) => id)).toEqual(["repo", "gone"]);
  });

  test("what it applies does not wait for it, and what is well does not hand waiting on", () => {
    const found = findBlockers(
      graph(["bad : child", "bad > well", "well > late"], {
        bad: "failed",
        child: "waiting",
        late: "waiting",
      }),
    );
    expect(found).toEqual([]);
  });

  test("a suspended object holds up only when it says so", () => {
    const nodes = [
      node("stopped", { tone: "suspended", blocks: true }),
      node("paused", { tone: "suspended" }),
      node("late", { tone: "waiting" }),
    ];
    const found = findBlockers(graph(["stopped > late", "paused > late"], {}, nodes));
    expect(found).toEqual([{ id: "stopped", waiting: 1 }]);
  });

  test("what fails by itself waits for nobody", () => {
    const found = findBlockers(
      graph(["bad > other", "other > late"], { bad: "failed", other: "failed", late: "waiting" }),
    );
    expect(found).toEqual([{ id: "other", waiting: 1 }]);
  });

  test("waiting in a circle ends", () => {
    const found = findBlockers(
      graph(["bad > a", "a > b", "b > a"], { bad: "failed", a: "waiting", b: "waiting" }),
    );
    expect(found).toEqual([{ id: "bad", waiting: 2 }]);
  });
});

function fromSmallest(cycle: readonly string[]): readonly string[] {
  const at = cycle.indexOf([...cycle].sort()[0] ?? "");
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}

function reachedFrom(
  start: string,
  edges: readonly { readonly from: string; readonly to: string }[],
): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const id of reached) for (const { from, to } of edges) if (from === id) reached.add(to);
  return reached;
}
