/**
 * Force against a real API server with the real kustomize-controller: what is refused as invalid is deleted before anybody asks whether
 * the new one is any better.
 */
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Plan } from "#simulator";
import { kustomization, kustomizationRef } from "./harness/flux-objects.ts";
import { hasFailed } from "./harness/follow.ts";
import { configMap, deployment, start } from "./plan-world/repository.ts";
import { startPlanWorld, whatIsPlanned } from "./plan-world/world.ts";
import type { PlanWorld } from "./plan-world/world.ts";

const crd = (scope: string, plural = "gadgets"): string => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.test}
spec:
  group: example.test
  scope: ${scope}
  names: {kind: Gadget, listKind: GadgetList, plural: ${plural}, singular: gadget}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`;
const forced: Readonly<Record<string, string>> = {
  ...start,
  "root/apps.yaml": kustomization("apps", "apps", ", force: true"),
  "apps/crd.yaml": crd("Namespaced"),
};
const wrong = {
  ...forced,
  "apps/deployment.yaml": deployment("nginx:1").replace("spec:", "spec:\n  replicas: -1"),
  "apps/settings.yaml": configMap("settings", "two"),
};

let world: PlanWorld;

beforeAll(async () => {
  world = await startPlanWorld();
  await world.push(forced);
});

afterAll(async () => world?.stop());

function risksOf({ risks }: Plan): readonly string[] {
  return (risks ?? []).map(({ code, object }) => `${code} ${object?.name ?? ""}`);
}

test("a definition that can't become another is tried in another group: made anew, or lost", async () => {
  const other = await world.planFor({ ...forced, "apps/crd.yaml": crd("Cluster") });
  expect(whatIsPlanned(other)).toEqual(["recreated CustomResourceDefinition/gadgets.example.test"]);
  const lost = await world.planFor({ ...forced, "apps/crd.yaml": crd("Cluster", "wrong") });
  expect(whatIsPlanned(lost)).toEqual(["deleted CustomResourceDefinition/gadgets.example.test"]);
  expect(risksOf(lost)).toContain("risk/force-deletes gadgets.example.test");
});

test("what is wrong by itself is deleted, and stays away until it is mended", async () => {
  const plan = await world.check(wrong, (commit) =>
    world.cluster.api.waitFor(kustomizationRef("apps"), hasFailed(commit)),
  );
  expect(whatIsPlanned(plan)).toEqual(["deleted Deployment/web"]);
  expect(risksOf(plan)).toEqual(["risk/force-deletes web"]);
  expect(plan.problems.map(({ code, object }) => [code, object?.name])).toEqual([
    ["live-refused", "web"],
  ]);

  const again = await world.planFor(wrong);
  expect(whatIsPlanned(again)).toEqual([]);
  expect(again.problems.map(({ code }) => code)).toEqual(["live-refused"]);

  const mended = await world.check({ ...wrong, "apps/deployment.yaml": deployment("nginx:1") });
  expect(whatIsPlanned(mended)).toEqual(["changed ConfigMap/settings", "created Deployment/web"]);
});
