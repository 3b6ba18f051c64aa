/** What a live view draws again after a change, and how long lists are cut into pages. */
import { describe, expect, test } from "vitest";

import { DrawnTree } from "../../../extension/model/cluster/drawn-tree.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import {
  attention,
  clusterChildren,
  groupChildren,
  objectChildren,
  sourceGroups,
} from "../../../extension/model/cluster/live-tree.ts";
import { failed, gitRepository, kustomization, ready } from "./live-objects.ts";
import { id, ownedBy, World } from "./live-world.ts";

const byOwner = { mode: "owner", filter: "" } as const;
const broken = failed("BuildFailed", "no");
const node = (name: string): string => nodeIds.object("test", id(name));
const labels = (nodes: readonly LiveNode[]): readonly string[] => nodes.map(({ label }) => label);

/** The objects of a world, drawn as the view Clusters draws those of one cluster, and a clock that stands still. */
function drawn(world: World) {
  const clock = { now: 1_000_000 };
  const content = (one: LiveNode | undefined): readonly LiveNode[] => {
    const target = one?.target.kind === "more" ? one.target.list : one?.target;
    const from = one?.target.kind === "more" ? one.target.from : 0;
    return target?.kind === "object"
      ? objectChildren(world.view(), target.id, from)
      : clusterChildren(world.view(), byOwner, from);
  };
  return { clock, tree: new DrawnTree(content, () => clock.now) };
}

function owned(count: number, state = ready()) {
  return Array.from({ length: count }, (_, at) =>
    kustomization(`app${String(at).padStart(4, "0")}`, {
      metadata: ownedBy("root"),
      status: state,
    }),
  );
}

describe("drawing again", () => {
  const family = (): World =>
    new World(
      kustomization("root", { status: ready() }),
      kustomization("other", { status: ready() }),
      ...owned(30),
    );

  test("nothing before anybody looked, and nothing when nothing differs", () => {
    const world = family();
    const { tree } = drawn(world);
    expect(tree.redraw()).toEqual({ all: false, ids: [] });
    tree.draw();
    tree.draw(node("root"));
    // A new version of the same state.
    world.put(...owned(30, ready("Applied revision: main@sha1:5678")));
    expect(tree.redraw()).toEqual({ all: false, ids: [] });
  });

  test("only the row that differs", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    world.put(kustomization("other", { status: broken }));
    expect(tree.redraw()).toEqual({ all: false, ids: [node("other")] });
    expect(tree.node(node("other"))?.description).toContain("failed");
    expect(tree.redraw()).toEqual({ all: false, ids: [] });
  });

  test("a row that nobody unfolded costs only the sum above it", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    world.put(kustomization("app0003", { metadata: ownedBy("root"), status: broken }));
    expect(tree.redraw()).toEqual({ all: false, ids: [node("root")] });
    expect(tree.node(node("root"))?.description).toContain("1 failed");
  });

  test("a sum waits for the rows below it, which don't wait, and is drawn at last", () => {
    const world = family();
    const { tree, clock } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    const fail = (name: string): void =>
      void world.put(kustomization(name, { metadata: ownedBy("root"), status: broken }));
    fail("app0003");
    expect(tree.redraw().ids).toEqual([node("root")]);
    // As an editor does with a row that is unfolded.
    tree.draw(node("root"));
    fail("app0004");
    clock.now += 100;
    const { ids, wait = 0 } = tree.redraw();
    expect(ids).toEqual([node("app0004")]);
    expect(wait).toBeGreaterThan(0);
    expect(tree.node(node("root"))?.description).toContain("1 failed");
    clock.now += wait;
    expect(tree.redraw()).toEqual({ all: false, ids: [node("root")] });
    expect(tree.node(node("root"))?.description).toContain("2 failed");
  });

  test("the state of a row itself never waits", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    const otherwise = failed("HealthCheckFailed", "timeout");
    for (const status of [broken, otherwise, ready(), broken]) {
      world.put(kustomization("root", { status }));
      expect(tree.redraw().ids).toEqual([node("root")]);
    }
  });

  test("below a row whose children came or went it is drawn again, and everything only for roots", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    world.remove("app0003");
    expect(tree.redraw()).toEqual({ all: false, ids: [node("root")] });
    tree.draw(node("root"));
    expect(tree.node(node("app0003"))).toBeUndefined();
    world.remove("other");
    expect(tree.redraw()).toEqual({ all: true, ids: [] });
  });

  test("folded rows are not looked at until somebody unfolds them", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    tree.fold(node("root"));
    world.remove("app0003");
    expect(tree.redraw().ids).toEqual([]);
    expect(tree.unfold(node("root"))).toBe(true);
    expect(tree.redraw().ids).toEqual([node("root")]);
  });

  test("an object that moved below another owner is still known", () => {
    const world = family();
    const { tree } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    world.put(kustomization("app0003", { metadata: ownedBy("other"), status: ready() }));
    tree.draw(node("other"));
    tree.draw(node("root"));
    expect(tree.parent(node("app0003"))).toBe(node("other"));
  });
});

describe("pages", () => {
  test("a long list is drawn page by page, each object once", () => {
    const world = new World(kustomization("root", { status: ready() }), ...owned(250));
    const { tree } = drawn(world);
    tree.draw();
    const seen: string[] = [];
    let at: string | undefined = node("root");
    for (let pages = 0; at !== undefined; pages++) {
      expect(pages).toBeLessThan(3);
      const ids: readonly string[] = tree.draw(at);
      expect(ids.length).toBeLessThanOrEqual(101);
      const last: LiveNode | undefined = tree.node(ids.at(-1) ?? "");
      at = last?.target.kind === "more" ? last.id : undefined;
      if (at !== undefined) expect(last?.expand).toBe("collapsed");
      seen.push(...ids.filter((one) => one !== at));
    }
    expect(seen).toEqual(
      owned(250).map((_, index) => node(`app${String(index).padStart(4, "0")}`)),
    );
    expect(tree.node(nodeIds.more("test", `o${id("root")}`, 100))).toMatchObject({
      label: "150 more objects…",
      accessibleLabel: "150 more objects…",
    });
  });

  test("what stands on a later page can be revealed", () => {
    const world = new World(kustomization("root", { status: ready() }), ...owned(250));
    const { tree } = drawn(world);
    tree.drawTo([node("root"), node("app0222")]);
    expect(tree.node(node("app0222"))?.label).toBe("app0222");
    const way: string[] = [];
    for (let at = tree.parent(node("app0222")); at !== undefined; at = tree.parent(at))
      way.push(at);
    const page = (from: number): string => nodeIds.more("test", `o${id("root")}`, from);
    expect(way).toEqual([page(200), page(100), node("root")]);
  });

  test("what nobody unfolded changes one row", () => {
    const world = new World(kustomization("root", { status: ready() }), ...owned(250));
    const { tree, clock } = drawn(world);
    tree.draw();
    tree.draw(node("root"));
    world.remove("app0222");
    clock.now += 60_000;
    const { ids } = tree.redraw();
    expect(ids).toEqual([nodeIds.more("test", `o${id("root")}`, 100)]);
  });

  test("objects of an inventory come after the Flux objects, on the same pages", () => {
    const entries = Array.from({ length: 150 }, (_, at) => ({
      id: `demo_c${at}__ConfigMap`,
      v: "v1",
    }));
    const status = { ...ready(), inventory: { entries } };
    const world = new World(kustomization("root", { status }), ...owned(60));
    const first = objectChildren(world.view(), id("root"));
    expect(first).toHaveLength(101);
    expect(first[60]?.label).toBe("ConfigMap c0");
    const second = objectChildren(world.view(), id("root"), 100);
    expect(second[0]?.label).toBe("ConfigMap c40");
    const third = objectChildren(world.view(), id("root"), 200);
    expect(third).toHaveLength(10);
  });

  test("Attention, groups and roots have pages too", () => {
    const many = Array.from({ length: 120 }, (_, at) =>
      kustomization(`k${100 + at}`, { status: broken }),
    );
    const view = new World(...many).view();
    for (const list of [
      (from: number) => attention([view], from),
      (from: number) => clusterChildren(view, byOwner, from),
      (from: number) => clusterChildren(view, { mode: "owner", filter: "k" }, from),
      (from: number) => groupChildren(view, "Kustomization", { mode: "kind", filter: "" }, from),
    ]) {
      const first = labels(list(0));
      expect([first.length, first[99], first[100]]).toEqual([101, "k199", "20 more objects…"]);
      expect(labels(list(100))).toEqual(many.slice(100).map((_, at) => `k${200 + at}`));
    }
  });

  test("notes about the connection stand on the first page only", () => {
    const many = Array.from({ length: 120 }, (_, at) => kustomization(`k${100 + at}`));
    const state = {
      kind: "connected",
      version: "",
      kinds: 1,
      loading: false,
      restricted: ["g/Kind"],
    } as const;
    const view = new World(...many).view(state);
    expect(labels(clusterChildren(view, byOwner))[0]).toBe("You may not list Kind.");
    expect(labels(clusterChildren(view, byOwner, 100))[0]).toBe("k200");
  });
});

describe("kinds are named", () => {
  const world = new World(
    kustomization("root", { status: ready() }),
    kustomization("apps", { metadata: ownedBy("root"), status: ready() }),
    gitRepository("repo", { metadata: ownedBy("root"), status: ready() }),
  );

  test("below an owner", () => {
    const below = objectChildren(world.view(), id("root"));
    expect(below.map(({ label, description }) => `${label} ${description}`)).toEqual([
      "repo GitRepository flux-system",
      "apps Kustomization flux-system",
    ]);
  });

  test("sources stand above what sends messages", () => {
    const alert = {
      apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
      kind: "Alert",
      metadata: { name: "alert", namespace: "flux-system" },
    };
    const view = new World(gitRepository("repo"), alert).view();
    expect(labels(sourceGroups(view, byOwner))).toEqual(["GitRepository", "Alert"]);
  });

  test("not in a group that names it", () => {
    const group = (mode: "kind" | "namespace", name: string) =>
      groupChildren(world.view(), name, { mode, filter: "repo" })[0]?.description;
    expect(group("kind", "GitRepository")).toBe("flux-system");
    expect(group("namespace", "flux-system")).toBe("GitRepository flux-system");
  });
});
