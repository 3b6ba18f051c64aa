/**
 * Plans against a real API server with the real controllers: nothing once they have converged, and before each push just what they do
 * after it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Plan } from "#simulator";
import { kustomization, kustomizationRef } from "./harness/flux-objects.ts";
import { applied, hasFailed } from "./harness/follow.ts";
import { until } from "./harness/process.ts";
import { lines, states } from "./plan-world/lines.ts";
import { configMap, deployment, release, start } from "./plan-world/repository.ts";
import { startPlanWorld, whatIsPlanned } from "./plan-world/world.ts";
import type { PlanWorld } from "./plan-world/world.ts";

let world: PlanWorld;

beforeAll(async () => {
  world = await startPlanWorld();
  await world.push(start);
});

afterAll(async () => world?.stop());

test("nothing would change once the controllers have converged", async () => {
  const plan = await world.planFor(start);
  expect(plan.problems).toEqual([]);
  expect(lines(plan)).toEqual([]);
  expect(plan.live?.known.unanswered).toBe(0);
  expect(plan.live?.known["dry-run"]).toBeGreaterThan(10);
});

test("what the plan says is what the controllers do", async () => {
  const next: Record<string, string> = {
    ...start,
    "apps/settings.yaml": configMap("settings", "two"),
    "apps/new.yaml": configMap("new", "one"),
    "apps/deployment.yaml": deployment("nginx:2"),
    "apps/password.yaml": start["apps/password.yaml"]?.replace("hunter2", "hunter3") ?? "",
    "apps/release.yaml": release("{color: red, size: 2}"),
    "more/moving.yaml": configMap("moving", "two"),
  };
  delete next["apps/leaving.yaml"];
  delete next["apps/moving.yaml"];
  await world.cluster.api.patch(
    { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "shop" },
    { data: { fixed: "drifted" } },
  );
  const plan = await world.planFor(next);
  expect(lines(plan)).toMatchInlineSnapshot(`
    [
      "apps: deleted ConfigMap/leaving",
      "apps: created ConfigMap/new",
      "apps: changed ConfigMap/settings /data/value "one"→"two"",
      "apps: changed Secret/password /data/password "secret-af42f0fa11ad"→"secret-663308cab312"",
      "apps: changed Deployment/web /spec/template/spec/containers/0/image "nginx:1"→"nginx:2" restarts",
      "apps: changed HelmRelease/shop /spec/values/color "green"→"red" /spec/values/size 1→2",
      "more: moved ConfigMap/moving /data/value "one"→"two" from apps",
      "shop: changed ConfigMap/shop /data/color "green"→"red" drift /data/fixed "drifted"→"yes"",
      "shop: created ConfigMap/shop-hook hook pre-upgrade",
      "shop: deleted ConfigMap/shop-small",
    ]
  `);
  expect(JSON.stringify(plan)).not.toContain("hunter");
  expect(JSON.stringify(plan)).not.toContain(btoa("planted-hunter2"));
  const text = world.simulator.liveTexts(
    plan,
    plan.clusters[0]?.appliers
      .flatMap((one) => one.changes)
      .find((one) => one.ref.name === "settings")?.id ?? "",
  );
  expect(text?.before).toContain("value: one");
  expect(text?.after).toContain("value: two");

  await world.check(next);
  expect(lines(await world.planFor(next))).toEqual([]);
});

test("what can't be changed is refused or made anew, as the controller may", async () => {
  const refused = { ...world.files, "apps/deployment.yaml": deployment("nginx:2", "other") };
  const next = { ...refused, "apps/new.yaml": configMap("new", "two") };
  const plan = await world.check(next, (commit) =>
    world.cluster.api.waitFor(kustomizationRef("apps"), hasFailed(commit)),
  );
  expect(whatIsPlanned(plan)).toEqual([]);
  expect(plan.problems.map(({ code, object }) => [code, object?.name])).toEqual([
    ["live-refused", "web"],
  ]);
  expect(plan.risks?.map(({ code }) => code)).toContain("risk/immutable-field");
  expect(states(plan)).toMatchObject({ apps: "failed", more: "blocked" });

  const forced = deployment("nginx:2", "other").replace(
    "namespace: demo}",
    "namespace: demo, annotations: {kustomize.toolkit.fluxcd.io/force: enabled}}",
  );
  const second = await world.check({ ...world.files, "apps/deployment.yaml": forced });
  expect(whatIsPlanned(second)).toContain("recreated Deployment/web");
});

test("fields that are left to others are no change, and what is suspended is not asked", async () => {
  const ignoring = kustomization(
    "apps",
    "apps",
    ", ignore: [{paths: [/data/value], target: {kind: ConfigMap, name: settings}}]",
  );
  await world.check({ ...world.files, "root/apps.yaml": ignoring });
  await world.cluster.api.patch(
    { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "settings" },
    { data: { value: "somebody else's" } },
  );
  expect(whatIsPlanned(await world.planFor(world.files))).toEqual([]);
  await world.check({ ...world.files, "apps/settings.yaml": configMap("settings", "three") });

  await world.cluster.api.patch(kustomizationRef("apps"), { spec: { suspend: true } });
  const next = { ...world.files, "apps/new.yaml": configMap("new", "four") };
  const plan = await world.planFor(next);
  expect(whatIsPlanned(plan)).toEqual([]);
  expect(states(plan)).toMatchObject({ apps: "suspended", more: "ready" });
  await world.cluster.api.patch(kustomizationRef("apps"), { spec: { suspend: false } });
  expect(whatIsPlanned(await world.planFor(next))).toEqual(["changed ConfigMap/new"]);
  await world.check(next);
});

test("drift of a release is put back, reported or left alone, as it says", async () => {
  const shop = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "shop" };
  const drift = async (mode: string): Promise<Plan> => {
    const next = {
      ...world.files,
      "apps/release.yaml": release("{color: red, size: 2}", `  driftDetection: {mode: ${mode}}\n`),
    };
    await world.check(next);
    await world.cluster.api.patch(shop, { data: { color: `not for ${mode}` } });
    return world.planFor(world.files);
  };
  const disabled = await world.planFor(world.files);
  expect(whatIsPlanned(disabled)).toEqual([]);
  const warned = await drift("warn");
  expect(whatIsPlanned(warned)).toEqual([]);
  const drifted = warned.clusters.flatMap(({ appliers }) =>
    appliers.flatMap((one) => one.drifted ?? []),
  );
  expect(drifted.map(({ ref, fields }) => [ref.name, fields])).toEqual([
    ["shop", [{ path: "/data/color", kind: "changed", before: '"not for warn"', after: '"red"' }]],
  ]);
  const enabled = await drift("enabled");
  expect(lines(enabled)).toEqual([
    'shop: changed ConfigMap/shop drift /data/color "not for enabled"→"red"',
  ]);
});

test("a release with another name is uninstalled first", async () => {
  const next = {
    ...world.files,
    "apps/release.yaml": release("{color: red, size: 1}", "  releaseName: store\n"),
  };
  const plan = await world.check(next);
  expect(plan.problems.map(({ code }) => code)).toEqual(["release-replaced"]);
  expect(whatIsPlanned(plan)).toContain("deleted ConfigMap/shop");
});

test("a release that was applied by the client is merged as the client does", async () => {
  const named = (values: string): string =>
    release(values, "  releaseName: stall\n  install: {serverSideApply: false}\n");
  await world.check({ ...world.files, "apps/release.yaml": named("{color: red, size: 1}") });
  const stall = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "stall" };
  await world.cluster.api.patch(stall, { data: { fixed: "drifted", foreign: "stays" } });
  const plan = await world.check({
    ...world.files,
    "apps/release.yaml": named("{color: green, size: 2}"),
  });
  expect(lines(plan).filter((line) => line.startsWith("shop: changed"))).toEqual([
    'shop: changed ConfigMap/stall /data/color "red"→"green" drift /data/fixed "drifted"→"yes" (structural)',
  ]);
  expect(await world.cluster.api.get(stall)).toMatchObject({
    data: { color: "green", fixed: "yes", foreign: "stays" },
  });
});

test("children of a Kustomization that is refused stay as they are, and new ones away", async () => {
  const before = world.files;
  const next = {
    ...before,
    "root/bad.yaml": configMap("No_Name", "one"),
    "root/fresh.yaml": kustomization("fresh", "fresh"),
    "root/more.yaml": kustomization("more", "more", ", commonMetadata: {labels: {a: b}}"),
    "fresh/one.yaml": configMap("fresh", "one"),
    "apps/apart.yaml": configMap("apart", "although the root fails"),
  };
  const plan = await world.check(next, async (commit) => {
    await world.cluster.api.waitFor(kustomizationRef("root"), hasFailed(commit));
    await applied(world.cluster, ["apps", "more"], commit);
  });
  expect(whatIsPlanned(plan)).toEqual(["created ConfigMap/apart"]);
  expect(states(plan)).toMatchObject({
    root: "failed",
    fresh: "blocked",
    more: "unknown",
    apps: "ready",
  });
  await world.check(before);
});

test("an applier that leaves takes what it applied with it", async () => {
  const { "root/more.yaml": _, ...next } = world.files;
  const { api } = world.cluster;
  const plan = await world.check(next, async (commit) => {
    await applied(world.cluster, ["root", "apps"], commit);
    const isGone = async () => (await api.get(kustomizationRef("more"))) === undefined;
    await until(isGone, 600_000, "it is gone");
  });
  expect(whatIsPlanned(plan)).toEqual([
    "deleted ConfigMap/moving",
    "deleted ConfigMap/other",
    "deleted Kustomization/more",
  ]);
  expect(whatIsPlanned(await world.planFor(world.files))).toEqual([]);
});
