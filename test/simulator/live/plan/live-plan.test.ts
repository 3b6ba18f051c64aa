/** What a push would do to a cluster, on one that is made of objects. The same on a real one is `test/cluster/live-plan.test.ts`. */
import { describe, expect, test } from "vitest";

import type { FileTree, Plan } from "#simulator";
import { edited } from "../../../support/fixture.ts";
import { configMap, kustomization } from "../../../support/flux.ts";
import { refusal } from "./fake-cluster.ts";
import { alter, apps, at, base, codes, lines, useLivePlans } from "./plan-bench.ts";

const { bench, start, plan } = useLivePlans();

describe("a plan against a cluster", () => {
  test("is empty when everything is there", async () => {
    const found = await plan(base, await start());
    expect(lines(found)).toEqual([]);
    expect(found.problems).toEqual([]);
    expect(found.base).toBe("fake");
    expect(found.live).toEqual({
      context: "fake",
      known: { "dry-run": 7, structural: 0, repository: 0, unanswered: 0 },
      taken: [],
    });
  });

  test("has what the cluster would store, what is new and what is pruned", async () => {
    const target = edited(base, {
      "apps/one.yaml": configMap("one", "changed"),
      "apps/two.yaml": undefined,
      "apps/new.yaml": configMap("new", "n"),
    });
    const cluster = await start();
    const found = await plan(target, cluster);
    expect(lines(found)).toEqual([
      "apps: created ConfigMap/new",
      'apps: changed ConfigMap/one /data/key "1"→"changed"',
      "apps: deleted ConfigMap/two",
    ]);
    expect(found.counts).toMatchObject({ created: 1, changed: 1, deleted: 1 });
    const change = found.clusters[0]?.appliers[1]?.changes[1];
    expect(change).toMatchObject({ known: "dry-run", origin: { path: "apps/one.yaml" } });
    expect(bench.simulator.liveTexts(found, change?.id ?? "")?.before).toContain('key: "1"');
    const verbs = cluster.requests.map(({ verb }) => verb);
    expect(new Set(verbs)).toEqual(new Set(["get", "dry-run"]));
  });

  test("asks again only about appliers whose objects or state are other ones", async () => {
    const cluster = await start();
    await plan(base, cluster);
    const dryRuns = (): readonly string[] =>
      cluster.requests.filter(({ verb }) => verb === "dry-run").map(({ path }) => path);
    const before = dryRuns().length;
    await plan(edited(base, { "apps/one.yaml": configMap("one", "changed") }), cluster);
    expect(dryRuns().slice(before)).toEqual([at("one")]);
  });
});

describe("pruning", () => {
  const target = edited(base, { "apps/two.yaml": undefined });

  test("spares what somebody else owns by now, and what is gone already", async () => {
    const cluster = await start();
    alter(cluster, at("two"), ({ metadata }) => {
      metadata.labels["kustomize.toolkit.fluxcd.io/name"] = "somebody";
    });
    expect(lines(await plan(target, cluster))).toEqual([]);
    cluster.objects.delete(at("two"));
    expect(lines(await plan(target, cluster))).toEqual([]);
  });

  test.each(["prune: Disabled", "reconcile: disabled", "ssa: Ignore"])(
    "passes %s by",
    async (text) => {
      const [key, value] = text.split(": ");
      const cluster = await start();
      alter(cluster, at("two"), ({ metadata }) => {
        metadata.annotations = { [`kustomize.toolkit.fluxcd.io/${key ?? ""}`]: value };
      });
      expect(lines(await plan(target, cluster))).toEqual([
        expect.stringMatching(/^apps: orphaned ConfigMap\/two \(its annotation /),
      ]);
    },
  );

  test("is off with prune: false", async () => {
    const off = edited(target, {
      "cluster/apps.yaml": kustomization("apps", "./apps", "  prune: false"),
    });
    expect(lines(await plan(off, await start()))).toContain(
      "apps: orphaned ConfigMap/two (prune is off)",
    );
  });

  test("of a Kustomization takes what it applied, unless it is told not to", async () => {
    const without = edited(base, { "cluster/other.yaml": undefined });
    const cluster = await start();
    const found = await plan(without, cluster);
    expect(lines(found)).toEqual([
      "flux-system: deleted Kustomization/other",
      "other: deleted ConfigMap/three",
    ]);
    expect(
      found.clusters[0]?.appliers.map(({ applier, status }) => [applier.ref.name, status]),
    ).toContainEqual(["other", "deleted"]);
    alter(cluster, apps.replace(/apps$/, "other"), ({ spec }) => {
      spec.deletionPolicy = "Orphan";
    });
    expect(lines(await plan(without, cluster))).toEqual([
      "flux-system: deleted Kustomization/other",
      "other: orphaned ConfigMap/three (its deletionPolicy is Orphan)",
    ]);
  });

  test("of an object that another Kustomization renders is a move", async () => {
    const moved = edited(target, { "other/two.yaml": configMap("two", "2") });
    const found = await plan(moved, await start());
    expect(lines(found)).toEqual(["other: moved ConfigMap/two from apps"]);
    expect(found.risks?.map(({ code }) => code)).toContain("risk/prune-by-move");
  });

  test("says when the inventory can't be read", async () => {
    const cluster = await start();
    cluster.intercept = ({ verb, path }) =>
      verb === "get" && path.includes("/kustomizations")
        ? refusal(403, "no", "Forbidden")
        : undefined;
    const found = await plan(target, cluster);
    expect(lines(found)).toEqual([]);
    expect(codes(found)).toContain("live-unanswered");
    expect(found.live?.partial).toBeDefined();
  });
});

test("a kind that only the cluster knows may have no namespace there", async () => {
  const wide =
    "apiVersion: example.test/v1\nkind: Wide\nmetadata: {name: w, namespace: apps}\nspec: {a: b}\n";
  const tree = edited(base, { "apps/wide.yaml": wide });
  const cluster = await start(tree);
  expect(lines(await plan(tree, cluster))).toEqual([]);
  expect(lines(await plan(base, cluster))).toEqual(["apps: deleted Wide/w"]);
});

describe("what the API server refuses", () => {
  const target = edited(base, {
    "apps/one.yaml": configMap("one", "changed"),
    "apps/two.yaml": undefined,
    "other/three.yaml": configMap("three", "changed"),
  });
  const immutable = refusal(
    422,
    'ConfigMap "one" is invalid: data: Invalid value: "x": field is immutable',
    "Invalid",
  );

  async function refusing(tree: FileTree): Promise<Plan> {
    const cluster = await start();
    cluster.intercept = ({ verb, path }) =>
      verb === "dry-run" && path === at("one") ? immutable : undefined;
    return plan(tree, cluster);
  }

  test("is a problem where it is written; its applier stops, and what waits for it waits", async () => {
    const found = await refusing(target);
    expect(lines(found)).toEqual([]);
    expect(found.problems).toMatchObject([
      { code: "live-refused", severity: "error", place: { path: "apps/one.yaml" } },
    ]);
    const states = found.clusters[0]?.appliers.map(({ applier }) => [
      applier.ref.name,
      applier.state,
    ]);
    expect(states).toEqual([
      ["flux-system", "ready"],
      ["apps", "failed"],
      ["other", "blocked"],
    ]);
    expect(found.risks).toMatchObject([{ code: "risk/immutable-field", severity: "high" }]);
  });

  test("is deleted and created anew when the Kustomization forces it", async () => {
    const forced = edited(target, {
      "cluster/apps.yaml": kustomization("apps", "./apps", "  force: true"),
    });
    const found = await refusing(forced);
    expect(lines(found)).toContain('apps: recreated ConfigMap/one /data/key "1"→"changed"');
    expect(found.counts.recreated).toBe(1);
    expect(found.risks).toMatchObject([{ code: "risk/immutable-field", severity: "medium" }]);
  });
});

test("what the server refuses stops its stage and those after it, not those before", async () => {
  const cluster = await start();
  cluster.intercept = ({ verb, path }) =>
    verb === "dry-run" && path === at("one") ? refusal(422, "no", "Invalid") : undefined;
  const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n";
  const target = edited(base, {
    "apps/namespace.yaml": namespace,
    "apps/new.yaml": configMap("new", "n"),
    "apps/two.yaml": undefined,
  });
  expect(lines(await plan(target, cluster))).toEqual(["apps: created Namespace/more"]);
});

test("what would be made by an applier that fails does nothing either", async () => {
  const cluster = await start();
  cluster.intercept = ({ verb, path }) =>
    verb === "dry-run" && path.endsWith("/bad") ? refusal(422, "no", "Invalid") : undefined;
  const target = edited(base, {
    "cluster/bad.yaml": configMap("bad", "x"),
    "cluster/fresh.yaml": kustomization("fresh", "./fresh"),
    "fresh/one.yaml": configMap("fresh", "1"),
    "apps/one.yaml": configMap("one", "changed"),
  });
  const found = await plan(target, cluster);
  expect(lines(found)).toEqual(['apps: changed ConfigMap/one /data/key "1"→"changed"']);
  const states = found.clusters[0]?.appliers.map(({ applier }) => [
    applier.ref.name,
    applier.state,
  ]);
  expect(states).toContainEqual(["fresh", "blocked"]);
  expect(states).toContainEqual(["apps", "ready"]);
});

test("what the server refuses a parent keeps away from its children what is new about them", async () => {
  const cluster = await start();
  const bad = "/api/v1/namespaces/flux-system/configmaps/bad";
  cluster.intercept = ({ verb, path }) =>
    verb === "dry-run" && path === bad ? refusal(422, "no", "Invalid") : undefined;
  const target = edited(base, {
    "cluster/bad.yaml": configMap("bad", "x").replace("namespace: apps", "namespace: flux-system"),
    "cluster/apps.yaml": kustomization("apps", "./apps", "  force: true"),
    "cluster/extra.yaml": kustomization("extra", "./extra"),
    "cluster/after.yaml": kustomization("after", "./after", "  dependsOn: [{name: extra}]"),
    "apps/one.yaml": configMap("one", "changed"),
    "extra/child.yaml": kustomization("grandchild", "./grandchild"),
    "grandchild/four.yaml": configMap("four", "4"),
    "after/five.yaml": configMap("five", "5"),
    "other/three.yaml": configMap("three", "changed"),
  });
  const found = await plan(target, cluster);
  expect(codes(found)).toEqual(["live-refused"]);
  // Nobody changed that one, and who it waits for is as ready as before.
  expect(lines(found)).toEqual(['other: changed ConfigMap/three /data/key "3"→"changed"']);
  const states = found.clusters[0]?.appliers.map(({ applier }) => [
    applier.ref.name,
    applier.state,
    applier.message,
  ]);
  const cause =
    "Kustomization flux-system/flux-system, which would apply it, does not come to that.";
  expect(states).toEqual(
    expect.arrayContaining([
      ["flux-system", "failed", expect.stringContaining("refuses")],
      ["apps", "unknown", `It stays as it is on the cluster, because ${cause}`],
      ["extra", "blocked", `It is not there yet, and ${cause}`],
      ["after", "blocked", expect.any(String)],
      ["grandchild", "blocked", expect.stringContaining("is not there yet")],
      ["other", "ready", undefined],
    ]),
  );
});

describe("switches", () => {
  test("ssa: IfNotPresent and what the object on the cluster says are honoured", async () => {
    const once = "  annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}\n";
    const cluster = await start();
    const target = edited(base, {
      "apps/one.yaml": configMap("one", "changed", once),
      "apps/new.yaml": configMap("new", "n", once),
      "apps/two.yaml": configMap("two", "changed"),
    });
    alter(cluster, at("two"), ({ metadata }) => {
      metadata.labels["kustomize.toolkit.fluxcd.io/reconcile"] = "disabled";
    });
    expect(lines(await plan(target, cluster))).toEqual(["apps: created ConfigMap/new"]);
  });

  test("spec.ignore leaves fields to others", async () => {
    const cluster = await start();
    alter(cluster, at("one"), (object) => {
      object.data["key"] = "somebody else's";
    });
    expect(lines(await plan(base, cluster))).toHaveLength(1);
    const ignoring = edited(base, {
      "cluster/apps.yaml": kustomization(
        "apps",
        "./apps",
        "  ignore: [{paths: [/data/key], target: {kind: Config.*, name: one}}]",
      ),
    });
    const found = lines(await plan(ignoring, cluster));
    expect(found.filter((line) => line.startsWith("apps:"))).toEqual([]);
    const labelled = edited(ignoring, {
      "apps/one.yaml": configMap("one", "changed", "  labels: {new: label}\n"),
    });
    expect(lines(await plan(labelled, cluster))).toContain(
      'apps: changed ConfigMap/one /metadata/labels/new →"label"',
    );
  });

  test("an applier that is suspended on the cluster asks nothing", async () => {
    const cluster = await start();
    alter(cluster, apps, ({ spec }) => {
      spec.suspend = true;
    });
    const found = await plan(
      edited(base, { "apps/one.yaml": configMap("one", "changed") }),
      cluster,
    );
    expect(lines(found)).toEqual([]);
    expect(found.clusters[0]?.appliers[1]?.applier).toMatchObject({ state: "suspended" });
    expect(cluster.requests.map(({ path }) => path)).not.toContain(at("one"));
  });
});
