/** The proxy between git and the network: what comes through it is counted, and cut once it is too much. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it } from "vitest";

import { TooLargeError } from "../../../simulator/node/fetch-failure.ts";
import { startGuardProxy } from "../../../simulator/node/guard-proxy.ts";
import { createNetworkGuard } from "../../../simulator/node/network-guard.ts";

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
