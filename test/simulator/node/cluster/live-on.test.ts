/** What goes over the wire for a `Live`: reads, and applies that are not carried out. */
import { Agent, createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import type { Live, LiveRequest } from "#simulator";
import { KubeApi, liveOn } from "#simulator/cluster";

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server;
let address = "";
let seen: Seen[] = [];
let answer = { status: 200, body: "{}", headers: {} as Record<string, string> };
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const { method = "", url = "/", headers } = request;
      seen.push({ method, url: new URL(url, "http://a"), headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  agent.destroy();
  server.close();
});

beforeEach(() => {
  seen = [];
  answer = { status: 200, body: "{}", headers: {} };
});

function live(to = address): Live {
  return liveOn("c", new KubeApi(() => Promise.resolve({ server: to, agent, headers: {} })));
}

test("a read is a GET, in the form that was asked for", async () => {
  answer = { ...answer, body: '{"a":1}' };
  expect(await live().request({ verb: "get", path: "/api", as: "discovery" })).toEqual({
    status: 200,
    body: '{"a":1}',
  });
  expect(seen).toMatchObject([{ method: "GET", body: "" }]);
  expect(seen[0]?.headers.accept).toContain("as=APIGroupDiscoveryList");
});

test("a dry run is a forced apply that the server does not carry out", async () => {
  const body = '{"big":12345678901234567890}';
  const path = "/api/v1/namespaces/a/configmaps/b";
  await live().request({ verb: "dry-run", path, manager: "helm-controller", force: true, body });
  expect(seen).toMatchObject([
    { method: "PATCH", body, headers: { "content-type": "application/apply-patch+yaml" } },
  ]);
  expect(seen[0]?.url.pathname).toBe(path);
  expect(Object.fromEntries(seen[0]?.url.searchParams ?? [])).toEqual({
    dryRun: "All",
    fieldManager: "helm-controller",
    force: "true",
  });
});

test("no request says anything else, whatever stands in it", async () => {
  const texts = fc.constantFrom("", "?dryRun=", "&dryRun=&", "#", "?x=y", "/status", "%00");
  const requests: fc.Arbitrary<LiveRequest> = fc.oneof(
    fc.record({ verb: fc.constant("get" as const), path: texts.map((text) => `/api/v1${text}`) }),
    fc.record({
      verb: fc.constant("dry-run" as const),
      path: texts.map((text) => `/api/v1${text}`),
      manager: texts.map((text) => `m${text}&dryRun=`),
      force: fc.boolean(),
      body: fc.string(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      seen = [];
      await live().request(request);
      const [one] = seen;
      const isRead = one?.method === "GET" && one.body === "";
      const isDryRun =
        one?.method === "PATCH" && one.url.searchParams.getAll("dryRun").join() === "All";
      expect(seen.length).toBe(1);
      expect(request.verb === "get" ? isRead : isDryRun).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("refusals are answers, with what the server wrote and when to come back", async () => {
  answer = { status: 429, body: '{"message":"later"}', headers: { "retry-after": "7" } };
  expect(await live().request({ verb: "get", path: "/a" })).toEqual({
    status: 429,
    body: '{"message":"later"}',
    retryAfter: 7,
  });
  answer = { status: 401, body: "{}", headers: {} };
  expect(await live().request({ verb: "get", path: "/a" })).toMatchObject({ status: 401 });
});

test("nobody there is an answer, cancelling is not", async () => {
  const nobody = live("http://127.0.0.1:1");
  expect(await nobody.request({ verb: "get", path: "/a" })).toMatchObject({ status: 0 });
  const signal = AbortSignal.abort();
  await expect(live().request({ verb: "get", path: "/a" }, signal)).rejects.toThrow(/abort/i);
});
