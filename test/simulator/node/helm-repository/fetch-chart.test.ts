/** Charts, fetched from Helm repositories over http and out of a real registry. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { ChartSourceRequest, SourceAnswer, VersionRequest } from "#simulator";

import type { FetchContext } from "../../../../simulator/node/fetcher.ts";
import { createChartFetcher } from "../../../../simulator/node/helm-repository/fetch-chart.ts";
import { chartArchive } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import {
  type HelmRepositoryOptions,
  startHelmRepository,
  type TestHelmRepository,
} from "../../../support/servers/helm-repository.ts";
import { startRegistry, type TestRegistry } from "../../../support/servers/registry.ts";

const chart = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const config = {
  bytes: new TextEncoder().encode("{}"),
  mediaType: "application/vnd.cncf.helm.config.v1+json",
};

async function serve(options: HelmRepositoryOptions): Promise<TestHelmRepository> {
  const repository = await startHelmRepository(options);
  onTestFinished(() => repository.close());
  return repository;
}

const request = (
  repository: string,
  more: Partial<ChartSourceRequest> = {},
): ChartSourceRequest => ({
  kind: "chart",
  repository,
  name: "app",
  version: "1.0.0",
  ...more,
});

function archiveIn(answer: SourceAnswer): Uint8Array | undefined {
  return answer.outcome === "available" ? answer.tree.files.get("chart.tgz")?.bytes : undefined;
}

/** Answers with `version` and remembers what was asked. */
function picking(version: string | undefined): {
  readonly context: FetchContext;
  readonly asked: readonly VersionRequest[];
} {
  const asked: VersionRequest[] = [];
  const pickVersion: FetchContext["pickVersion"] = (question) => {
    asked.push(question);
    return Promise.resolve(version);
  };
  return { context: fetchContext({ pickVersion }), asked };
}

describe("over http", () => {
  it.each(["yaml", "json", "gzip"] as const)("out of an index as %s", async (form) => {
    const charts = [
      { name: "other", version: "1.0.0" },
      { name: "app", version: "2.0.0" },
      { name: "app", version: "1.0.0" },
      { name: "app-more", version: "1.0.0" },
    ];
    const { url, archives } = await serve({ charts, form, path: "/charts" });
    const answer = await createChartFetcher()(request(url), fetchContext());
    expect(archiveIn(answer)).toEqual(archives.get("app-1.0.0.tgz"));
    expect(answer).toMatchObject({ tree: { revision: "1.0.0" } });
    expect(answer).not.toHaveProperty("remarks");
  });

  it("by a range, equal versions by their age", async () => {
    const charts = [
      { name: "app", version: "1.0.0", created: "2026-01-01T00:00:00Z" },
      { name: "app", version: "1.1.0", created: "2026-02-01T10:00:00+02:00", text: "old" },
      { name: "app", version: "1.1.0", created: "2026-02-01T09:00:00Z", text: "new" },
    ].map((item) => ({ ...item, url: `app-${item.version}${item.text ?? ""}.tgz` }));
    const { url, archives } = await serve({ charts });
    const { context, asked } = picking("1.1.0");
    const answer = await createChartFetcher()(request(url, { version: "1.x" }), context);
    expect(archiveIn(answer)).toEqual(archives.get("app-1.1.0new.tgz"));
    expect(asked).toEqual([
      { versions: ["1.0.0", "1.1.0", "1.1.0"], constraint: "1.x", rule: "helm" },
    ]);
  });

  it("asks for the index once for many charts, and again later", async () => {
    const charts = ["a", "b", "c"].map((name) => ({ name, version: "1.0.0" }));
    const { url, requests } = await serve({ charts });
    const fetch = createChartFetcher();
    const get = (now: number): Promise<unknown> =>
      Promise.all(
        charts.map(({ name }) => fetch(request(url, { name }), fetchContext({ now: () => now }))),
      );
    await get(0);
    await get(30_000);
    expect(requests.filter((line) => line.includes("index.yaml"))).toHaveLength(1);
    await get(90_000);
    expect(requests.filter((line) => line.includes("index.yaml"))).toHaveLength(2);
  });

  it("says when the archive is another than the index describes", async () => {
    const charts = [{ name: "app", version: "1.0.0", digest: "f".repeat(64) }];
    const { url } = await serve({ charts });
    const answer = await createChartFetcher()(request(url), fetchContext());
    expect(answer).toMatchObject({ outcome: "available", remarks: [expect.any(String)] });
  });

  it("does not fetch again what the index still describes", async () => {
    const charts = [{ name: "app", version: "1.0.0" }];
    const { url, requests } = await serve({ charts });
    const first = await createChartFetcher()(request(url), fetchContext());
    if (first.outcome !== "available") throw new Error(first.message);
    const known = { tree: first.tree };
    const again = await createChartFetcher()(request(url), fetchContext({ known }));
    expect(again).toEqual(first);
    const other = { tree: { ...first.tree, revision: "0.9.0" } };
    await createChartFetcher()(request(url), fetchContext({ known: other }));
    const file = { id: "", size: 1, kind: "file", bytes: new Uint8Array(1) } as const;
    const broken = { tree: { ...first.tree, files: new Map([["chart.tgz", file]]) } };
    await createChartFetcher()(request(url), fetchContext({ known: broken }));
    expect(requests.filter((line) => line.includes(".tgz"))).toHaveLength(3);
  });

  it("keeps the query of the repository's address", async () => {
    const { url, requests } = await serve({ charts: [{ name: "app", version: "1.0.0" }] });
    const answer = await createChartFetcher()(request(`${url}/?token=x`), fetchContext());
    expect(answer).toMatchObject({ outcome: "available" });
    expect(requests).toEqual(["GET /index.yaml?token=x", "GET /app-1.0.0.tgz?token=x"]);
  });

  it("keeps credentials with the repository, unless they are to be passed on", async () => {
    const user = { username: "tester", password: "secret" };
    const elsewhere = await serve({ charts: [{ name: "app", version: "1.0.0" }] });
    const url = `${elsewhere.url}/app-1.0.0.tgz`;
    const repository = await serve({ charts: [{ name: "app", version: "1.0.0", url }], user });
    const access = { secret: user };
    await createChartFetcher()(request(repository.url, { access }), fetchContext());
    const passed = request(repository.url, { access, passCredentials: true });
    await createChartFetcher()(passed, fetchContext());
    expect(repository.requests).toEqual([
      "GET /index.yaml with credentials",
      "GET /index.yaml with credentials",
    ]);
    expect(elsewhere.requests).toEqual([
      "GET /app-1.0.0.tgz",
      "GET /app-1.0.0.tgz with credentials",
    ]);
  });

  it("does not show one user's index to another", async () => {
    const user = { username: "tester", password: "secret" };
    const charts = [{ name: "app", version: "1.0.0" }];
    const { url, requests } = await serve({ charts, user });
    const fetch = createChartFetcher();
    const access = { secret: user };
    expect(await failureOf(fetch(request(url, { access }), fetchContext()))).toBe("available");
    expect(await failureOf(fetch(request(url), fetchContext()))).toBe("unauthorized");
    expect(requests.at(-1)).toBe("GET /index.yaml");
  });

  it.each([
    ["no such chart", { name: "none" }, "not-found"],
    ["no such version", { version: "9.9.9" }, "not-found"],
    ["nothing where the index points", { name: "lost" }, "not-found"],
    ["an address of another kind", { name: "elsewhere" }, "unsupported"],
    ["an address inside the network", { name: "inside" }, "refused"],
  ])("%s", async (_, more, reason) => {
    const charts = [
      { name: "app", version: "1.0.0" },
      { name: "lost", version: "1.0.0", url: "lost.tgz" },
      { name: "elsewhere", version: "1.0.0", url: "oci://registry.example/elsewhere" },
      { name: "inside", version: "1.0.0", url: "http://169.254.169.254/inside.tgz" },
    ];
    const { url } = await serve({ charts });
    const { context } = picking(undefined);
    expect(await failureOf(createChartFetcher()(request(url, more), context))).toBe(reason);
  });

  it.each(["ftp://host/charts", "charts", "file:///etc"])("%s is no repository", async (url) => {
    expect(await failureOf(createChartFetcher()(request(url), fetchContext()))).toBe("invalid");
  });
});

describe("out of a registry", () => {
  let registry: TestRegistry;
  let bytes: Uint8Array;
  beforeAll(async () => {
    registry = await startRegistry();
    bytes = await chartArchive("app", "1.0.0");
    const layers = [{ bytes, mediaType: chart }];
    await registry.push("charts/app", "1.0.0", { layers, config });
    await registry.push("charts/app", "1.1.0_build.2", { layers, config });
    await registry.push("charts/image", "1.0.0", { layers: [{ bytes }], config });
    await registry.push("charts/artifact", "1.0.0", { layers });
    await registry.push("charts/signed", "1.0.0", {
      layers: [
        {
          bytes: new Uint8Array([1]),
          mediaType: "application/vnd.cncf.helm.chart.provenance.v1.prov",
        },
        ...layers,
      ],
      config,
    });
  });
  afterAll(() => registry.close());

  const fetch = (
    more: Partial<ChartSourceRequest>,
    context: FetchContext = fetchContext(),
  ): Promise<SourceAnswer> =>
    createChartFetcher()(request(`oci://${registry.host}/charts/`, more), context);

  it("by its version, without a list of tags", async () => {
    const answer = await fetch({});
    expect(archiveIn(answer)).toEqual(bytes);
    expect(answer).toMatchObject({
      digest: expect.stringMatching(/^sha256:/),
      tree: { revision: "1.0.0" },
    });
  });

  it("without its layer when it is the same as before", async () => {
    const first = await fetch({});
    if (first.outcome !== "available") throw new Error(first.message);
    const marked = { ...first.tree, label: "known" };
    const known = { tree: marked, ...(first.digest ? { digest: first.digest } : {}) };
    expect(await fetch({}, fetchContext({ known }))).toMatchObject({ tree: { label: "known" } });
    const moved = { tree: marked, digest: "sha256:other" };
    const again = await fetch({}, fetchContext({ known: moved }));
    expect(again).toMatchObject({ tree: { label: "app 1.0.0" } });
  });

  it("by a range, with `+` for the `_` of tags", async () => {
    const { context, asked } = picking("1.1.0+build.2");
    const answer = await fetch({ version: ">=1.0.0" }, context);
    expect(answer).toMatchObject({ tree: { revision: "1.1.0+build.2" } });
    expect(asked).toEqual([
      { versions: ["1.0.0", "1.1.0+build.2"], constraint: ">=1.0.0", rule: "helm" },
    ]);
  });

  it("wherever the chart's layer stands", async () => {
    expect(archiveIn(await fetch({ name: "signed" }))).toEqual(bytes);
  });

  it("not when it is larger than source-controller takes", async () => {
    const layer = { bytes: new Uint8Array(10 * 1024 * 1024 + 1), mediaType: chart };
    await registry.push("charts/large", "1.0.0", { layers: [layer], config });
    const context = fetchContext();
    const limits = { ...context.limits, maxBytes: 64 * 1024 * 1024 };
    expect(await failureOf(fetch({ name: "large" }, { ...context, limits }))).toBe("too-large");
  });

  it("not when it is something else, or not there", async () => {
    expect(await failureOf(fetch({ name: "image" }))).toBe("invalid");
    expect(await failureOf(fetch({ name: "artifact" }))).toBe("invalid");
    expect(await failureOf(fetch({ version: "3.0.0" }))).toBe("not-found");
    expect(await failureOf(fetch({ name: "none", version: "*" }))).toBe("not-found");
  });
});
