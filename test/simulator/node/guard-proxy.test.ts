/** The proxy between git and the network: what comes through it is counted, and cut once it is too much. */
import { createServer, request } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { TooLargeError } from "../../../simulator/node/fetch-failure.ts";
import { startGuardProxy } from "../../../simulator/node/guard-proxy.ts";
import type { GuardProxy } from "../../../simulator/node/guard-proxy.ts";
import { createNetworkGuard, RefusedError } from "../../../simulator/node/network-guard.ts";
import { serveHttp } from "../../support/sources.ts";

const size = 100_000;

/** How many bytes of an answer of `size` arrive through a proxy with that limit, and why no more. */
async function fetched(maxBytes: number): Promise<{ bytes: number; failure: Error | undefined }> {
  const server = createServer((_, response) => void response.end(Buffer.alloc(size)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const guard = createNetworkGuard({ isAllowed: () => true });
  const proxy = await startGuardProxy(guard, { maxBytes });
  const { hostname, port: proxyPort, username, password } = new URL(proxy.url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const bytes = await new Promise<number>((resolve) => {
    let arrived = 0;
    const sent = request({
      ...{ hostname, port: proxyPort, path: `http://127.0.0.1:${port}/` },
      headers: { "proxy-authorization": authorization },
    });
    sent.on("error", () => resolve(arrived));
    sent.on("response", (answer) => {
      answer.on("data", (chunk: Buffer) => (arrived += chunk.byteLength));
      answer.on("error", () => resolve(arrived));
      answer.on("close", () => resolve(arrived));
    });
    sent.end();
  });
  await proxy.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { bytes, failure: proxy.failure() };
}

it("lets through what stays within the limit", async () => {
  expect(await fetched(size)).toEqual({ bytes: size, failure: undefined });
});

it("cuts the connection beyond it and says why", async () => {
  const { bytes, failure } = await fetched(size - 1);
  expect(bytes).toBeLessThan(size);
  expect(failure).toBeInstanceOf(TooLargeError);
});

/** What a proxy answers to the first lines of a connection to it; `then` is sent once it has said yes. */
async function said(
  proxy: { readonly host: string; readonly port: number },
  lines: readonly string[],
  then = "",
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(proxy);
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      if (text === "" && then !== "") socket.write(then);
      text += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(text));
    socket.write([...lines, "", ""].join("\r\n"));
  });
}

interface Started {
  readonly place: { readonly host: string; readonly port: number };
  /** The header by which a client is known. */
  readonly known: string;
  readonly proxy: GuardProxy;
  /** A server behind it that answers with `size` bytes, and how often it was asked. */
  readonly target: string;
  readonly asked: () => number;
}

async function started(
  options: { readonly maxBytes?: number; readonly isAllowed?: () => boolean } = {},
): Promise<Started> {
  let asked = 0;
  const url = await serveHttp((_, response) => {
    asked += 1;
    response.writeHead(200, { connection: "close" }).end(Buffer.alloc(size, "x"));
  });
  const guard = createNetworkGuard({ isAllowed: options.isAllowed ?? (() => true) });
  const proxy = await startGuardProxy(guard, { maxBytes: options.maxBytes ?? size * 2 });
  onTestFinished(() => proxy.close());
  const { hostname: host, port, username, password } = new URL(proxy.url);
  const pair = Buffer.from(`${username}:${password}`).toString("base64");
  const known = `Proxy-Authorization: Basic ${pair}`;
  const place = { host, port: Number(port) };
  return { place, known, proxy, target: url.replace("http://", ""), asked: () => asked };
}

const get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

it.each(["", "Proxy-Authorization: Basic c2x1aWNlOng="])(
  "serves nobody who does not know its password: %j",
  async (header) => {
    const { place, target, asked } = await started();
    const plain = [`GET http://${target}/ HTTP/1.1`, "Host: x", "Connection: close", header];
    const tunnel = [`CONNECT ${target} HTTP/1.1`, "Host: x", header];
    for (const lines of [plain, tunnel])
      expect(await said(place, lines.filter(Boolean))).toMatch(/^HTTP\/1.1 407 /);
    expect(asked()).toBe(0);
  },
);

it("opens tunnels and counts what comes through them", async () => {
  const { place, known, target, proxy } = await started();
  const text = await said(place, [`CONNECT ${target} HTTP/1.1`, "Host: x", known], get);
  expect(text).toMatch(/^HTTP\/1.1 200 Connection Established/);
  expect(text.length).toBeGreaterThan(size);
  expect(proxy.failure()).toBeUndefined();

  const small = await started({ maxBytes: size / 2 });
  const lines = [`CONNECT ${small.target} HTTP/1.1`, "Host: x", small.known];
  expect((await said(small.place, lines, get)).length).toBeLessThan(size);
  expect(small.proxy.failure()).toBeInstanceOf(TooLargeError);
});

it("reaches nobody whom the guard refuses", async () => {
  const { place, known, target, proxy, asked } = await started({ isAllowed: () => false });
  const plain = [`GET http://${target}/ HTTP/1.1`, "Host: x", "Connection: close", known];
  const tunnel = [`CONNECT ${target} HTTP/1.1`, "Host: x", known];
  for (const lines of [plain, tunnel]) expect(await said(place, lines)).toMatch(/^HTTP\/1.1 403 /);
  expect(proxy.failure()).toBeInstanceOf(RefusedError);
  expect(asked()).toBe(0);
});

it("forwards http and nothing else", async () => {
  const { place, known, target, asked } = await started();
  for (const address of [`https://${target}/`, `ftp://${target}/`, "/etc/passwd"]) {
    const lines = [`GET ${address} HTTP/1.1`, "Host: x", "Connection: close", known];
    expect(await said(place, lines)).toMatch(/^HTTP\/1.1 403 /);
  }
  expect(asked()).toBe(0);
});

it("listens for this machine only", async () => {
  const { place, known } = await started();
  const elsewhere = said({ ...place, host: "127.0.0.2" }, ["GET / HTTP/1.1", known]);
  await expect(elsewhere).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|ETIMEDOUT/);
});
