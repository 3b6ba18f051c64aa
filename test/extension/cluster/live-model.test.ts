/** What the live views contain: ownership, sums of states, nodes, the order of reconciling. */
import { describe, expect, test } from "vitest";

import { objectId } from "#simulator";
import type { JsonObject } from "#simulator";

import { wholeChain, withSources } from "../../../extension/model/cluster/chain.ts";
import {
  nodeIds,
  parseClusterId,
  parseNodeId,
} from "../../../extension/model/cluster/live-node.ts";
import {
  attention,
  clusterChildren,
  clusterNode,
  objectChildren,
} from "../../../extension/model/cluster/live-tree.ts";
import { pruneImpact } from "../../../extension/model/cluster/prune-impact.ts";
import type { Overdue } from "../../../extension/model/cluster/overdue.ts";
import { newlyOverdue, reminderText } from "../../../extension/model/cluster/overdue.ts";
import { condition, failed, gitRepository, kustomization, ready } from "./live-objects.ts";
import { connected, id, ownedBy, World } from "./live-world.ts";

const byOwner = { mode: "owner", filter: "" } as const;

describe("ownership", () => {
  test("what is owned stands below its owner, whichever comes first", () => {
    const world = new World(kustomization("apps", { metadata: ownedBy("root") }));
    expect(world.roots()).toEqual(["apps"]);
    expect(world.put(kustomization("root"))).toContain(id("apps"));
    expect(world.roots()).toEqual(["root"]);
    expect(world.index.children(id("root"))).toEqual([id("apps")]);
    world.remove("root");
    expect(world.roots()).toEqual(["apps"]);
  });

  test("an applier that applies itself is a root", () => {
    expect(new World(kustomization("root", { metadata: ownedBy("root") })).roots()).toEqual([
      "root",
    ]);
  });

  test("a circle has one root, so nothing is hidden", () => {
    const world = new World(
      kustomization("a", { metadata: ownedBy("b") }),
      kustomization("b", { metadata: ownedBy("c") }),
      kustomization("c", { metadata: ownedBy("a") }),
    );
    expect(world.roots()).toEqual(["a"]);
    expect(world.index.children(id("a"))).toEqual([id("c")]);
    expect(world.index.children(id("c"))).toEqual([id("b")]);
    expect(world.index.children(id("b"))).toEqual([]);
  });

  test("the worst below is known at the root, and forgotten when it is mended", () => {
    const world = new World(
      kustomization("root", { status: ready() }),
      kustomization("apps", { metadata: ownedBy("root"), status: ready() }),
      kustomization("deep", { metadata: ownedBy("apps"), status: failed("BuildFailed", "no") }),
    );
    expect(world.index.aggregate(id("root")).worst).toBe("failed");
    const touched = world.put(
      kustomization("deep", { metadata: ownedBy("apps"), status: ready() }),
    );
    expect([...touched].sort()).toEqual([id("apps"), id("deep"), id("root")]);
    expect(world.index.aggregate(id("root"))).toMatchObject({ worst: "ready" });
    expect(world.index.aggregate(id("root")).counts).toEqual(new Map([["ready", 2]]));
  });

  test("who reads a source is judged again when the source fails", () => {
    const reader = kustomization("apps", {
      spec: { sourceRef: { kind: "GitRepository", name: "repo" } },
      status: failed("ArtifactFailed", "Source artifact not found"),
    });
    const world = new World(gitRepository("repo", { status: ready() }), reader);
    expect(world.index.get(id("apps"))?.status.state).toBe("failed");
    world.put(gitRepository("repo", { status: failed("GitOperationFailed", "auth") }));
    expect(world.index.get(id("apps"))?.status.state).toBe("waiting");
  });

  test("a new object of the same name has no past", () => {
    const world = new World(
      kustomization("a", { metadata: { uid: "1" }, status: failed("BuildFailed", "no") }),
    );
    const running = { conditions: [condition("Ready", "Unknown", "Progressing")] };
    world.put(kustomization("a", { metadata: { uid: "2" }, status: running }));
    expect(world.index.get(id("a"))?.status.state).toBe("reconciling");
    world.put(kustomization("a", { metadata: { uid: "2" }, status: failed("BuildFailed", "no") }));
    world.put(kustomization("a", { metadata: { uid: "2" }, status: running }));
    expect(world.index.get(id("a"))?.status.state).toBe("retrying");
  });
});

describe("the tree", () => {
  test("says in words what icons show", () => {
    const world = new World(
      kustomization("root", {
        status: failed("HealthCheckFailed", "timeout"),
        spec: { suspend: true },
      }),
    );
    const [node] = clusterChildren(world.view(), byOwner);
    expect(node).toMatchObject({
      label: "root",
      accessibleLabel: "Kustomization root in flux-system, suspended, last failed",
      icon: { id: "debug-pause" },
    });
    expect(node?.contextValue).toContain("+suspended");
    expect(node?.contextValue).not.toContain("+suspendable");
  });

  test("objects that only the inventory knows stand below their applier", () => {
    const entries = [
      { id: "demo_web_apps_Deployment", v: "v1" },
      { id: `flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization`, v: "v1" },
    ];
    const world = new World(
      kustomization("root", { status: { ...ready(), inventory: { entries } } }),
      kustomization("apps", { metadata: ownedBy("root"), status: ready() }),
    );
    const nodes = objectChildren(world.view(), id("root"));
    expect(nodes.map(({ label }) => label)).toEqual(["apps", "Deployment web"]);
  });

  test("what is applied elsewhere is not called missing", () => {
    const entries = [{ id: "demo_web_apps_Deployment", v: "v1" }];
    const world = new World(
      kustomization("far", {
        spec: { kubeConfig: { secretRef: { name: "far" } } },
        status: { ...ready(), inventory: { entries } },
      }),
    );
    expect(objectChildren(world.view(), id("far"))[0]?.description).toBe(
      "demo · on a remote cluster",
    );
  });

  test("groups by kind and by namespace; a filter looks at names, kinds and states", () => {
    const world = new World(
      kustomization("a", { status: ready() }),
      kustomization("b", { namespace: "apps", status: failed("BuildFailed", "no") }),
      gitRepository("repo", { status: ready() }),
    );
    const labels = (options: { mode: "kind" | "namespace" | "owner"; filter: string }) =>
      clusterChildren(world.view(), options).map(
        ({ label, description }) => `${label} ${description}`,
      );
    expect(labels({ mode: "kind", filter: "" })).toEqual([
      "GitRepository 1",
      "Kustomization 2 · 1 failed",
    ]);
    expect(labels({ mode: "namespace", filter: "" })).toEqual([
      "apps 1 · 1 failed",
      "flux-system 2",
    ]);
    expect(
      clusterChildren(world.view(), { mode: "owner", filter: "FAILED" }).map(({ label }) => label),
    ).toEqual(["b"]);
  });

  test("attention lists the worst first and leaves out what is well", () => {
    const world = new World(
      kustomization("well", { status: ready() }),
      kustomization("asleep", { spec: { suspend: true }, status: ready() }),
      kustomization("broken", { status: failed("BuildFailed", "no") }),
      kustomization("waiting", {
        status: failed("DependencyNotReady", "dependency 'a/b' is not ready"),
      }),
    );
    expect(attention([world.view()]).map(({ label }) => label)).toEqual([
      "broken",
      "waiting",
      "asleep",
    ]);
  });

  test("a restricted kind and a broken connection are said", () => {
    const state = {
      ...connected,
      restricted: ["g/Secretive"],
      interrupted: "The connection broke.",
    };
    const notes = clusterChildren(new World().view(state), byOwner).map(({ label }) => label);
    expect(notes).toEqual(["The connection broke.", "You may not list Secretive."]);
    expect(clusterNode(new World().view(state)).description).toContain("connection interrupted");
  });

  test("ids survive odd context names", () => {
    const context = "arn:aws:eks:eu|central/1";
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "a", name: "b" };
    expect(parseNodeId(nodeIds.object(context, id("x")))).toEqual({ context, id: id("x") });
    expect(parseNodeId(nodeIds.managed(context, id("x"), ref))).toEqual({
      context,
      owner: id("x"),
      id: objectId(ref),
    });
    expect(parseNodeId(nodeIds.cluster(context))).toBeUndefined();
    expect(parseClusterId(nodeIds.cluster(context))).toBe(context);
    expect(parseClusterId(nodeIds.closed(context))).toBe(context);
    expect(parseClusterId(nodeIds.object(context, id("x")))).toBeUndefined();
  });
});

describe("the order of reconciling", () => {
  const source = { sourceRef: { kind: "GitRepository", name: "repo" } };
  const world = new World(
    gitRepository("repo"),
    kustomization("root", { spec: source }),
    kustomization("apps", { metadata: ownedBy("root"), spec: source }),
    kustomization("late", { spec: { dependsOn: [{ name: "apps" }] } }),
    kustomization("later", { spec: { dependsOn: [{ name: "late" }] } }),
    kustomization("asleep", { spec: { suspend: true, dependsOn: [{ name: "apps" }] } }),
  );
  const names = (stages: readonly (readonly string[])[]) =>
    stages.map((stage) => stage.map((one) => one.split("/").at(-1)));
  const apps = world.index.get(id("apps"));

  test("sources, then the object", () => {
    expect(apps && names(withSources(apps, world.index).stages)).toEqual([["repo"], ["apps"]]);
  });

  test("sources, owners, the object, dependants; each once, without those that are suspended", () => {
    const chain = apps && wholeChain(apps, world.index);
    expect(chain && names(chain.stages)).toEqual([
      ["repo"],
      ["root"],
      ["apps"],
      ["late"],
      ["later"],
    ]);
    expect(chain?.suspended).toEqual([id("asleep")]);
  });
});

describe("deleting an applier", () => {
  const entries = Array.from({ length: 9 }, (_, at) => ({ id: `demo_c${at}__ConfigMap`, v: "v1" }));
  const impact = (spec: JsonObject): string => {
    const world = new World(
      kustomization("root"),
      kustomization("apps", {
        metadata: ownedBy("root"),
        spec,
        status: { ...ready(), inventory: { entries } },
      }),
    );
    const apps = world.index.get(id("apps"));
    return apps === undefined ? "" : pruneImpact(apps, world.index);
  };

  test.each([
    [{ prune: true }, "are deleted with it"],
    [{ prune: false }, "stay in the cluster"],
    [{ prune: true, suspend: true }, "stay in the cluster"],
    [{ prune: true, deletionPolicy: "Orphan" }, "stay in the cluster"],
    [{ prune: false, deletionPolicy: "MirrorPrune" }, "stay in the cluster"],
    [{ prune: false, deletionPolicy: "Delete" }, "are deleted with it"],
  ])("%j: its objects %s", (spec, fate) => {
    const text = impact(spec);
    expect(text).toContain(`Kustomization flux-system/apps: 9 objects ${fate}: ConfigMap demo/c0,`);
    expect(text).toContain("and 1 more.");
    expect(text).toContain("Kustomization flux-system/root creates it again");
  });

  test("says nothing where nothing else happens", () => {
    const world = new World(kustomization("root"));
    const root = world.index.get(id("root"));
    expect(root && pruneImpact(root, world.index)).toBe("");
  });
});

describe("a suspension with a note", () => {
  const noted = (until: string) =>
    kustomization("asleep", {
      metadata: {
        annotations: { "sluice/suspend-reason": "migration", "sluice/suspend-until": until },
      },
      spec: { suspend: true },
      status: ready(),
    });
  const label = (world: World): string => attention([world.view()])[0]?.accessibleLabel ?? "";

  test("says why, and that its end has passed", () => {
    expect(label(new World(noted("2026-03-01T00:00:00Z")))).toBe(
      "Kustomization asleep in flux-system, suspended, migration",
    );
    expect(label(new World(noted("2026-01-01T00:00:00Z")))).toBe(
      "Kustomization asleep in flux-system, suspended, its end has passed, migration",
    );
    expect(label(new World(noted("some day")))).not.toContain("passed");
  });

  test("is mentioned once when its end has passed, and again when a new end passes", () => {
    const reminded = new Set<string>();
    const remind = (until: string): readonly Overdue[] => {
      const { index } = new World(noted(until));
      return newlyOverdue("test", [id("asleep"), id("none")], index, reminded);
    };
    expect(remind("2026-03-01T00:00:00Z")).toEqual([]);
    const [first] = remind("2026-01-01T00:00:00Z");
    expect(first && reminderText([first])).toBe(
      "Kustomization flux-system/asleep in test is suspended longer than was meant (migration).",
    );
    expect(remind("2026-01-01T00:00:00Z")).toEqual([]);
    expect(remind("2026-01-15T00:00:00Z")).toHaveLength(1);
  });

  test("is a suspension no more when it is resumed", () => {
    const world = new World(noted("2026-01-01T00:00:00Z"));
    world.put(kustomization("asleep", { status: ready() }));
    expect(world.index.get(id("asleep"))?.suspension).toBeUndefined();
  });
});
