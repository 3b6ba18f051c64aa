/** What is drawn for a query: filters, search, focus, folding, limits, and every word that is said about it. */
import { describe, expect, test } from "vitest";

import type { Graph, GraphNode } from "../../../../extension/model/graph/graph.ts";
import type { Scene } from "../../../../extension/model/graph/scene.ts";
import { makeScene, mostNodes } from "../../../../extension/model/graph/scene.ts";
import { graph, node, query } from "./graph-builder.ts";

const ids = ({ nodes }: Scene): readonly string[] => nodes.map(({ id }) => id);

describe("filters and search", () => {
  const world = graph(["infra > apps", "repo ~ infra", "apps : shop"], {}, [
    node("infra", { kind: "Kustomization", namespace: "flux-system", tone: "failed" }),
    node("apps", { kind: "Kustomization", namespace: "flux-system", tone: "waiting" }),
    node("repo", { kind: "GitRepository", namespace: "flux-system" }),
    node("shop", { kind: "HelmRelease", namespace: "apps" }),
  ]);

  test("everything, with its edges and the choices there are", () => {
    const scene = makeScene(world, query());
    expect(ids(scene)).toEqual(["apps", "infra", "repo", "shop"]);
    expect(scene.edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`)).toEqual([
      "infra dependsOn apps",
      "repo source infra",
      "apps owner shop",
    ]);
    expect(scene.choices.kinds).toEqual([
      { name: "GitRepository", count: 1 },
      { name: "HelmRelease", count: 1 },
      { name: "Kustomization", count: 2 },
    ]);
    expect(scene.choices.namespaces.map(({ name }) => name)).toEqual(["apps", "flux-system"]);
    expect(scene.choices.tones.map(({ name }) => name)).toEqual(["failed", "waiting", "ready"]);
    expect(scene.notes).toEqual([]);
  });

  test.each([
    ["kinds", { kinds: ["Kustomization"] }, ["apps", "infra"]],
    ["namespaces", { namespaces: ["apps"] }, ["shop"]],
    ["states", { tones: ["failed" as const] }, ["infra"]],
    ["all at once", { kinds: ["Kustomization"], tones: ["ready" as const] }, []],
    ["search with what stands beside it", { text: "SHOP" }, ["apps", "shop"]],
    ["search for several words", { text: "kustom failed" }, ["apps", "infra", "repo"]],
    ["search for nothing", { text: "nowhere" }, []],
    ["focus", { focus: { id: "repo", distance: 1 } }, ["infra", "repo"]],
    ["focus, farther", { focus: { id: "repo", distance: 3 } }, ["apps", "infra", "repo", "shop"]],
    [
      "focus along chosen edges only",
      { focus: { id: "apps", distance: 2 }, relations: ["owner" as const] },
      ["apps", "shop"],
    ],
    ["focus on what is not there", { focus: { id: "gone", distance: 1 }, kinds: ["None"] }, []],
  ])("%s", (_, asked, expected) => {
    expect(ids(makeScene(world, query(asked)))).toEqual(expected);
  });

  test("what was found differs from what stands beside it", () => {
    const { nodes, notes } = makeScene(world, query({ text: "shop" }));
    expect(nodes.map(({ id, match }) => [id, match])).toEqual([
      ["apps", "beside"],
      ["shop", "found"],
    ]);
    expect(notes.join(" ")).toContain("1 found");
    expect(makeScene(world, query({ text: "nowhere" })).notes).toContain("Nothing was found.");
  });

  test("what is left out is said", () => {
    const { notes } = makeScene(world, query({ kinds: ["Kustomization"] }));
    expect(notes).toEqual(["2 of 4 objects are drawn.", "2 objects filtered away."]);
  });

  test("edges that are not asked for are not drawn", () => {
    const { edges } = makeScene(world, query({ relations: ["source"] }));
    expect(edges.map(({ relation }) => relation)).toEqual(["source"]);
  });
});

describe("words", () => {
  test("a node says its state, whom it holds up, and that it is in a circle", () => {
    const { nodes, blockers, cycles } = makeScene(
      graph(["bad > a", "bad > b", "x > y", "y > x"], {
        bad: "failed",
        a: "waiting",
        b: "waiting",
      }),
      query(),
    );
    const label = (id: string): string => nodes.find((one) => one.id === id)?.label ?? "";
    expect(label("bad")).toBe(
      "Thing bad in default, failed, critical blocker, 2 objects wait for it",
    );
    expect(label("a")).toBe("Thing a in default, waiting");
    expect(label("x")).toBe("Thing x in default, ready, waits for itself in a circle");
    expect(blockers).toEqual([
      { id: "bad", text: "Thing bad in default (failed): 2 objects wait for it." },
    ]);
    expect(cycles.map(({ text }) => text)).toEqual(["Thing y needs Thing x needs Thing y"]);
  });

  test("only one is critical", () => {
    const { nodes } = makeScene(
      graph(["p > a", "q > b"], { p: "failed", q: "failed", a: "waiting", b: "waiting" }),
      query(),
    );
    expect(nodes.filter(({ critical }) => critical).map(({ id }) => id)).toEqual(["p"]);
  });

  test("edges of a circle come first and are marked", () => {
    const { edges } = makeScene(graph(["a > b", "b > c", "c > b"]), query());
    expect(edges.map(({ from, to, inCycle }) => [from, to, inCycle])).toEqual([
      ["b", "c", true],
      ["c", "b", true],
      ["a", "b", false],
    ]);
  });

  test("names with markup stay what they are", () => {
    const name = `<img src=x onerror="alert(1)">`;
    const { nodes } = makeScene(graph([], {}, [node("one", { name })]), query());
    expect(nodes[0]?.title).toBe(name);
    expect(nodes[0]?.label).toBe(`Thing ${name} in default, ready`);
  });

  test("long messages are cut", () => {
    const { nodes } = makeScene(graph([], {}, [node("a", { detail: "x".repeat(9000) })]), query());
    expect(nodes[0]?.detail.length).toBeLessThan(3000);
  });
});

describe("more than can be drawn", () => {
  const owned = ownedWorld(100, 49);

  test("nothing is folded up to the limit", () => {
    const list = Array.from({ length: mostNodes }, (_, at) => node(`n${at}`));
    expect(makeScene(graph([], {}, list), query()).nodes).toHaveLength(mostNodes);
  });

  test("objects fold into their owners, and trouble is unfolded", () => {
    const { nodes, notes } = makeScene(owned, query());
    expect(nodes.length).toBeLessThanOrEqual(mostNodes);
    expect(nodes.find(({ id }) => id === "team-3")?.label).toBe(
      "Thing team-3 in flux, ready, 49 objects folded",
    );
    expect(nodes.find(({ id }) => id === "team-7")?.fold).toBe("open");
    expect(nodes.filter(({ tone }) => tone === "failed").map(({ id }) => id)).toEqual(["app-7-5"]);
    expect(notes.join(" ")).toContain("of 5001 objects are drawn");
    expect(notes.join(" ")).toContain(`Never more than ${mostNodes}`);
  });

  test("edges between folded objects become one edge with a number", () => {
    const { edges } = makeScene(owned, query());
    const between = edges.filter(({ from, to }) => from === "team-3" && to === "team-4");
    expect(between).toEqual([
      { from: "team-3", to: "team-4", relation: "dependsOn", count: 49, inCycle: false },
    ]);
  });

  test("a fold opens when asked, and closes again", () => {
    const open = makeScene(owned, query({ open: ["team-3"] }));
    expect(ids(open)).toContain("app-3-0");
    expect(open.nodes.find(({ id }) => id === "app-3-0")?.container).toBe("team-3");
    const shut = makeScene(owned, query({ shut: ["team-7"] }));
    expect(ids(shut)).not.toContain("app-7-5");
  });

  test("more than there is room for stays folded, and that is said", () => {
    const all = Array.from({ length: 100 }, (_, at) => `team-${at}`);
    const { nodes, notes } = makeScene(owned, query({ open: all }));
    expect(nodes.length).toBeLessThanOrEqual(mostNodes);
    expect(notes.join(" ")).toContain("There is no room to unfold more.");
  });

  test.each([
    ["in forty namespaces", (at: number) => ({ namespace: `ns-${at % 40}` })],
    ["each in its own namespace", (at: number) => ({ namespace: `ns-${at}` })],
    ["in one namespace, of three kinds", (at: number) => ({ kind: `Kind${at % 3}` })],
    ["all alike", () => ({})],
    ["all of one name", () => ({ name: "same" })],
    ["all in trouble", () => ({ tone: "failed" as const })],
  ])("five thousand without owners, %s", (_, parts) => {
    const list = Array.from({ length: 5000 }, (_, at) => node(`n${at}`, parts(at)));
    const scene = makeScene(graph([], {}, list), query());
    expect(scene.nodes.length).toBeGreaterThan(1);
    expect(scene.nodes.length).toBeLessThanOrEqual(mostNodes);
    expect(new Set(ids(scene)).size).toBe(scene.nodes.length);
    const represented = scene.nodes.reduce(
      (sum, { kind, hidden }) => sum + hidden + (kind === "object" ? 1 : 0),
      0,
    );
    expect(represented).toBe(5000);
  });

  test("whoever owns thousands is shown with groups of them", () => {
    const scene = makeScene(
      graph(Array.from({ length: 3000 }, (_, at) => `root : n${at}`)),
      query(),
    );
    expect(ids(scene)).toContain("root");
    expect(scene.nodes.length).toBeLessThanOrEqual(mostNodes);
    const [group] = scene.nodes.filter(({ kind }) => kind === "group");
    expect(group?.label).toMatch(/^Group n\d+ … n\d+, 100 objects folded, 100 ready$/);
    const open = makeScene(
      graph(Array.from({ length: 3000 }, (_, at) => `root : n${at}`)),
      query({ open: [group?.id ?? ""] }),
    );
    expect(ids(open)).not.toContain(group?.id);
    expect(open.nodes.filter(({ container }) => container === group?.id)).toHaveLength(100);
  });

  test("by namespace, whatever the number", () => {
    const { nodes } = makeScene(
      graph([], {}, [node("a"), node("b", { namespace: "other", tone: "failed" })]),
      query({ grouping: "namespace" }),
    );
    expect(nodes.map(({ title, words, tone }) => [title, words, tone])).toEqual([
      ["default", "1 ready", "ready"],
      ["other", "1 failing", "failed"],
    ]);
  });

  test("owners in a circle, and owners of owners without end", () => {
    const circle = makeScene(graph(["a : b", "b : c", "c : a"]), query({ grouping: "owner" }));
    expect(circle.nodes).toHaveLength(1);
    expect(circle.nodes[0]?.hidden).toBe(2);
    const chain = graph(Array.from({ length: 3000 }, (_, at) => `n${at} : n${at + 1}`));
    const long = makeScene(chain, query());
    expect(long.nodes.length).toBeLessThanOrEqual(mostNodes);
  });

  test("a focus reaches no farther than can be drawn, and says so", () => {
    const star = graph(Array.from({ length: 900 }, (_, at) => `hub > n${at}`));
    const { nodes, notes } = makeScene(star, query({ focus: { id: "hub", distance: 1 } }));
    expect(nodes).toHaveLength(mostNodes);
    expect(nodes.some(({ id }) => id === "hub")).toBe(true);
    expect(notes.join(" ")).toContain("501 more are within reach.");
  });

  test("a search that finds too much shows no neighbours", () => {
    const { nodes } = makeScene(owned, query({ text: "app-1-" }));
    expect(nodes.every(({ match }) => match !== "none")).toBe(true);
    expect(nodes.length).toBeLessThanOrEqual(mostNodes);
  });
});

/** Teams with apps that wait for those of the team before; one app fails. */
function ownedWorld(teams: number, apps: number): Graph {
  const nodes: GraphNode[] = [node("root", { namespace: "flux" })];
  const edges: string[] = [];
  for (let team = 0; team < teams; team++) {
    nodes.push(node(`team-${team}`, { namespace: "flux" }));
    edges.push(`root : team-${team}`);
    for (let app = 0; app < apps; app++) {
      const id = `app-${team}-${app}`;
      nodes.push(node(id, team === 7 && app === 5 ? { tone: "failed" } : {}));
      edges.push(`team-${team} : ${id}`);
      if (team > 0) edges.push(`app-${team - 1}-${app} > ${id}`);
    }
  }
  return graph(edges, {}, nodes);
}
