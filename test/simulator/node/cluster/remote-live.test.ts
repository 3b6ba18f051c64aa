/** A kubeconfig out of a Secret: its own credentials are used, nothing of this machine is, and not every address. */
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import type { OpenLive } from "#simulator/cluster";

import { openRemote } from "../../../../simulator/node/cluster/remote-live.ts";
import { kubeconfigText } from "../../../support/kubeconfig.ts";
import { testCertificate, testKey } from "../../../support/tls.ts";

const nowhere = { server: "http://127.0.0.1:1" };
const allowed = { allowPrivateNetwork: true };
const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function live(cluster: object, user?: object): Promise<OpenLive> {
  const opened = await openRemote(kubeconfigText(cluster, user), "far", allowed);
  if (opened.outcome === "refused") throw new Error(opened.why);
  return opened.live;
}

async function listening(seen: IncomingMessage[] = []): Promise<string> {
  const server: Server = createServer((request, response) => {
    seen.push(request);
    response.end("{}");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("not used is", () => {
  test.each([
    ["an exec plugin", nowhere, { exec: { command: "touch", args: ["stolen"] } }, "plugin"],
    ["a plugin of an identity provider", nowhere, { "auth-provider": { name: "oidc" } }, "plugin"],
    ["a token in a file", nowhere, { tokenFile: "/etc/hostname" }, "tokenFile is a file"],
    ["a certificate in a file", nowhere, { "client-certificate": "/x" }, "is a file"],
    ["a key in a file", nowhere, { "client-certificate-data": "eA==", "client-key": "/x" }, "file"],
    [
      "an authority in a file",
      { ...nowhere, "certificate-authority": "/x" },
      { token: "t" },
      "file",
    ],
    ["a user without credentials", nowhere, { username: undefined }, "no credentials"],
    ["an impersonated user alone", nowhere, { as: "admin" }, "no credentials"],
    ["no address", {}, { token: "t" }, "no kubeconfig"],
    ["another protocol", { server: "file:///etc/passwd" }, { token: "t" }, "no kubeconfig"],
  ])("%s", async (_, cluster, user, why) => {
    const text = kubeconfigText(cluster, user);
    const opened = await openRemote(text, "far", allowed);
    expect(opened).toMatchObject({ outcome: "refused" });
    expect(opened.outcome === "refused" && opened.why).toContain(why);
  });

  test.each([
    ["no YAML", "{ ["],
    ["an alias bomb", `a: &a [1]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]\n`],
    ["nothing", ""],
    ["a list", "- a"],
  ])("%s", async (_, text) => {
    expect(await openRemote(text, "far", allowed)).toMatchObject({ outcome: "refused" });
  });
});

test("a plugin and a file beside a token are left alone, and nobody is impersonated", async () => {
  const seen: IncomingMessage[] = [];
  const server = await listening(seen);
  const user = { token: "own", exec: { command: "/nonexistent" }, tokenFile: "/nonexistent" };
  const far = await live({ server }, { ...user, as: "somebody" });
  expect(await far.request({ verb: "get", path: "/version" })).toEqual({ status: 200, body: "{}" });
  far.close();
  const { authorization, ...headers } = seen[0]?.headers ?? {};
  expect(authorization).toBe("Bearer own");
  expect(Object.keys(headers).filter((name) => name.startsWith("impersonate"))).toEqual([]);
});

describe("a certificate", () => {
  async function answerOf(cluster: object): Promise<number> {
    const server = createTlsServer({ key: testKey, cert: testCertificate }, (_, response) => {
      response.end("{}");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const far = await live({ server: address, ...cluster });
    const { status } = await far.request({ verb: "get", path: "/version" });
    far.close();
    return status;
  }

  test("that nobody vouches for is refused, whatever the kubeconfig says of it", async () => {
    expect(await answerOf({ "insecure-skip-tls-verify": true })).toBe(0);
  });

  test("of the authority that stands in the kubeconfig is fine", async () => {
    const authority = Buffer.from(testCertificate).toString("base64");
    expect(await answerOf({ "certificate-authority-data": authority })).toBe(200);
  });
});

describe("an address inside the user's network", () => {
  const closed = { allowPrivateNetwork: false };

  test.each([
    ["of this machine", "https://127.0.0.1:6443"],
    ["of this machine, by name", "https://localhost:6443"],
    ["of a private range", "https://10.0.0.1:6443"],
    ["of a cloud's metadata", "http://169.254.169.254"],
    ["of this machine, in IPv6", "https://[::1]:6443"],
  ])("%s is refused, without saying it", async (_, server) => {
    const opened = await openRemote(kubeconfigText({ server }), "far", closed);
    expect(opened.outcome === "refused" && opened.why).toContain("inside your network");
    expect(JSON.stringify(opened)).not.toContain(new URL(server).hostname);
  });

  test("behind a proxy can't be looked at, so the proxy is refused", async () => {
    const cluster = { server: "https://1.1.1.1", "proxy-url": "http://1.1.1.2:3128" };
    const opened = await openRemote(kubeconfigText(cluster), "far", closed);
    expect(opened.outcome === "refused" && opened.why).toContain("proxy");
  });

  test("is not reached by a name that is another address the next time", async () => {
    const seen: IncomingMessage[] = [];
    const { port } = new URL(await listening(seen));
    let asked = 0;
    const opened = await openRemote(kubeconfigText({ server: `http://far.test:${port}` }), "far", {
      ...closed,
      // Once when it is opened, once when its credentials are, and then by the socket.
      resolve: () =>
        Promise.resolve([{ address: ++asked <= 2 ? "1.1.1.1" : "127.0.0.1", family: 4 }]),
    });
    if (opened.outcome === "refused") throw new Error(opened.why);
    const answer = await opened.live.request({ verb: "get", path: "/version" });
    opened.live.close();
    expect(asked).toBe(3);
    expect(answer.status).toBe(0);
    expect(seen).toEqual([]);
  });

  test("is asked where that is allowed", async () => {
    const server = await listening();
    const far = await live({ server });
    expect((await far.request({ verb: "get", path: "/version" })).status).toBe(200);
    far.close();
  });
});

test("closing ends what is being asked, and nothing is asked afterwards", async () => {
  let connected: (() => void) | undefined;
  const isConnected = new Promise<void>((resolve) => (connected = resolve));
  let connections = 0;
  const silent = createTcpServer((socket) => {
    connections++;
    socket.on("error", () => socket.destroy());
    socket.resume();
    connected?.();
  });
  servers.push(silent);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const far = await live({ server });
  const waiting = far.request({ verb: "get", path: "/version" });
  await isConnected;
  far.close();
  expect(await waiting).toMatchObject({ status: 0 });
  expect(await far.request({ verb: "get", path: "/version" })).toMatchObject({ status: 0 });
  expect(connections).toBe(1);
});
