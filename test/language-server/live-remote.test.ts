/** A base whose cluster leads to another one: the server asks for it by a handle, and never sees the kubeconfig. */
import { afterEach, describe, expect, test } from "vitest";

import type { Change, LiveResponse, Plan } from "#simulator";

import type {
  AskClusterParams,
  OpenRemoteParams,
  OpenRemoteResult,
  PlanParams,
} from "../../language-server/protocol.ts";
import { edited } from "../support/fixture.ts";
import { configMap, kustomization } from "../support/flux.ts";
import { fakeCluster, put } from "../simulator/live/plan/fake-cluster.ts";
import type { FakeCluster } from "../simulator/live/plan/fake-cluster.ts";
import { at, base, lines, useLivePlans } from "../simulator/live/plan/plan-bench.ts";
import type { Client } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import { createMemoryHost } from "./memory-host.ts";

const { bench, start } = useLivePlans();
const root = "file:///repo";
const kubeConfig = "  kubeConfig: {secretRef: {name: far}}";
const tree = edited(base, { "cluster/apps.yaml": kustomization("apps", "./apps", kubeConfig) });
const planted = "planted-kubeconfig";

let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

interface World {
  readonly client: Client;
  readonly home: FakeCluster;
  readonly far: FakeCluster;
  readonly opened: OpenRemoteParams[];
  /** What was sent, by where it went. */
  readonly asked: { readonly remote: string | undefined; readonly path: string }[];
  /** What the client answers when the other cluster is to be opened. */
  answer: OpenRemoteResult;
  hold: ((path: string) => Promise<void>) | undefined;
}

const opened = (remote: string): OpenRemoteResult => ({ outcome: "opened", remote, name: "far" });

async function startWorld(): Promise<World> {
  const home = await start(tree);
  const far = fakeCluster("far");
  for (const name of ["one", "two"]) {
    const object = home.objects.get(at(name));
    if (object !== undefined) far.objects.set(at(name), object);
    home.objects.delete(at(name));
  }
  const metadata = { namespace: "flux-system", name: "far" };
  put(home, { apiVersion: "v1", kind: "Secret", metadata, data: { value: btoa(planted) } });
  const texts = [...tree.files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]);
  const disk = Object.fromEntries(texts) as Record<string, string>;
  // A server that stops would take the simulator along, which is all tests'.
  const simulator = { ...bench.simulator, dispose: () => Promise.resolve() };
  const host = createMemoryHost({ root, disk, simulator });
  client = await connect(host, { root, settings: { base: "HEAD", paths: ["cluster"] } });
  const world: World = {
    ...{ client, home, far, opened: [], asked: [] },
    ...{ answer: opened("remote-1"), hold: undefined },
  };
  client.connection.onRequest<OpenRemoteResult, unknown>(
    "sluice/openRemote",
    (params: OpenRemoteParams) => {
      world.opened.push(params);
      return world.answer;
    },
  );
  client.connection.onRequest("sluice/askCluster", async (params: AskClusterParams) => {
    const { remote, request } = params;
    world.asked.push({ remote, path: request.path });
    if (remote !== undefined) await world.hold?.(request.path);
    return (remote === undefined ? home : far).request(request);
  });
  await client.next("ready");
  await client.changeSettings({ base: "cluster:home", paths: ["cluster"] });
  return world;
}

type Ready = Extract<PlanParams, { readonly state: "ready" }>;
const isLive = ({ plan }: Ready): boolean => plan.live !== undefined;

async function typed({ client }: World, value: string, version: number): Promise<Ready> {
  const uri = `${root}/apps/one.yaml`;
  if (version === 1) await client.open(uri, configMap("one", value));
  else await client.edit(uri, version, 6, [0, 99], `  key: "${value}"`);
  return client.next("ready", ({ plan }) => JSON.stringify(plan).includes(value));
}

function changeIn(plan: Plan, name: string): Change | undefined {
  return plan.clusters
    .flatMap(({ appliers }) => appliers.flatMap(({ changes }) => changes))
    .find(({ ref }) => ref.name === name);
}

describe("the cluster that a Secret leads to", () => {
  test("is asked by its handle, and the kubeconfig stays with the client", async () => {
    const world = await startWorld();
    const before = await world.client.next("ready", isLive);
    expect(lines(before.plan)).toEqual([]);
    const { plan } = await typed(world, "typed", 1);
    expect(lines(plan)).toEqual(['apps: changed ConfigMap/one /data/key "1"→"typed"']);
    expect(world.opened[0]).toEqual({
      context: "home",
      secret: { namespace: "flux-system", name: "far" },
    });
    const where = (path: string) => world.asked.filter((one) => one.path === path);
    expect(where(at("one")).every(({ remote }) => remote === "remote-1")).toBe(true);
    expect(where(at("three")).every(({ remote }) => remote === undefined)).toBe(true);
    expect(where("/api/v1/namespaces/flux-system/secrets/far")).toEqual([]);
    expect(JSON.stringify(world.client.plans)).not.toContain(planted);
  });

  test("has both sides of its changes as text, whose lines lead to manifests", async () => {
    const world = await startWorld();
    await world.client.next("ready", isLive);
    const { plan } = await typed(world, "typed", 1);
    const params = {
      folder: root,
      applier: changeIn(plan, "one")?.applier,
      object: "v1/ConfigMap/apps/one",
    };
    const ask = (method: string, more: object) =>
      world.client.connection.sendRequest(method, { ...params, ...more });
    const text = (side: string) => ask("sluice/objectText", { side }) as Promise<{ text: string }>;
    expect((await text("base")).text).toContain('key: "1"');
    const { text: after } = await text("target");
    const line = after.split("\n").findIndex((one) => one.includes("key: typed")) + 1;
    expect(await ask("sluice/lineOrigin", { side: "target", line })).toEqual({
      place: { path: "apps/one.yaml", line: 7, column: 3 },
    });
  });

  test("is asked after an edit only about what was touched, and about everything under a new handle", async () => {
    const world = await startWorld();
    await world.client.next("ready", isLive);
    await typed(world, "first", 1);
    const sent = (): readonly string[] =>
      world.asked
        .splice(0)
        .filter(({ remote }) => remote !== undefined)
        .map(({ path }) => path);
    sent();
    await typed(world, "second", 2);
    expect(new Set(sent())).toEqual(new Set([at("one")]));
    world.answer = opened("remote-2");
    await typed(world, "third", 3);
    expect(sent()).toContain(at("two"));
  });

  test("gets at most 20 requests at a time", async () => {
    const world = await startWorld();
    const held: (() => void)[] = [];
    let full: (() => void) | undefined;
    const isFull = new Promise<void>((resolve) => (full = resolve));
    world.hold = (path) =>
      path.includes("many-")
        ? new Promise((resolve) => {
            if (held.push(resolve) === 20) full?.();
          })
        : Promise.resolve();
    const many = Array.from({ length: 60 }, (_, at) => configMap(`many-${at}`, "typed"));
    await world.client.open(`${root}/apps/one.yaml`, many.join("---\n"));
    await isFull;
    // What the server sent before this answer is here.
    await world.client.connection.sendRequest("sluice/outlook", { folder: root });
    expect(held).toHaveLength(20);
    world.hold = undefined;
    for (const one of held) one();
    await world.client.next("ready", ({ plan }) => changeIn(plan, "many-59") !== undefined);
  });

  test("is not waited for any longer when somebody types", async () => {
    const world = await startWorld();
    await world.client.next("ready", isLive);
    let asked: (() => void) | undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    world.hold = () => {
      asked?.();
      return new Promise(() => {});
    };
    await world.client.open(`${root}/apps/one.yaml`, configMap("one", "held"));
    await isAsked;
    world.hold = undefined;
    const { plan } = await typed(world, "typed", 2);
    expect(lines(plan)).toEqual(['apps: changed ConfigMap/one /data/key "1"→"typed"']);
    expect(JSON.stringify(world.client.plans)).not.toContain("held");
  });

  test("that is lost leaves a plan that says so", async () => {
    const world = await startWorld();
    const lost: LiveResponse = { status: 0, body: `${planted} is not reachable` };
    world.far.intercept = () => lost;
    const { plan } = await world.client.next("ready", isLive);
    expect(plan.live?.partial).toMatch(/^The connection to far was lost/);
    expect(JSON.stringify(plan)).not.toContain(planted);
  });
});

test("why it can't be asked stands at its applier", async () => {
  const world = await startWorld();
  await world.client.next("ready", isLive);
  world.answer = { outcome: "refused", why: "you may not read Secret flux-system/far" };
  await world.client.connection.sendRequest("sluice/refresh", {});
  const { plan } = world.client.plans.at(-1) as Ready;
  const [problem] = plan.problems;
  expect(problem).toMatchObject({ code: "live-unanswered", place: { path: "cluster/apps.yaml" } });
  expect(problem?.message).toContain("because you may not read Secret flux-system/far:");
});

test("a client that knows no other clusters is no failure", async () => {
  const world = await startWorld();
  await world.client.next("ready", isLive);
  world.client.connection.onRequest("sluice/openRemote", () => {
    throw new Error("unhandled");
  });
  await world.client.connection.sendRequest("sluice/refresh", {});
  const { plan } = world.client.plans.at(-1) as Ready;
  expect(plan.problems.map(({ code }) => code)).toEqual(["live-unanswered"]);
});
