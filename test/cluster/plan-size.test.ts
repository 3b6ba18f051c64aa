/**
 * Plans against a real API server with some hundred objects: nothing changes after the controllers, an edit asks about what it touches, and what
 * ends early says so. How long it takes is measured by `npm run bench:plan`.
 */
import { afterAll, beforeAll, expect, test } from "vitest";

import { lines } from "./plan-world/lines.ts";
import { edit, planted } from "./plan-size/repository.ts";
import { startSizeWorld } from "./plan-size/world.ts";
import type { Newcomer, SizeWorld } from "./plan-size/world.ts";

const size = { kustomizations: 12, objects: 25 };
/** The Kustomizations themselves are objects of the root. */
const objects = size.kustomizations * (size.objects + 1);

let world: SizeWorld;
const newcomers: Newcomer[] = [];

beforeAll(async () => {
  world = await startSizeWorld(size);
});

afterAll(async () => {
  for (const newcomer of newcomers) await newcomer.close();
  await world?.stop();
});

function newcomer(): Newcomer {
  const made = world.newcomer();
  newcomers.push(made);
  return made;
}

test("a whole cluster is asked once, and an edit about what it touches", async () => {
  const { live, plan: planFor } = newcomer();
  const steps: number[] = [];
  const first = await planFor({}, { onProgress: ({ done }) => steps.push(done) });
  expect(lines(first.plan)).toEqual([]);
  expect(first.plan.problems).toEqual([]);
  expect(first.plan.live?.known).toMatchObject({ "dry-run": objects, unanswered: 0 });
  expect(live.traffic.dryRuns).toBe(objects);
  expect(live.traffic.widest).toBe(20);
  expect(steps.length).toBeGreaterThan(objects);

  live.reset();
  const { plan } = await planFor(edit(7), { previous: first.simulation });
  expect(lines(plan)).toEqual([
    expect.stringMatching(/^app-007: changed ConfigMap\/object-9 \/data\/settings.yaml /),
  ]);
  expect(plan.live?.known).toMatchObject({ "dry-run": objects, unanswered: 0 });
  expect(live.traffic.tried).toEqual(["/api/v1/namespaces/app-007/configmaps/object-9"]);
  expect(JSON.stringify(plan)).not.toContain(planted);
});

test("a connection that goes half-way leaves a plan that counts what it could not ask", async () => {
  const { live, plan: planFor } = newcomer();
  live.cutAfter(objects);
  const { plan } = await planFor(edit(7));
  const { known, partial } = plan.live ?? {};
  expect(known?.unanswered).toBeGreaterThan(0);
  expect(known?.["dry-run"]).toBeGreaterThan(0);
  expect(partial).toContain(`${known?.unanswered ?? 0} objects were not compared`);
  expect(plan.problems.map(({ code }) => code)).toContain("live-unanswered");
  // What nobody answered is no change.
  expect(lines(plan).filter((line) => !line.includes("app-007"))).toEqual([]);

  live.cutAfter(undefined);
  const mended = await planFor(edit(7));
  expect(mended.plan.live?.partial).toBeUndefined();
  expect(lines(mended.plan)).toHaveLength(1);
});

test("who cancels hears at once, and nothing is asked after that", async () => {
  const { live, plan: planFor } = newcomer();
  const controller = new AbortController();
  const onProgress = ({ done }: { readonly done: number }): void => {
    if (live.traffic.dryRuns > 100 && done > 0) controller.abort();
  };
  await expect(planFor({}, { signal: controller.signal, onProgress })).rejects.toMatchObject({
    name: "AbortError",
  });
  const { gets, dryRuns } = live.traffic;
  expect(dryRuns).toBeLessThan(objects);
  await world.cluster.api.list("v1", "Namespace");
  expect(live.traffic).toMatchObject({ gets, dryRuns });
});
