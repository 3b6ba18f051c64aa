/** Several contexts: who is contacted and who is not, trust, cancelling, and a kubeconfig that changes under our hands. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ClustersPorts } from "../../../extension/cluster/clusters.ts";
import { Clusters } from "../../../extension/cluster/clusters.ts";
import * as client from "../../../simulator/node/cluster/kube-client.ts";
import { ClusterSession } from "../../../extension/cluster/session.ts";
import { clusterChildren, objectChildren } from "../../../extension/model/cluster/live-tree.ts";
import { FakeApiServer, refuse, send } from "./fake-api-server.ts";
import { kustomization, live, ready } from "./live-objects.ts";

let folder = "";
let kubeconfig = "";
const servers: FakeApiServer[] = [];
const all: Clusters[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-clusters-"));
  kubeconfig = join(folder, "config");
});

afterEach(async () => {
  for (const clusters of all.splice(0)) clusters.dispose();
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true });
});

async function startServer(): Promise<FakeApiServer> {
  const server = new FakeApiServer();
  await server.start();
  servers.push(server);
  return server;
}

function write(contexts: Readonly<Record<string, string>>, user: object = { token: "t" }): void {
  const names = Object.keys(contexts);
  const config = {
    "current-context": names[0],
    clusters: names.map((name) => ({ name, cluster: { server: contexts[name] } })),
    users: [{ name: "me", user }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: "me" } })),
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
}

async function openClusters(ports: Partial<ClustersPorts> = {}): Promise<Clusters> {
  const clusters = new Clusters({
    kubeconfig: () => kubeconfig,
    namespaces: () => [],
    trusted: () => true,
    env: {},
    now: Date.now,
    client: async () => client,
    log: () => {},
    timing: { backOff: { first: 5, most: 20 } },
    ...ports,
  });
  all.push(clusters);
  await clusters.load();
  return clusters;
}

const until = <T>(probe: () => T): Promise<T> =>
  vi.waitFor(probe, { timeout: 100_000, interval: 5 });

test("only the chosen context is contacted, and the client is loaded only then", async () => {
  const [one, two] = [await startServer(), await startServer()];
  write({ one: one.url, two: two.url });
  let loaded = 0;
  const clusters = await openClusters({
    client: async () => {
      loaded++;
      return client;
    },
  });
  expect(clusters.views().map(({ context, isCurrent }) => [context, isCurrent])).toEqual([
    ["one", true],
    ["two", false],
  ]);
  expect(loaded).toBe(0);
  clusters.connect("two");
  await until(() => expect(clusters.session("two")?.state.kind).toBe("connected"));
  expect(one.requests).toEqual([]);
  expect(two.requests.length).toBeGreaterThan(0);
  expect(clusters.views()[0]?.context).toBe("two");
});

test("clusters stand side by side", async () => {
  const [one, two] = [await startServer(), await startServer()];
  one.put(kustomization("a", { status: ready() }));
  two.put(kustomization("b", { status: ready() }));
  write({ one: one.url, two: two.url });
  const clusters = await openClusters();
  clusters.connect("one");
  clusters.connect("two");
  await until(() => {
    const names = clusters
      .views()
      .map(({ index }) => [...index.all()].map(({ live: { ref } }) => ref.name));
    expect(names).toEqual([["a"], ["b"]]);
  });
});

test("in an untrusted workspace nothing is executed and nobody is contacted", async () => {
  const server = await startServer();
  const trace = join(folder, "ran");
  const script = `require("fs").writeFileSync(${JSON.stringify(trace)}, "")`;
  write({ one: server.url }, { exec: { command: execPath, args: ["-e", script] } });
  const clusters = await openClusters({ trusted: () => false });
  expect(() => clusters.connect("one")).toThrow("not trusted");
  expect(clusters.session("one")).toBeUndefined();
  expect(server.requests).toEqual([]);
  expect(existsSync(trace)).toBe(false);
});

test("cancelling a connection to a silent server ends it at once", async () => {
  const server = await startServer();
  server.intercept = () => true;
  write({ one: server.url });
  const clusters = await openClusters();
  const session = clusters.connect("one");
  await until(() => expect(server.openConnections).toBeGreaterThan(0));
  clusters.disconnect("one");
  expect(session.signal.aborted).toBe(true);
  expect(clusters.views()[0]?.state).toBeUndefined();
  await until(() => expect(server.openConnections).toBe(0));
});

test("cancelling settles by itself: neither the network nor a clock is waited for", async () => {
  const server = await startServer();
  server.intercept = () => true;
  write({ one: server.url });
  const clusters = await openClusters();
  const ended: string[] = [];
  const run = vi.spyOn(ClusterSession.prototype, "run");
  clusters.connect("one");
  await until(() => expect(server.openConnections).toBeGreaterThan(0));
  const [first] = run.mock.results;
  run.mockRestore();
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
  try {
    // The server never answers and no timer can end anything: only cancelling can.
    clusters.onDidChange(({ kind }) => ended.push(kind));
    clusters.disconnect("one");
    expect(clusters.session("one")).toBeUndefined();
    expect(ended).toEqual(["clusters"]);
    await first?.value;
  } finally {
    vi.useRealTimers();
  }
});

test("of a hundred contexts nobody is contacted, and no plugin runs, but for the chosen one", async () => {
  const server = await startServer();
  server.put(kustomization("mine", { status: ready() }));
  const names = Array.from({ length: 100 }, (_, at) => `c${at}`);
  const trace = join(folder, "ran");
  const credential = JSON.stringify({ kind: "ExecCredential", status: { token: "t" } });
  const script = `require("fs").appendFileSync(${JSON.stringify(trace)}, "x"); process.stdout.write(${JSON.stringify(credential)})`;
  write(Object.fromEntries(names.map((name) => [name, `${server.url}/${name}`])), {
    exec: { command: execPath, args: ["-e", script] },
  });
  server.intercept = (request) => {
    request.url = (request.url ?? "").replace("/c42/", "/");
    return false;
  };
  const clusters = await openClusters();
  expect(clusters.views()).toHaveLength(100);
  expect(server.requests).toEqual([]);
  expect(existsSync(trace)).toBe(false);
  clusters.connect("c42");
  await until(() => expect(clusters.index("c42").size).toBe(1));
  expect(server.requests.filter((line) => !line.includes("/c42/"))).toEqual([]);
  expect(readFileSync(trace, "utf8")).toBe("x");
});

test("cancelling while a plugin waits for a person ends the plugin", async () => {
  const server = await startServer();
  const trace = join(folder, "pid");
  const script = `require("fs").writeFileSync(${JSON.stringify(trace)}, String(process.pid)); setInterval(() => {}, 1000)`;
  write({ one: server.url }, { exec: { command: execPath, args: ["-e", script] } });
  const clusters = await openClusters();
  clusters.connect("one");
  const pid = await until(() => {
    const text = readFileSync(trace, "utf8");
    expect(text).not.toBe("");
    return Number(text);
  });
  clusters.disconnect("one");
  await until(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"));
  expect(server.requests).toEqual([]);
});

test("a context whose entry changes is connected anew, one that goes is closed", async () => {
  const [old, fresh] = [await startServer(), await startServer()];
  old.put(kustomization("old"));
  fresh.put(kustomization("fresh"));
  write({ one: old.url });
  const clusters = await openClusters();
  clusters.connect("one");
  await until(() => expect([...clusters.index("one").all()]).toHaveLength(1));
  write({ one: fresh.url });
  await until(() =>
    expect([...clusters.index("one").all()].map(({ live: { ref } }) => ref.name)).toEqual([
      "fresh",
    ]),
  );
  await until(() => expect(old.openConnections).toBe(0));
  write({ other: fresh.url });
  await until(() => expect(clusters.session("one")).toBeUndefined());
  await until(() => expect(fresh.openConnections).toBe(0));
});

test("a kubeconfig that turns bad leaves words and closes what is gone", async () => {
  write({ one: (await startServer()).url });
  const clusters = await openClusters();
  writeFileSync(kubeconfig, "contexts: [");
  await until(() => expect(clusters.kubeconfig?.problems[0]?.message).toContain("no valid YAML"));
  expect(clusters.views()).toEqual([]);
});

test("of managed objects only health is asked for, of Secrets only metadata, of many of a kind a list", async () => {
  const server = await startServer();
  const many = Array.from({ length: 30 }, (_, at) => ({ id: `demo_c${at}__ConfigMap`, v: "v1" }));
  const entries = [
    { id: "demo_key__Secret", v: "v1" },
    { id: "demo_gone_x.example_Thing", v: "v1" },
    ...many,
  ];
  server.put(kustomization("apps", { status: { ...ready(), inventory: { entries } } }));
  const accepts: string[] = [];
  server.intercept = (request, response) => {
    const { url = "" } = request;
    if (url === "/api") {
      const resource = (kind: string, plural: string) => ({
        resource: plural,
        responseKind: { kind },
        scope: "Namespaced",
      });
      const resources = [resource("Secret", "secrets"), resource("ConfigMap", "configmaps")];
      const items = [{ metadata: { name: "" }, versions: [{ version: "v1", resources }] }];
      send(response, 200, { kind: "APIGroupDiscoveryList", items });
      return true;
    }
    if (!url.startsWith("/api/v1/")) return false;
    accepts.push(`${url.split("?")[0]} ${request.headers.accept}`);
    if (url.includes("/configmaps?")) {
      const metadata = (name: string) => ({ metadata: { name, namespace: "demo" } });
      send(response, 200, { items: many.slice(1).map((_, at) => metadata(`c${at}`)) });
    } else if (url.endsWith("/secrets/key")) send(response, 200, live("v1", "Secret", "key", {}));
    else refuse(response, 404, "NotFound");
    return true;
  };
  write({ one: server.url });
  const clusters = await openClusters();
  clusters.connect("one");
  const id = "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps";
  await until(() => expect(clusters.index("one").get(id)).toBeDefined());
  const [view] = clusters.views();
  if (view === undefined) throw new Error("no view");
  expect(clusterChildren(view, { mode: "owner", filter: "" })).toHaveLength(1);
  await until(() => {
    const icons = new Map(objectChildren(view, id).map(({ label, icon }) => [label, icon.id]));
    expect(icons.get("Secret key")).toBe("pass");
    expect(icons.get("Thing gone")).toBe("warning");
    expect(icons.get("ConfigMap c0")).toBe("pass");
    expect(icons.get("ConfigMap c29")).toBe("warning");
  });
  expect(accepts).toHaveLength(2);
  for (const accept of accepts) expect(accept).toContain("PartialObjectMetadata");
});
