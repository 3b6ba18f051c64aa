/** Requests to an API server on this machine, straight and through proxies: which connections they take, and how refusals are read. */
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, test } from "vitest";

import type { KubeApi as Api } from "#simulator/cluster";
import { KubeApi } from "#simulator/cluster";

import { openEndpoint } from "../../../../simulator/node/cluster/kube-client.ts";
import { testCertificate, testKey } from "../../../support/tls.ts";

const open: Server[] = [];
const sockets = new Set<Socket>();
const apis: Api[] = [];
afterEach(() => {
  for (const api of apis.splice(0)) api.close();
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) server.close();
});

interface Listening {
  readonly port: number;
  readonly connections: () => number;
}

async function listen(server: Server): Promise<Listening> {
  let count = 0;
  server.on("connection", (socket: Socket) => {
    count++;
    sockets.add(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

const answered: RequestListener = (request, response) => {
  response.end(JSON.stringify({ path: request.url, user: request.headers.authorization }));
};

function tlsServer(listener: RequestListener = answered): Promise<Listening> {
  return listen(createTlsServer({ key: testKey, cert: testCertificate }, listener));
}

/** Notes what it was asked for and leads there, or refuses. */
async function proxyServer(asked: IncomingMessage[], refuses = false): Promise<Listening> {
  const server = createServer();
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request);
    if (refuses) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const [, port] = (request.url ?? "").split(":");
    const target = connect(Number(port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    target.on("error", () => client.destroy());
  });
  return listen(server);
}

function apiOf(cluster: Record<string, unknown>): KubeApi {
  const entry = {
    "certificate-authority-data": Buffer.from(testCertificate).toString("base64"),
    "tls-server-name": "localhost",
    ...cluster,
  };
  const api = new KubeApi(() => openEndpoint(entry, { token: "t" }, undefined));
  apis.push(api);
  return api;
}

const signal = new AbortController().signal;

/** One after the other, so that one connection is enough. */
async function askThrice(api: KubeApi): Promise<unknown> {
  await api.json({ path: "/one" }, signal);
  await api.json({ path: "/two" }, signal);
  return api.json({ path: "/three" }, signal);
}

const third = { path: "/three", user: "Bearer t" };

describe("requests one after the other share a connection", () => {
  test("to a server with TLS", async () => {
    const { port, connections } = await tlsServer();
    expect(await askThrice(apiOf({ server: `https://127.0.0.1:${port}` }))).toEqual(third);
    expect(connections()).toBe(1);
  });

  test("to a server without, as `kubectl proxy` is", async () => {
    const { port, connections } = await listen(createServer(answered));
    expect(await askThrice(apiOf({ server: `http://127.0.0.1:${port}` }))).toMatchObject({
      path: "/three",
    });
    expect(connections()).toBe(1);
  });

  test.each(["https", "http"])("to a server with %s behind a proxy", async (scheme) => {
    const asked: IncomingMessage[] = [];
    const { port } = await (scheme === "http" ? listen(createServer(answered)) : tlsServer());
    const proxy = await proxyServer(asked);
    const api = apiOf({
      server: `${scheme}://127.0.0.1:${port}`,
      "proxy-url": `http://me:secret@127.0.0.1:${proxy.port}`,
    });
    expect(await askThrice(api)).toMatchObject({ path: "/three" });
    expect(asked.map(({ url }) => url)).toEqual([`127.0.0.1:${port}`]);
    expect(asked[0]?.headers["proxy-authorization"]).toBe(
      `Basic ${Buffer.from("me:secret").toString("base64")}`,
    );
  });
});

test("a proxy that refuses is an error without its password", async () => {
  const proxy = await proxyServer([], true);
  const api = apiOf({
    server: "https://api.test",
    "proxy-url": `http://me:secret@127.0.0.1:${proxy.port}`,
  });
  const error: unknown = await api.json({ path: "/" }, signal).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(Error);
  expect(JSON.stringify(error) + String(error)).not.toContain("secret");
});

test("a server that another authority vouches for is not trusted", async () => {
  const { port } = await tlsServer();
  const api = apiOf({
    server: `https://127.0.0.1:${port}`,
    "certificate-authority-data": undefined,
  });
  await expect(api.json({ path: "/" }, signal)).rejects.toMatchObject({ problem: "certificate" });
});

test("a packed refusal without an end is read up to a limit", async () => {
  const { port } = await tlsServer((_, response) => {
    response.writeHead(500, { "Content-Encoding": "gzip" });
    response.write(gzipSync("x".repeat(300_000)).subarray(0, -20));
  });
  const api = apiOf({ server: `https://127.0.0.1:${port}` });
  await expect(api.json({ path: "/" }, signal)).rejects.toMatchObject({ message: "HTTP 500" });
});
