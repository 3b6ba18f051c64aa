/** What a registry can do wrong: each has an answer in words, and none has a file. */
import { afterAll, beforeAll, expect, it } from "vitest";

import { guardedRequest } from "../../../../simulator/node/guarded-http.ts";
import { createNetworkGuard } from "../../../../simulator/node/network-guard.ts";
import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { openRegistry } from "../../../../simulator/node/oci/registry.ts";
import { tarGzip } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import { type Fault, startFaultProxy } from "../../../support/servers/fault-proxy.ts";
import { startRegistry, type TestRegistry } from "../../../support/servers/registry.ts";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  const bytes = await tarGzip({ "app.yaml": "kind: ConfigMap\n".repeat(100) });
  await registry.push("app", "1", { layers: [{ bytes }] });
});
afterAll(() => registry.close());

const isBlob = (url: string | undefined): boolean => url?.includes("/blobs/") === true;
const isManifest = (url: string | undefined): boolean => url?.includes("/manifests/") === true;

/** The reason of the answer, with what was asked of the registry. */
async function fetchThrough(
  fault: Fault,
  more: Parameters<typeof fetchContext>[0] = {},
  operation: "extract" | "copy" = "extract",
): Promise<{ readonly reason: string; readonly requests: readonly string[] }> {
  const proxy = await startFaultProxy(registry.url, fault);
  const url = `oci://${proxy.host}/app`;
  const request = { kind: "oci", url, ref: { tag: "1" }, layer: { operation } } as const;
  const reason = await failureOf(fetchOci(request, fetchContext(more)));
  return { reason, requests: proxy.requests };
}

it.each(["extract", "copy"] as const)("a blob that is not what its digest says: %s", async (to) => {
  const change = (body: Buffer): Buffer =>
    Buffer.from(body.map((byte, at) => (at === 30 ? byte ^ 1 : byte)));
  const fault: Fault = ({ url }) => (isBlob(url) ? { change } : undefined);
  expect(await fetchThrough(fault, {}, to)).toMatchObject({ reason: "invalid" });
});

it("a manifest that is not what its digest says", async () => {
  const { reason } = await fetchThrough(({ url }) =>
    isManifest(url)
      ? {
          change: (body) =>
            Buffer.from(body.toString().replace('"schemaVersion":2', '"schemaVersion":3')),
        }
      : undefined,
  );
  expect(reason).toBe("invalid");
});

it("a blob that is cut off each time", async () => {
  const { requests } = await expectReset(({ url }) => (isBlob(url) ? { cutAfter: 10 } : undefined));
  expect(requests.filter(isBlob).length).toBe(4);
});

async function expectReset(fault: Fault): Promise<{ readonly requests: readonly string[] }> {
  const proxy = await startFaultProxy(registry.url, fault);
  const request = { kind: "oci", url: `oci://${proxy.host}/app`, ref: { tag: "1" } } as const;
  await expect(fetchOci(request, fetchContext())).rejects.toMatchObject({ code: "ECONNRESET" });
  return { requests: proxy.requests };
}

it("a blob that is cut off once is asked for again", async () => {
  let cuts = 0;
  const { reason } = await fetchThrough(({ url }) => {
    if (!isBlob(url) || cuts > 0) return undefined;
    cuts++;
    return { cutAfter: 10 };
  });
  expect([reason, cuts]).toEqual(["available", 1]);
});

it("more bytes than the manifest says", async () => {
  const { reason } = await fetchThrough((request, response) => {
    if (!isBlob(request.url)) return undefined;
    response.writeHead(200).end(Buffer.alloc(100_000));
    return "answered";
  });
  expect(reason).toBe("too-large");
});

it("a layer above the limit is not even asked for", async () => {
  const limits = { ...fetchContext().limits, maxBytes: 100 };
  const { reason, requests } = await fetchThrough(() => undefined, { limits });
  expect([reason, requests.filter(isBlob)]).toEqual(["too-large", []]);
});

it("limits how often it is asked", async () => {
  let refusals = 2;
  const pauses: number[] = [];
  const fault: Fault = (_, response) => {
    if (refusals-- <= 0) return undefined;
    response.writeHead(429, { "retry-after": "3" }).end();
    return "answered";
  };
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  expect(await fetchThrough(fault, { pause })).toMatchObject({ reason: "available" });
  expect(pauses).toEqual([3000, 3000]);
});

it.each([
  ["for long", { "retry-after": "3600" }, 1],
  ["for ever", {}, 4],
])("limits how often it is asked, %s", async (_, headers, count) => {
  const { reason, requests } = await fetchThrough((__, response) => {
    response.writeHead(429, headers).end();
    return "answered";
  });
  expect([reason, requests.length]).toEqual(["failed", count]);
});

it("is out of order", async () => {
  const { reason, requests } = await fetchThrough((_, response) => {
    response.writeHead(503).end("<html>".repeat(100_000));
    return "answered";
  });
  expect([reason, requests.length]).toEqual(["failed", 4]);
});

it("an error that says more than anyone reads", async () => {
  const { reason } = await fetchThrough((_, response) => {
    response.writeHead(404).end(Buffer.alloc(20 * 1024 * 1024));
    return "answered";
  });
  expect(reason).toBe("not-found");
});

it.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["no layers", "{}"],
  ["layers that are none", '{"layers":[1]}'],
  ["a digest that is none", '{"layers":[{"digest":"md5:0","size":1}]}'],
  ["a size that is none", `{"layers":[{"digest":"sha256:${"0".repeat(64)}","size":-1}]}`],
  ["bytes that are no text", '{"\xff": 1}'],
])("a manifest with %s", async (_, text) => {
  const { reason } = await fetchThrough((request, response) => {
    if (!isManifest(request.url)) return undefined;
    response.writeHead(200).end(Buffer.from(text, "latin1"));
    return "answered";
  });
  expect(reason).toBe("invalid");
});

it("indexes in indexes without end", async () => {
  const type = "application/vnd.oci.image.index.v1+json";
  const bytes = await tarGzip({ "app.yaml": "inside" });
  let inner = await registry.push("nested", "", { layers: [{ bytes }] });
  for (let depth = 1; depth <= 5; depth++)
    inner = await registry.pushManifest("nested", `${depth}`, type, {
      schemaVersion: 2,
      mediaType: type,
      manifests: [inner],
    });
  const url = `oci://${registry.host}/nested`;
  const fetchTag = (tag: string): Promise<string> =>
    failureOf(fetchOci({ kind: "oci", url, ref: { tag } }, fetchContext()));
  expect([await fetchTag("4"), await fetchTag("5")]).toEqual(["available", "invalid"]);
});

it("a redirect to a private address", async () => {
  const { reason } = await fetchThrough((request, response) => {
    if (!isBlob(request.url)) return undefined;
    response.writeHead(307, { location: "http://169.254.169.254/latest/meta-data" }).end();
    return "answered";
  });
  expect(reason).toBe("refused");
});

it("a list of tags that goes on elsewhere, or for ever", async () => {
  const tagsWith = async (link: string): Promise<string> => {
    const proxy = await startFaultProxy(registry.url, (_, response) => {
      response.writeHead(200, { link: `<${link}>; rel="next"` }).end('{"tags":["1"]}');
      return "answered";
    });
    const url = `oci://${proxy.host}/app`;
    const context = fetchContext({ pickVersion: () => Promise.resolve("1") });
    return failureOf(fetchOci({ kind: "oci", url, ref: { semver: "*" } }, context));
  };
  expect(await tagsWith("http://169.254.169.254/v2/app/tags/list")).toBe("invalid");
  expect(await tagsWith("/v2/app/tags/list?last=1")).toBe("too-large");
});

it("sends its clients to a token server inside the network", async () => {
  const realm = "http://169.254.169.254/token";
  const { reason } = await fetchThrough((_, response) => {
    response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
    return "answered";
  });
  expect(reason).toBe("refused");
});

it.each(["", "garbage", '{"token":"two words\\r\\nx: y"}', '{"token":1}', "{}"])(
  "a token server that answers %j",
  async (body) => {
    const { reason } = await fetchThrough((request, response) => {
      if (request.url?.startsWith("/token")) response.writeHead(200).end(body);
      else
        response
          .writeHead(401, {
            "www-authenticate": `Bearer realm="http://${request.headers.host}/token"`,
          })
          .end();
      return "answered";
    });
    expect(reason).toBe("failed");
  },
);

it("is asked without encryption only where that may be", async () => {
  const ask = (mayBePlain: boolean): Promise<unknown> => {
    const repository = { registry: registry.host, path: "app" };
    const access = { repository, credentials: undefined, mayBePlain };
    return openRegistry(fetchContext(), access).tags();
  };
  expect(await ask(true)).toEqual(["1"]);
  await expect(ask(false)).rejects.toHaveProperty("code");
});

it("is not asked at all when its address is private", async () => {
  const guard = createNetworkGuard({ isAllowed: () => false });
  const { reason, requests } = await fetchThrough(() => undefined, {
    http: (request, limits) => guardedRequest(guard, request, limits),
  });
  expect([reason, requests]).toEqual(["refused", []]);
});

it("says nothing: the fetch ends when it is given up", async () => {
  const controller = new AbortController();
  const proxy = await startFaultProxy(registry.url, ({ url }) => {
    if (!isBlob(url)) return undefined;
    controller.abort();
    return "answered";
  });
  const context = fetchContext({ signal: controller.signal });
  await expect(
    fetchOci({ kind: "oci", url: `oci://${proxy.host}/app`, ref: { tag: "1" } }, context),
  ).rejects.toThrow(/abort/i);
});
