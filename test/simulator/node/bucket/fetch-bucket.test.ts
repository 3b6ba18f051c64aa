/** Buckets fetched from a real S3 server, and from one that does wrong. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { BucketSourceRequest, SourceAnswer } from "#simulator";

import { createNetworkGuard } from "../../../../simulator/node/network-guard.ts";
import { createSources } from "../../../../simulator/node/sources.ts";
import { s3Keys, s3Region, startS3, type TestS3 } from "../../../support/servers/s3.ts";
import { describeAnswer, optionsOf, serveHttp } from "../../../support/sources.ts";

let server: TestS3;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.close());

const withKeys = { insecure: true, secret: s3Keys } as const;

function bucketRequest(
  bucket: string,
  more: Partial<BucketSourceRequest> = {},
): BucketSourceRequest {
  return { kind: "bucket", endpoint: server.endpoint, bucket, access: withKeys, ...more };
}

const fetchOnce = (request: BucketSourceRequest): Promise<SourceAnswer> =>
  createSources(optionsOf()).fetch(request);

describe("a bucket", () => {
  it("has every object, and a digest over keys and ETags as its revision", async () => {
    const objects = {
      "apps/web.yaml": "web",
      "apps/with space+plus & ünï's.yaml": "odd",
      "b.yaml": "b",
      ".sourceignore": "/tmp\n",
    };
    const etags = await server.put("plain", objects);
    const answer = await fetchOnce(bucketRequest("plain"));
    expect(describeAnswer(answer)).toEqual([
      [".sourceignore", "/tmp\n"],
      ["apps/web.yaml", "web"],
      ["apps/with space+plus & ünï's.yaml", "odd"],
      ["b.yaml", "b"],
    ]);
    const keys = Object.keys(objects)
      .filter((key) => key !== ".sourceignore")
      .sort();
    const index = keys.map((key) => `${key} ${etags[key] ?? ""}\n`).join("");
    const revision = `sha256:${createHash("sha256").update(index).digest("hex")}`;
    expect(answer).toMatchObject({ tree: { revision } });
  });

  it("is read page by page, and below a prefix with the ignore file of the root", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1100 }, (_, i) => [`many/${String(i).padStart(4, "0")}`, `${i}`]),
    );
    await server.put("large", { ...many, "other/x": "x", ".sourceignore": "# none\n" });
    const answer = await fetchOnce(bucketRequest("large", { prefix: "many/" }));
    const described = describeAnswer(answer) as [string, string][];
    expect(described).toHaveLength(1101);
    expect(described[0]).toEqual([".sourceignore", "# none\n"]);
    expect(described.at(-1)).toEqual(["many/1099", "1099"]);
  }, 60_000);

  it("that has not changed is not downloaded again", async () => {
    let time = 0;
    const downloads: string[] = [];
    let etag = "1";
    const url = await serveHttp((request, response) => {
      const path = request.url ?? "";
      if (request.method === "HEAD") response.end();
      else if (path.includes("list-type")) response.end(contents("a").replace(`"1"`, `"${etag}"`));
      else if (path.endsWith(".sourceignore")) response.writeHead(404).end();
      else {
        downloads.push(path);
        response.end(etag);
      }
    });
    const sources = createSources(optionsOf({ now: () => time }));
    const request = bucketRequest("b", { endpoint: url.replace("http://", "") });
    const first = await sources.fetch(request);
    time += 3_600_000;
    expect(await sources.fetch(request)).toEqual(first);
    expect(downloads).toHaveLength(1);
    time += 3_600_000;
    etag = "2";
    expect(describeAnswer(await sources.fetch(request))).toEqual([["a", "2"]]);
    expect(downloads).toHaveLength(2);
  });

  it("is found in the region that the server names", async () => {
    await server.put("regional", { a: "1" });
    for (const region of [undefined, s3Region]) {
      const request = bucketRequest("regional", region === undefined ? {} : { region });
      expect(describeAnswer(await fetchOnce(request))).toEqual([["a", "1"]]);
    }
  });

  it("says what is missing or wrong", async () => {
    await server.put("closed", { a: "1" });
    const wrong = { insecure: true, secret: { ...s3Keys, secretkey: "wrong" } };
    const cases: readonly (readonly [string, BucketSourceRequest])[] = [
      ["not-found", bucketRequest("nowhere")],
      ["unauthorized", bucketRequest("closed", { access: wrong })],
      ["unauthorized", bucketRequest("closed", { access: { insecure: true } })],
      ["unauthorized", bucketRequest("closed", { access: { secret: { accesskey: "x" } } })],
      ["unsupported", bucketRequest("closed", { access: { provider: "gcp" } })],
      ["unsupported", bucketRequest("closed", { access: { provider: "azure" } })],
      ["unsupported", bucketRequest("closed", { access: { provider: "aws" } })],
      ["failed", bucketRequest("closed", { access: { secret: s3Keys } })],
      ["failed", bucketRequest("closed", { endpoint: `http://${server.endpoint}` })],
      ["not-found", bucketRequest("../closed")],
    ];
    for (const [reason, request] of cases)
      expect([request, describeAnswer(await fetchOnce(request))]).toEqual([request, reason]);
  });

  it("is refused inside the private network", async () => {
    const sources = createSources(optionsOf({ allowPrivateNetwork: false }));
    expect(describeAnswer(await sources.fetch(bucketRequest("plain")))).toBe("refused");
    const allowed = optionsOf({ allowPrivateNetwork: false, allowedHosts: ["127.0.0.1"] });
    expect(await createSources(allowed).fetch(bucketRequest("plain"))).toMatchObject({
      outcome: "available",
    });
  });
});

/** A server that answers the list with this, and each object with `x`. */
async function listing(list: string): Promise<string> {
  const url = await serveHttp((request, response) => {
    if (request.method === "HEAD") response.end();
    else if (request.url?.includes("list-type") === true) response.end(list);
    else if (request.url?.endsWith(".sourceignore") === true) response.writeHead(404).end();
    else response.end("x");
  });
  return url.replace("http://", "");
}

function contents(...keys: readonly string[]): string {
  const each = keys.map(
    (key) => `<Contents><Key>${key}</Key><ETag>"1"</ETag><Size>1</Size></Contents>`,
  );
  return `<ListBucketResult><Name>b</Name>${each.join("")}</ListBucketResult>`;
}

describe("a server that does wrong", () => {
  it.each([
    ["garbage", "invalid", "}{"],
    ["another document", "invalid", "<html><body>login</body></html>"],
    ["a file that is a folder too", "invalid", contents("a", "a/b")],
    ["the same file twice", "invalid", contents("a/b", "a//b")],
    [
      "entities that grow",
      "invalid",
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${contents("&b;".repeat(2000))}`,
    ],
  ])("%s is an answer and no crash", async (_, reason, list) => {
    const options = optionsOf();
    const endpoint = await listing(list);
    const answer = await createSources(options).fetch(bucketRequest("b", { endpoint }));
    expect(describeAnswer(answer)).toBe(reason);
    expect(() => readdirSync(join(options.cacheDir, "sources-2/entries"))).toThrow("ENOENT");
  });

  it("names that climb are left out and named", async () => {
    const endpoint = await listing(contents("../../etc/passwd", "/abs", "good", "a/../../b"));
    const answer = await fetchOnce(bucketRequest("b", { endpoint }));
    expect(describeAnswer(answer)).toEqual([
      ["abs", "x"],
      ["good", "x"],
    ]);
    expect(answer).toMatchObject({ remarks: [expect.any(String), expect.any(String)] });
  });

  it("a redirect into the private network is not followed, and takes no keys along", async () => {
    const seen: string[] = [];
    const other = await serveHttp((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.writeHead(404).end();
    });
    const redirecting = (to: string): Promise<string> =>
      serveHttp((_, response) => void response.writeHead(307, { location: to }).end());
    const metadata = (await redirecting("http://169.254.169.254/latest")).replace("http://", "");
    const guard = createNetworkGuard({ isAllowed: (address) => address === "127.0.0.1" });
    const refused = createSources(optionsOf({ guard }));
    const request = bucketRequest("b", { endpoint: metadata });
    expect(describeAnswer(await refused.fetch(request))).toBe("refused");
    const elsewhere = (await redirecting(`${other}/x`)).replace("http://", "");
    await fetchOnce(bucketRequest("b", { endpoint: elsewhere }));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join()).not.toMatch(/AWS4-HMAC|tester/);
  });

  it("a slow one is given up after spec.timeout, and can be cancelled", async () => {
    const url = await serveHttp(() => {});
    const endpoint = url.replace("http://", "");
    const answer = await fetchOnce(bucketRequest("b", { endpoint, timeout: 200 }));
    expect(answer).toMatchObject({
      reason: "failed",
      message: expect.stringContaining("0.2 s") as string,
    });
    const controller = new AbortController();
    const cancelled = createSources(optionsOf()).fetch(
      bucketRequest("b", { endpoint }),
      controller.signal,
    );
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  });
});
