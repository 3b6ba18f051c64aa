/** What holds for every request of a fetcher: whom it may reach, what it takes along, where it is sent on to, how much it reads. */
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { describe, expect, it, onTestFinished } from "vitest";

import { TooLargeError } from "../../../simulator/node/fetch-failure.ts";
import { guardedRequest } from "../../../simulator/node/guarded-http.ts";
import type { GuardedRequest } from "../../../simulator/node/guarded-http.ts";
import { createNetworkGuard, RefusedError } from "../../../simulator/node/network-guard.ts";
import type { NetworkGuard } from "../../../simulator/node/network-guard.ts";
import { serveHttp } from "../../support/sources.ts";
import { testCertificate, testKey } from "../../support/tls.ts";

const open = createNetworkGuard({ isAllowed: () => true });
const closed = createNetworkGuard({ isAllowed: () => false });

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(
  url: string,
  more: Partial<GuardedRequest> & {
    readonly guard?: NetworkGuard;
    readonly maxBytes?: number;
  } = {},
): Promise<Answer> {
  const { guard = open, maxBytes = 1000, ...request } = more;
  const { signal } = new AbortController();
  const asked = { url, method: "GET", headers: {}, ...request } as const;
  const answer = await guardedRequest(guard, asked, { maxBytes, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return { status: answer.status, text: Buffer.concat(chunks).toString() };
}

/** An https server with the test's certificate that asks for one. */
async function serveHttps(listener: RequestListener): Promise<string> {
  const tls = { key: testKey, cert: testCertificate, ca: testCertificate };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const sendTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location }).end();
const trusted = { tls: { ca: testCertificate } };

describe("redirects", () => {
  it("are followed five times and no more", async () => {
    let left = 5;
    const url = await serveHttp((_, response) => {
      if (left-- > 0) response.writeHead(302, { location: "/on" }).end();
      else response.end("there");
    });
    expect((await ask(url)).text).toBe("there");
    left = 6;
    await expect(ask(url)).rejects.toThrow(/more than 5 times/);
  });

  it.each(["POST", "PUT"] as const)(
    "are not followed for %s, which would be sent twice",
    async (method) => {
      let seen = 0;
      const other = await serveHttp((_, response) => {
        seen += 1;
        response.end();
      });
      const url = await serveHttp(sendTo(other, 307));
      expect((await ask(url, { method, body: new Uint8Array(3) })).status).toBe(307);
      expect(seen).toBe(0);
    },
  );

  it.each(["http://[broken", "file:///etc/passwd", "ftp://127.0.0.1/a"])(
    "to %s are refused",
    async (location) => {
      const url = await serveHttp(sendTo(location));
      await expect(ask(url)).rejects.toThrow(RefusedError);
    },
  );

  it("never leave https for http", async () => {
    let seen = 0;
    const plain = await serveHttp((_, response) => {
      seen += 1;
      response.end();
    });
    const url = await serveHttps(sendTo(plain));
    await expect(ask(url, trusted)).rejects.toThrow(RefusedError);
    expect(seen).toBe(0);
  });

  it.each(["127.0.0.1", "localhost"])("are judged like every address: %s", async (host) => {
    let seen = 0;
    const inside = await serveHttp((_, response) => {
      seen += 1;
      response.end();
    });
    const url = await serveHttp(sendTo(inside.replace("127.0.0.1", host)), "127.0.0.2");
    const guard = createNetworkGuard({ isAllowed: (address) => address === "127.0.0.2" });
    await expect(ask(url, { guard })).rejects.toThrow(RefusedError);
    expect(seen).toBe(0);
  });

  it("leave credentials and the client's certificate with the origin that they were meant for", async () => {
    const seen: { readonly headers: IncomingHttpHeaders; readonly isKnown: boolean }[] = [];
    const note: RequestListener = ({ headers, socket }, response) => {
      seen.push({ headers, isKnown: (socket as TLSSocket).authorized });
      response.end();
    };
    const other = await serveHttps(note);
    const url = await serveHttps((request, response) => {
      if (request.url === "/same") note(request, response);
      else sendTo(request.url === "/here" ? "/same" : other)(request, response);
    });
    const headers = {
      authorization: "Bearer x",
      cookie: "a=b",
      "x-amz-security-token": "x",
      "private-token": "x",
      accept: "text/plain",
    };
    const tls = { ca: testCertificate, cert: testCertificate, key: testKey };
    await ask(`${url}/here`, { headers, tls });
    await ask(`${url}/there`, { headers, tls });
    expect(seen.map(({ isKnown }) => isKnown)).toEqual([true, false]);
    expect(seen[0]?.headers).toMatchObject(headers);
    expect(seen[1]?.headers.accept).toBe("text/plain");
    const secret = ["authorization", "cookie", "x-amz-security-token", "private-token"];
    expect(secret.filter((name) => name in (seen[1]?.headers ?? {}))).toEqual([]);
  });
});

describe("what is asked", () => {
  it.each(["127.0.0.1", "[::1]", "localhost"])(
    "is no machine that the guard refuses: %s",
    async (host) => {
      await expect(ask(`http://${host}:1/`, { guard: closed })).rejects.toThrow(RefusedError);
    },
  );

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/"])("is http or https: %s", async (url) => {
    await expect(ask(url)).rejects.toThrow(RefusedError);
  });

  it("is not asked over a connection that another guard allowed", async () => {
    const url = await serveHttp((_, response) => void response.end("a"));
    const named = url.replace("127.0.0.1", "localhost");
    expect((await ask(named)).text).toBe("a");
    await expect(ask(named, { guard: closed })).rejects.toThrow(RefusedError);
  });
});

it("an answer is read up to its limit", async () => {
  const url = await serveHttp((_, response) => void response.end("x".repeat(1000)));
  expect((await ask(url, { maxBytes: 1000 })).text).toHaveLength(1000);
  await expect(ask(url, { maxBytes: 999 })).rejects.toThrow(TooLargeError);
});
