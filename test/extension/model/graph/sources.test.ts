/** What graphs are made from: the live objects of a cluster, and the plan of a working tree. */
import { describe, expect, test } from "vitest";

import type { Graph } from "../../../../extension/model/graph/graph.ts";
import { liveGraph } from "../../../../extension/model/graph/live-graph.ts";
import { planGraph } from "../../../../extension/model/graph/plan-graph.ts";
import { makeScene } from "../../../../extension/model/graph/scene.ts";
import { condition, failed, gitRepository, helmRelease } from "../../cluster/live-objects.ts";
import { kustomization, live, ready } from "../../cluster/live-objects.ts";
import { connected, ownedBy, World } from "../../cluster/live-world.ts";
import { applier as anyApplier, change, plan, problem } from "../plan-builder.ts";
import { query } from "./graph-builder.ts";

const edges = ({ edges: all }: Graph): readonly string[] =>
  all.map(({ from, to, relation }) => `${short(from)} ${relation} ${short(to)}`).sort();
const short = (id: string): string => id.split("/").slice(-1).join();
const toneOf = (graph: Graph, name: string): string | undefined =>
  [...graph.nodes.values()].find((node) => node.name === name)?.tone;

const repository = { kind: "GitRepository", name: "flux-system" };

/** With its source as the simulator names it. */
const applier: typeof anyApplier = (name, rest) =>
  anyApplier(name, {
    ...rest,
    record: { source: "GitRepository flux-system/flux-system", ...rest?.record },
  });

describe("a live cluster", () => {
  const world = new World(
    gitRepository("flux-system", { status: ready(), metadata: ownedBy("root") }),
    kustomization("root", { spec: { sourceRef: repository }, status: ready() }),
    kustomization("infra", {
      spec: { sourceRef: repository },
      status: failed("BuildFailed", "no such file"),
      metadata: ownedBy("root"),
    }),
    kustomization("apps", {
      spec: { sourceRef: repository, dependsOn: [{ name: "infra" }, { name: "gone" }] },
      status: failed("DependencyNotReady", "dependency 'flux-system/infra' is not ready"),
      metadata: ownedBy("root"),
    }),
  );

  test("dependencies, sources and owners, from what is needed to what needs it", () => {
    expect(edges(liveGraph(world.index, connected))).toEqual([
      "flux-system source apps",
      "flux-system source infra",
      "flux-system source root",
      "gone dependsOn apps",
      "infra dependsOn apps",
      "root owner apps",
      "root owner flux-system",
      "root owner infra",
    ]);
  });

  test("states, and the blocker", () => {
    const graph = liveGraph(world.index, connected);
    expect(["root", "infra", "apps", "gone"].map((name) => toneOf(graph, name))).toEqual([
      "ready",
      "failed",
      "waiting",
      "missing",
    ]);
    const { nodes, blockers, cycles } = makeScene(graph, query());
    expect(nodes.find(({ critical }) => critical)?.title).toBe("infra");
    expect(blockers.map(({ text }) => text)).toEqual([
      "Kustomization infra in flux-system (failed): 1 object waits for it.",
      "Kustomization gone in flux-system (not found): 1 object waits for it.",
    ]);
    expect(cycles).toEqual([]);
  });

  test("what can't be read, or not yet, is not called missing", () => {
    const scope = "kustomize.toolkit.fluxcd.io/Kustomization";
    for (const state of [
      { ...connected, loading: true },
      { ...connected, restricted: [scope] },
      { kind: "connecting", step: "Listing" } as const,
    ])
      expect(toneOf(liveGraph(world.index, state), "gone")).toBe("unknown");
    const elsewhere = new World(
      kustomization("apps", { spec: { dependsOn: [{ name: "gone", namespace: "unseen" }] } }),
    );
    expect(toneOf(liveGraph(elsewhere.index, connected), "gone")).toBe("unknown");
  });

  test("a release hangs on its chart, and the chart on its repository", () => {
    const chartSpec = { chart: "shop", sourceRef: { kind: "HelmRepository", name: "charts" } };
    const release = helmRelease("shop", { spec: { chart: { spec: chartSpec } } });
    const charts = live("source.toolkit.fluxcd.io/v1", "HelmRepository", "charts", {});
    const chart = live("source.toolkit.fluxcd.io/v1", "HelmChart", "flux-system-shop", {
      spec: { sourceRef: { kind: "HelmRepository", name: "charts" } },
    });
    expect(edges(liveGraph(new World(release, charts, chart).index, connected))).toEqual([
      "charts source flux-system-shop",
      "flux-system-shop source shop",
    ]);
    expect(edges(liveGraph(new World(release, charts).index, connected))).toEqual([
      "charts source shop",
    ]);
    const alone = liveGraph(new World(release).index, connected);
    expect(edges(alone)).toEqual(["charts source shop"]);
    expect(toneOf(alone, "charts")).toBe("missing");
  });

  test("what was ready when it was suspended holds nobody up", () => {
    const suspended = (name: string, status: ReturnType<typeof ready>) =>
      kustomization(name, { spec: { suspend: true }, status });
    const graph = liveGraph(
      new World(suspended("well", ready()), suspended("ill", failed("BuildFailed", "no"))).index,
      connected,
    );
    const blocks = [...graph.nodes.values()].map(({ name, tone, blocks: is }) => [name, tone, is]);
    expect(blocks).toEqual([
      ["well", "suspended", false],
      ["ill", "suspended", true],
    ]);
  });

  test("a node that nothing happened to is the same object again", () => {
    const before = liveGraph(world.index, connected);
    const ids = world.put(kustomization("infra", { status: ready(), metadata: ownedBy("root") }));
    expect(ids.size).toBeGreaterThan(0);
    const after = liveGraph(world.index, connected);
    const same = [...after.nodes].filter(([id, node]) => before.nodes.get(id) === node);
    expect(same.map(([id]) => short(id))).toContain("flux-system");
    expect(toneOf(after, "infra")).toBe("ready");
  });

  test("messages of the cluster are text, and what runs is told apart", () => {
    const running = kustomization("a", {
      status: {
        conditions: [
          condition("Reconciling", "True", "Progressing", "<script>alert(1)</script>"),
          condition("Ready", "Unknown", "Progressing", "<script>alert(1)</script>"),
        ],
      },
    });
    const [node] = liveGraph(new World(running).index, connected).nodes.values();
    expect(node?.tone).toBe("working");
    expect(node?.detail).toBe("Progressing: <script>alert(1)</script>");
  });
});

describe("a working tree", () => {
  const id = (name: string): string => `production|Kustomization/flux-system/${name}`;
  const sample = plan([
    applier("root"),
    applier("infra", {
      record: { parent: id("root"), state: "failed", reason: "BuildFailed", message: "no file" },
      problems: [problem("no file")],
    }),
    applier("apps", {
      record: { parent: id("root"), state: "blocked", dependsOn: [id("infra"), id("gone")] },
    }),
    applier("tenants", {
      record: { parent: id("root"), origin: { path: "tenants.yaml", line: 3 } },
      changes: [change("created", "Deployment tenants/one")],
    }),
    applier("old", { status: "deleted" }),
  ]);
  const graph = planGraph(sample);

  test("appliers with their source, dependencies and owners", () => {
    expect(edges(graph)).toEqual([
      "flux-system source apps",
      "flux-system source infra",
      "flux-system source root",
      "flux-system source tenants",
      "gone dependsOn apps",
      "infra dependsOn apps",
      "root owner apps",
      "root owner infra",
      "root owner tenants",
    ]);
  });

  test("what fails, waits, changes, goes and is missing", () => {
    const states = [...graph.nodes.values()].map(({ name, tone, words }) => [name, tone, words]);
    expect(states).toEqual([
      ["root", "ready", "ready"],
      ["infra", "failed", "fails, 1 problem"],
      ["apps", "waiting", "waits for a dependency"],
      ["tenants", "changed", "ready, 1 change"],
      ["old", "changed", "deleted by prune"],
      ["flux-system", "ready", "source"],
      ["gone", "missing", "not found"],
    ]);
    const { nodes } = makeScene(graph, query());
    expect(nodes.find(({ critical }) => critical)?.label).toBe(
      "Kustomization infra in flux-system, fails, 1 problem, critical blocker, 1 object waits for it",
    );
  });

  test("what can be done with each", () => {
    const actions = (name: string) =>
      [...graph.nodes.values()].find((node) => node.name === name)?.actions;
    expect(actions("tenants")).toEqual(["open", "file", "reveal"]);
    expect(actions("root")).toEqual(["open", "reveal"]);
    expect(actions("old")).toEqual(["reveal"]);
    expect(actions("flux-system")).toEqual([]);
  });

  test("clusters of one repository are told apart", () => {
    const twice = plan([], {
      clusters: [
        { name: "production", appliers: [applier("root")] },
        {
          name: "staging",
          appliers: [
            applier("root", {
              record: { id: "staging|Kustomization/flux-system/root", cluster: "staging" },
            }),
          ],
        },
      ],
    });
    const places = [...planGraph(twice).nodes.values()].map(({ namespace }) => namespace);
    expect(new Set(places)).toEqual(new Set(["production / flux-system", "staging / flux-system"]));
  });

  test("an empty plan is an empty scene", () => {
    const scene = makeScene(planGraph(plan([])), query());
    expect(scene.nodes).toEqual([]);
    expect(scene.notes).toEqual([]);
  });
});
