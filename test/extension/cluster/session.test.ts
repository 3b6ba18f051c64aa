/** A session against a server that misbehaves: whatever happens on the way, the store ends equal to what the server has. */
import { execPath } from "node:process";

import { afterEach, expect, test, vi } from "vitest";

import * as client from "../../../simulator/node/cluster/kube-client.ts";
import type { SessionTarget, SessionTiming } from "../../../extension/cluster/session.ts";
import { ClusterSession } from "../../../extension/cluster/session.ts";
import { FakeApiServer, refuse, send } from "./fake-api-server.ts";
import { gitRepository, kustomization, ready } from "./live-objects.ts";

const quick: Partial<SessionTiming> = {
  pageSize: 3,
  backOff: { first: 5, most: 20 },
  contact: 5000,
};

const started: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const item of started.splice(0).reverse()) await item.close();
});

async function startServer(): Promise<FakeApiServer> {
  const server = new FakeApiServer();
  await server.start();
  started.push({ close: () => server.stop() });
  return server;
}

function openSession(
  server: { readonly url: string },
  target: Partial<SessionTarget> = {},
  timing: Partial<SessionTiming> = {},
): { readonly session: ClusterSession; readonly log: string[] } {
  const log: string[] = [];
  const session = new ClusterSession("test", {
    target: async () => ({
      name: "test",
      cluster: { server: server.url },
      user: { token: "secret-token" },
      namespaces: ["apps"],
      ...target,
    }),
    client: async () => client,
    log: (message) => log.push(message),
    timing: { ...quick, ...timing },
  });
  started.push(session);
  void session.run();
  return { session, log };
}

const names = (session: ClusterSession): string[] =>
  [...session.store.all()].map(({ ref }) => ref.name).sort();

const until = <T>(probe: () => T): Promise<T> =>
  vi.waitFor(probe, { timeout: 100_000, interval: 5 });

const settled = (session: ClusterSession): Promise<void> =>
  until(() => {
    expect(session.state).toMatchObject({ kind: "connected", loading: false });
  });

test("lists in pages, then follows what is created, changed and deleted", async () => {
  const server = await startServer();
  for (const name of ["a", "b", "c", "d", "e", "f", "g"]) server.put(kustomization(name));
  const { session } = openSession(server);
  await settled(session);
  expect(names(session)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  await until(() => expect(server.watchCount).toBe(19));
  server.put(gitRepository("source"));
  server.put(kustomization("a", { status: ready() }));
  server.remove(kustomization("b"));
  await until(() => expect(names(session)).toEqual(["a", "c", "d", "e", "f", "g", "source"]));
  expect(session.state).toMatchObject({ version: "v1.36.4", kinds: 19, restricted: [] });
});

test("a watch that ends is opened again where it stopped, without listing", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  const { session } = openSession(server);
  await settled(session);
  await until(() => expect(server.watchCount).toBe(19));
  const lists = listsOf(server);
  server.endWatches();
  server.put(kustomization("b"), true);
  await until(() => expect(names(session)).toEqual(["a", "b"]));
  expect(listsOf(server)).toBe(lists);
});

test("broken connections lose nothing, and nothing is there twice", async () => {
  const server = await startServer();
  const { session } = openSession(server);
  await settled(session);
  for (let round = 0; round < 20; round++) {
    server.put(kustomization(`k${round % 5}`, { status: ready(`round ${round}`) }));
    server.dropConnections();
    server.put(gitRepository(`g${round}`), true);
    if (round % 3 === 0) server.remove(gitRepository(`g${round - 1}`), true);
  }
  const wanted = ["k0", "k1", "k2", "k3", "k4"];
  for (let round = 0; round < 20; round++)
    if ((round + 1) % 3 !== 0 || round === 19) wanted.push(`g${round}`);
  await until(() => expect(names(session)).toEqual([...wanted].sort()));
  const last = [...session.store.all()].find(({ ref }) => ref.name === "k4");
  expect(JSON.stringify(last?.object)).toContain("round 19");
  await settled(session);
  await until(() => expect(session.state).not.toHaveProperty("interrupted"));
});

test("a forgotten history leads to a new list, and what went away meanwhile goes", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  server.put(kustomization("b"));
  const { session } = openSession(server);
  await settled(session);
  await until(() => expect(server.watchCount).toBe(19));
  server.remove(kustomization("a"), true);
  server.put(kustomization("c"), true);
  server.forgetHistory();
  server.endWatches();
  await until(() => expect(names(session)).toEqual(["b", "c"]));
});

test("a storm of 410 is answered with pauses", async () => {
  const server = await startServer();
  let refused = 0;
  server.intercept = (request, response) => {
    if (!request.url?.includes("/kustomizations?watch=1") || refused >= 8) return false;
    refused++;
    refuse(response, 410, "Expired");
    return true;
  };
  const { session } = openSession(server);
  await until(() => expect(refused).toBe(8));
  server.put(kustomization("late"));
  await until(() => expect(names(session)).toEqual(["late"]));
});

test("a line that is no JSON costs a new list and nothing else", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  const { session } = openSession(server);
  await settled(session);
  await until(() => expect(server.watchCount).toBe(19));
  server.put(kustomization("b"), true);
  server.sendLine("kustomizations", '{"type":"ADDED","object":{"kind');
  await until(() => expect(names(session)).toEqual(["a", "b"]));
});

test("a connection that falls silent is given up and opened again", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  // Not shorter: nineteen watches that are opened again all the time would have no time to hear anything.
  const { session } = openSession(server, {}, { inactivity: 1500 });
  await settled(session);
  server.put(kustomization("b"), true);
  await until(() => expect(names(session)).toEqual(["a", "b"]));
});

test("a kind that may not be listed is tried in namespaces, then called restricted", async () => {
  const server = await startServer();
  server.put(kustomization("mine", { namespace: "apps" }));
  server.put(kustomization("hidden", { namespace: "other" }));
  server.intercept = (request, response) => {
    const { url = "" } = request;
    const allowed = !url.includes("/kustomizations") || url.includes("/namespaces/apps/");
    if (allowed && !url.includes("/helmreleases")) return false;
    refuse(response, 403, "Forbidden");
    return true;
  };
  const { session } = openSession(server);
  await until(() => expect(names(session)).toEqual(["mine"]));
  await until(() =>
    expect(session.state).toMatchObject({ restricted: ["helm.toolkit.fluxcd.io/HelmRelease"] }),
  );
  const tries = server.requests.filter((line) => line.includes("/helmreleases")).length;
  expect(tries).toBe(2);
});

test("an expired token is renewed once, by reading the kubeconfig again", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  let valid = "one";
  server.intercept = (request, response) => {
    if (request.headers.authorization === `Bearer ${valid}`) return false;
    refuse(response, 401, "Unauthorized");
    return true;
  };
  let token = "one";
  const renewing = new ClusterSession("test", {
    target: async () => ({
      name: "test",
      cluster: { server: server.url },
      user: { token },
      namespaces: [],
    }),
    client: async () => client,
    log: () => {},
    timing: quick,
  });
  started.push(renewing);
  void renewing.run();
  await settled(renewing);
  token = "two";
  valid = "two";
  server.put(kustomization("b"), true);
  server.dropConnections();
  await until(() => expect(names(renewing)).toEqual(["a", "b"]));
});

test("refused credentials are a failure with words, and no storm of requests", async () => {
  const server = await startServer();
  server.intercept = (_, response) => {
    refuse(response, 401, "Unauthorized");
    return true;
  };
  const { session } = openSession(server);
  await until(() =>
    expect(session.state).toMatchObject({ kind: "failed", problem: "unauthorized" }),
  );
  expect(server.requests.length).toBeLessThan(6);
});

test("a server that never answers is given up after the deadline", async () => {
  const server = await startServer();
  server.intercept = () => true;
  const { session } = openSession(server, {}, { contact: 80 });
  await until(() =>
    expect(session.state).toMatchObject({ kind: "failed", problem: "unreachable" }),
  );
});

test("closing ends every connection and every timer of the session", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  const { session } = openSession(server);
  await settled(session);
  await until(() => expect(server.watchCount).toBe(19));
  session.close();
  await until(() => expect(server.openConnections).toBe(0));
  expect(session.store.size).toBe(0);
});

test("a slow body is read to its end", async () => {
  const server = await startServer();
  server.intercept = (request, response) => {
    if (!request.url?.startsWith("/version")) return false;
    response.writeHead(200);
    response.write('{"gitVersion":');
    setImmediate(() => response.end('"v1.30.0"}'));
    return true;
  };
  const { session } = openSession(server);
  await settled(session);
  expect(session.state).toMatchObject({ version: "v1.30.0" });
});

test("an exec plugin signs in; its token is used and never logged", async () => {
  const server = await startServer();
  server.intercept = (request, response) => {
    if (request.headers.authorization === "Bearer from-plugin") return false;
    refuse(response, 401, "Unauthorized");
    return true;
  };
  const credential = { kind: "ExecCredential", status: { token: "from-plugin" } };
  const script = `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`;
  const user = { exec: { command: execPath, args: ["-e", script] } };
  const { session, log } = openSession(server, { user });
  await settled(session);
  expect(log.join("\n")).toContain("exec plugin");
  expect(log.join("\n")).not.toContain("from-plugin");
});

test("credentials that ended are renewed before they are used", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  const credential = {
    kind: "ExecCredential",
    status: { token: "short", expirationTimestamp: "2020-01-01T00:00:00Z" },
  };
  const script = `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`;
  const user = { exec: { command: execPath, args: ["-e", script] } };
  const { session, log } = openSession(server, { user });
  await until(() =>
    expect(log.filter((line) => line.includes("exec plugin")).length).toBeGreaterThan(1),
  );
  session.close();
});

test("custom kinds that are labelled as part of Flux are watched too", async () => {
  const server = await startServer();
  server.intercept = (request, response) => {
    const { url = "" } = request;
    if (url.startsWith("/apis/apiextensions.k8s.io/")) {
      send(response, 200, { items: [{ metadata: { name: "things.example.com" } }] });
      return true;
    }
    if (url === "/apis") {
      const resources = ["Thing", "Other"].map((kind) => ({
        resource: `${kind.toLowerCase()}s`,
        responseKind: { kind },
        scope: "Namespaced",
      }));
      const items = [
        { metadata: { name: "example.com" }, versions: [{ version: "v1", resources }] },
      ];
      send(response, 200, { kind: "APIGroupDiscoveryList", items });
      return true;
    }
    return false;
  };
  const { session } = openSession(server);
  await settled(session);
  expect(session.state).toMatchObject({ kinds: 1 });
  expect(server.requests.some((line) => line.includes("/things?"))).toBe(true);
});

test("a failing exec plugin is explained with what it wrote", async () => {
  const server = await startServer();
  const script = 'process.stderr.write("run: login first\\n"); process.exit(3)';
  const { session } = openSession(server, {
    user: { exec: { command: execPath, args: ["-e", script] } },
  });
  await until(() =>
    expect(session.state).toMatchObject({
      kind: "failed",
      problem: "exec-plugin",
      detail: "run: login first",
    }),
  );
  expect(server.requests).toEqual([]);
});

test("an exec plugin that is not installed says how to get it", async () => {
  const { session } = openSession(await startServer(), {
    user: { exec: { command: "no-such-plugin-anywhere", installHint: "install it from there" } },
  });
  await until(() =>
    expect(session.state).toMatchObject({
      kind: "failed",
      message: "The exec plugin no-such-plugin-anywhere is not installed.",
      detail: "install it from there",
    }),
  );
});

test("older servers without aggregated discovery are asked group by group", async () => {
  const server = await startServer();
  server.put(kustomization("a"));
  server.intercept = (request, response) => {
    if (request.url === "/apis") {
      const groupVersion = "kustomize.toolkit.fluxcd.io/v1";
      send(response, 200, {
        kind: "APIGroupList",
        groups: [{ name: "kustomize.toolkit.fluxcd.io", preferredVersion: { groupVersion } }],
      });
      return true;
    }
    if (request.url !== "/apis/kustomize.toolkit.fluxcd.io/v1") return false;
    const resources = [{ name: "kustomizations", kind: "Kustomization", namespaced: true }];
    send(response, 200, { resources });
    return true;
  };
  const { session } = openSession(server);
  await settled(session);
  expect(session.state).toMatchObject({ kinds: 1 });
  expect(names(session)).toEqual(["a"]);
});

function listsOf(server: FakeApiServer): number {
  return server.requests.filter((line) => line.includes("limit=") && !line.includes("watch=1"))
    .length;
}
