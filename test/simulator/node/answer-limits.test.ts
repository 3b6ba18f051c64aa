/**
 * How much is read of each answer of a server, and how many things are taken out of it. The servers are played, because no real one
 * gives as much as these limits forbid.
 */
import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "vitest";

import type { FetchContext } from "../../../simulator/node/fetcher.ts";
import { fetchBucket } from "../../../simulator/node/bucket/fetch-bucket.ts";
import { createChartFetcher } from "../../../simulator/node/helm-repository/fetch-chart.ts";
import { isSignedByAny } from "../../../simulator/node/oci/cosign.ts";
import { digestOf } from "../../../simulator/node/oci/digest.ts";
import { openRegistry } from "../../../simulator/node/oci/registry.ts";
import type { Registry } from "../../../simulator/node/oci/registry.ts";
import { openOciPacks } from "../../../simulator/node/shared-cache/oci-packs.ts";
import { openS3Packs } from "../../../simulator/node/shared-cache/s3-packs.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { failureOf, fetchContext } from "../../support/fetch-context.ts";
import { describeAnswer, optionsOf, serveHttp } from "../../support/sources.ts";

const mebibyte = 1024 * 1024;

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface Played {
  readonly context: FetchContext;
  /** Bytes that would have been read at most, by path. */
  readonly limits: Map<string, number>;
}

/** `answer` by path, with the query where there is one. */
function played(
  answer: (path: string) => Answer | undefined,
  more: Partial<FetchContext> = {},
): Played {
  const limits = new Map<string, number>();
  const http: FetchContext["http"] = ({ url }, { maxBytes }) => {
    const { pathname, search } = new URL(url);
    const path = pathname + search;
    limits.set(path, maxBytes);
    const { status = 200, headers = {}, body = "" } = answer(path) ?? { status: 404 };
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    return Promise.resolve({ url, status, statusMessage: "", headers, body: chunksOf(bytes) });
  };
  const large = { maxBytes: 1024 * mebibyte, tree: fetchContext().limits.tree };
  return { context: fetchContext({ limits: large, ...more, http }), limits };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield await Promise.resolve(bytes);
  return undefined;
}

const digest = digestOf(new TextEncoder().encode("{}"));
const access = {
  repository: { registry: "127.0.0.1:1", path: "app" },
  credentials: undefined,
  mayBePlain: true,
};

describe("a registry", () => {
  it("gives manifests, lists of tags and what refers to a manifest up to a size", async () => {
    const { context, limits } = played((path) => ({
      body: path.includes("/tags/") ? '{"tags":["1"]}' : "{}",
    }));
    const registry = openRegistry(context, access);
    await registry.manifest("1");
    await registry.tags();
    await registry.referrers(digest);
    await registry.blob({ mediaType: "", digest, size: 2 });
    expect(Object.fromEntries(limits)).toMatchObject({
      "/v2/app/manifests/1": 8 * mebibyte,
      "/v2/app/tags/list?n=1000": 16 * mebibyte,
      [`/v2/app/referrers/${digest}`]: 8 * mebibyte,
      [`/v2/app/blobs/${digest}`]: 2,
    });
  });

  it("gives no blob that is larger than anything may be, or has no digest", async () => {
    const { context, limits } = played(() => ({ body: "{}" }));
    const registry = openRegistry(context, access);
    const blob = (more: object) =>
      failureOf(
        registry
          .blob({ mediaType: "", digest, size: 2, ...more })
          .then(() => ({ outcome: "unavailable", reason: "offline", message: "" }) as const),
      );
    expect(await blob({})).toBe("offline");
    expect(await blob({ size: 1024 * mebibyte + 1 })).toBe("too-large");
    expect(await blob({ digest: "sha256:../../x" })).toBe("invalid");
    expect([...limits.keys()].filter((path) => path.includes("blobs"))).toHaveLength(1);
  });

  it("gives the manifest that was asked for by its digest, or none", async () => {
    const right = openRegistry(played(() => ({ body: "{}" })).context, access);
    expect(await right.manifest(digest)).toMatchObject({ digest });
    const wrong = openRegistry(played(() => ({ body: '{"a":1}' })).context, access);
    await expect(wrong.manifest(digest)).rejects.toMatchObject({ reason: "invalid" });
  });

  describe("with signatures", () => {
    const layer = (size: number) => ({
      ...{ mediaType: "x", digest, size },
      annotations: { "dev.cosignproject.cosign/signature": "x" },
    });
    const keys = [generateKeyPairSync("ed25519").publicKey];

    /** Answers with these manifests; gives the number of manifests and of blobs that were asked for. */
    async function looked(
      manifests: Readonly<Record<string, object>>,
    ): Promise<{ readonly manifests: number; readonly blobs: number }> {
      const asked = { manifests: 0, blobs: 0 };
      const registry: Registry = {
        manifest: (reference) => {
          asked.manifests += 1;
          const json = manifests[reference] ?? manifests["*"];
          return Promise.resolve(json && { digest, mediaType: "", json: { ...json } });
        },
        blob: () => {
          asked.blobs += 1;
          return Promise.resolve(new TextEncoder().encode("{}"));
        },
        tags: () => Promise.resolve([]),
        referrers: () =>
          Promise.resolve(
            manifests["referrers"] && {
              digest,
              mediaType: "",
              json: { ...manifests["referrers"] },
            },
          ),
      };
      expect(await isSignedByAny(registry, digest, keys)).toBe(false);
      return asked;
    }

    it("is asked for sixty-four of them, of a megabyte at most", async () => {
      const layers = (count: number, size: number) =>
        looked({ "*": { layers: Array.from({ length: count }, () => layer(size)) } });
      expect((await layers(100, mebibyte)).blobs).toBe(64);
      expect((await layers(2, mebibyte + 1)).blobs).toBe(0);
    });

    it("is asked for sixty-four bundles, of a megabyte at most", async () => {
      const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
      const bundles = (count: number, size: number) =>
        looked({
          referrers: {
            manifests: Array.from({ length: count }, () => ({ ...layer(1), artifactType })),
          },
          "*": { layers: [layer(size)] },
        });
      expect(await bundles(100, mebibyte)).toEqual({ manifests: 64, blobs: 64 });
      expect((await bundles(1, mebibyte)).blobs).toBe(1);
      // Without a bundle that may be read, the older signatures are looked at: one more manifest and no more blobs.
      expect(await bundles(1, mebibyte + 1)).toEqual({ manifests: 2, blobs: 0 });
    });
  });

  it("has a token server that says little", async () => {
    const challenge = { "www-authenticate": 'Bearer realm="https://127.0.0.1:2/token"' };
    const { context, limits } = played((path) =>
      path.startsWith("/token") ? { body: '{"token":"x"}' } : { status: 401, headers: challenge },
    );
    await failureOf(openRegistry(context, access).manifest("1") as never);
    const token = [...limits].find(([path]) => path.startsWith("/token"));
    expect(token?.[1]).toBe(mebibyte);
  });
});

describe("a Helm repository", () => {
  it("has an index and charts up to the sizes of source-controller", async () => {
    const index = `apiVersion: v1\nentries:\n  app:\n  - version: 1.0.0\n    urls: [app.tgz]\n`;
    const { context, limits } = played((path) =>
      path === "/index.yaml" ? { body: index } : { body: Uint8Array.of(0x1f, 0x8b, 0) },
    );
    const repository = "http://127.0.0.1:1/";
    const request = { kind: "chart", repository, name: "app", version: "1.0.0" } as const;
    expect(await failureOf(createChartFetcher()(request, context))).toBe("available");
    expect(Object.fromEntries(limits)).toEqual({
      "/index.yaml": 50 * mebibyte,
      "/app.tgz": 10 * mebibyte,
    });
  });

  it("has charts that are archives", async () => {
    const index = `apiVersion: v1\nentries:\n  app:\n  - version: 1.0.0\n    urls: [app.tgz]\n`;
    const { context } = played((path) => ({ body: path === "/index.yaml" ? index : "<html>" }));
    const repository = "http://127.0.0.1:1/";
    const request = { kind: "chart", repository, name: "app", version: "1.0.0" } as const;
    expect(await failureOf(createChartFetcher()(request, context))).toBe("invalid");
  });
});

describe("a bucket", () => {
  const object = (key: string, size = 1): string =>
    `<Contents><Key>${key}</Key><ETag>"${key}"</ETag><Size>${size}</Size></Contents>`;
  const listing = (...parts: readonly string[]): string =>
    `<ListBucketResult><Name>b</Name>${parts.join("")}</ListBucketResult>`;
  const request = {
    kind: "bucket",
    endpoint: "127.0.0.1:1",
    bucket: "b",
    access: { insecure: true },
  } as const;
  const tree = { maxFiles: 3, maxFileBytes: 100, maxTotalBytes: 150 };
  const small = { limits: { maxBytes: mebibyte, tree } };

  function bucket(list: (token: string | null) => string): Played {
    return played((path) => {
      const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
      if (!searchParams.has("list-type")) return { body: pathname === "/b" ? "" : "x" };
      return { body: list(searchParams.get("continuation-token")) };
    }, small);
  }

  it("is read object by object, each up to the size of a file", async () => {
    const { context, limits } = bucket(() => listing(object("a"), object("large", 101)));
    const answer = await fetchBucket(request, context);
    expect(describeAnswer(answer)).toEqual([
      [".sourceignore", "x"],
      ["a", "x"],
      ["large", undefined],
    ]);
    const list = [...limits].find(([path]) => path.includes("list-type"));
    expect(list?.[1]).toBe(16 * mebibyte);
    expect([limits.get("/b/a"), limits.get("/b/.sourceignore")]).toEqual([100, 100]);
    expect(limits.has("/b/large")).toBe(false);
  });

  it.each([
    ["more objects than files may be", ["a", "b", "c", "d"].map((key) => object(key))],
    ["more bytes than a tree may have", [object("a", 100), object("b", 51)]],
  ])("with %s is not read", async (_, objects) => {
    const { context, limits } = bucket(() => listing(...objects));
    expect(await failureOf(fetchBucket(request, context))).toBe("too-large");
    expect(limits.has("/b/a")).toBe(false);
  });

  it("whose list goes round in circles ends", async () => {
    const next = "<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>";
    let pages = 0;
    const { context } = bucket(() => {
      pages += 1;
      if (pages > 5) throw new Error("asked again and again");
      return listing(next, pages === 1 ? object("a") : "");
    });
    expect(await failureOf(fetchBucket(request, context))).toBe("available");
  });

  it.each(["127.0.0.1/x", "me:secret@127.0.0.1", "", "a b"])(
    "has an endpoint that is a host: %j",
    async (endpoint) => {
      const { context, limits } = bucket(() => listing());
      expect(await failureOf(fetchBucket({ ...request, endpoint }, context))).toBe("failed");
      expect(limits.size).toBe(0);
    },
  );

  it("has a name that stays in its place", async () => {
    const { context, limits } = bucket(() => listing());
    const answer = fetchBucket({ ...request, bucket: "../b" }, context);
    expect(await failureOf(answer)).toBe("not-found");
    expect(limits.size).toBe(0);
  });
});

describe("a shared cache", () => {
  const pack = (at: number) => ({
    digest: `sha256:${String(at).padStart(64, "0")}`,
    size: 2,
    made: "2026-01-01T00:00:00Z",
    used: "2026-01-01",
  });
  const many = Array.from({ length: 100 }, (_, at) => pack(at));

  describe("in a bucket", () => {
    const place = {
      bucket: {
        ...{ origin: "http://127.0.0.1:1", bucket: "b", region: "x" },
        ...{ keys: undefined, tls: undefined },
      },
      prefix: "",
      shown: "s3://b",
    };
    const indexes = (count: number): string => {
      const keys = Array.from({ length: count }, (_, at) => `index/${at}of${count}.json`);
      const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`);
      return `<ListBucketResult><Name>b</Name>${contents.join("")}</ListBucketResult>`;
    };
    const open = (count: number) =>
      played((path) => {
        if (path.includes("list-type")) return { body: indexes(count) };
        const isIndex = path.includes("/index/");
        return { body: isIndex ? JSON.stringify({ version: 1, packs: many }) : "{}" };
      });

    it("has small indexes, few of them, with few packs", async () => {
      const { context, limits } = open(1);
      const found = await openS3Packs(place, undefined, context).indexes();
      expect(found.map((packs) => packs.length)).toEqual([64]);
      expect(limits.get("/b/index/0of1.json")).toBe(64 * 1024);
      const more = openS3Packs(place, undefined, open(257).context);
      await expect(more.indexes()).rejects.toMatchObject({ reason: "too-large" });
    });

    it("has packs of the size and digest that its index says", async () => {
      const { context, limits } = open(1);
      const store = openS3Packs(place, undefined, context);
      await expect(store.read({ ...pack(1), digest })).resolves.toHaveLength(2);
      expect([...limits.values()]).toEqual([2]);
      await expect(store.read(pack(1))).rejects.toMatchObject({ reason: "invalid" });
    });
  });

  it("in a registry has few indexes with few packs", async () => {
    const layers = many.map(({ digest: each, size, made, used }) => ({
      ...{ mediaType: "application/vnd.sluice.cache.pack.v1.tar+gzip", digest: each, size },
      annotations: { "org.opencontainers.image.created": made, "sluice.cache.used": used },
    }));
    const manifest = { artifactType: "application/vnd.sluice.cache.v1", layers };
    const tags = Array.from({ length: 300 }, (_, at) => `all-${at}of300`);
    const { context } = played((path) => ({
      body: JSON.stringify(path.includes("/tags/") ? { tags } : manifest),
    }));
    const place = { repository: access.repository, tag: "all" };
    const found = await openOciPacks(place, undefined, context).indexes();
    expect(found.map((packs) => packs.length)).toEqual(Array.from({ length: 256 }, () => 64));
  });
});

describe("a single file", () => {
  it("has up to 32 MiB, and what says that it has more is not read at all", async () => {
    const sources = createSources(optionsOf());
    const sizes = [32 * mebibyte, 32 * mebibyte + 1];
    const url = await serveHttp((request, response) => {
      const size = sizes[Number(request.url?.slice(1))] ?? 0;
      response.writeHead(200, { "content-length": size });
      if (size === sizes[0]) response.end(Buffer.alloc(size));
      else response.flushHeaders();
    });
    const reasonOf = (path: string) =>
      failureOf(sources.fetch({ kind: "http", url: `${url}/${path}` }));
    expect(await reasonOf("0")).toBe("available");
    expect(await reasonOf("1")).toBe("too-large");
  });
});
