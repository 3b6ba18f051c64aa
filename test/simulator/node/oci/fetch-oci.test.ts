/** An OCIRepository, fetched from a real registry: which manifest, which layer, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { OciSourceRequest, VersionRequest } from "#simulator";

import { noCredentials } from "../../../../simulator/node/fetcher.ts";
import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { tarGzip } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import { fluxLayer, startRegistry, type TestRegistry } from "../../../support/servers/registry.ts";
import { describeAnswer } from "../../../support/sources.ts";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const request = (name: string, more: Partial<OciSourceRequest> = {}): OciSourceRequest => ({
  kind: "oci",
  url: `oci://${registry.host}/${name}`,
  ...more,
});

const layerWith = (text: string): Promise<Uint8Array> => tarGzip({ "app.yaml": text });

describe("the reference", () => {
  it("is a tag, and the revision names its digest", async () => {
    const layer = await tarGzip({ "app/deploy.yaml": "kind: Deployment\n", "empty.yaml": "" });
    const { digest } = await registry.push("tags", "1.0.0", { layers: [{ bytes: layer }] });
    const answer = await fetchOci(request("tags", { ref: { tag: "1.0.0" } }), fetchContext());
    expect(describeAnswer(answer)).toEqual([
      ["app/deploy.yaml", "kind: Deployment\n"],
      ["empty.yaml", ""],
    ]);
    expect(answer).toMatchObject({ digest, tree: { revision: `1.0.0@${digest}` } });
  });

  it("is `latest` when there is none", async () => {
    const layers = [{ bytes: await layerWith("a") }];
    const { digest } = await registry.push("untagged", "latest", { layers });
    const answer = await fetchOci(request("untagged"), fetchContext());
    expect(answer).toMatchObject({ tree: { revision: `latest@${digest}` } });
  });

  it("is a digest before a range and a tag, and then the revision is the digest alone", async () => {
    const old = await registry.push("digests", "1", {
      layers: [{ bytes: await layerWith("old") }],
    });
    await registry.push("digests", "1", { layers: [{ bytes: await layerWith("new") }] });
    const ref = { digest: old.digest, semver: "*", tag: "1" };
    const answer = await fetchOci(request("digests", { ref }), fetchContext());
    expect(describeAnswer(answer)).toEqual([["app.yaml", "old"]]);
    expect(answer).toMatchObject({ tree: { revision: old.digest } });
  });

  it("is what a range picks among all tags, also when they come in pages", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `1.${index}.0`);
    for (const name of names)
      await registry.push("ranges", name, { layers: [{ bytes: await layerWith(name) }] });
    const asked: VersionRequest[] = [];
    const context = fetchContext({
      http: (sent, limits) =>
        fetchContext().http({ ...sent, url: sent.url.replace("n=1000", "n=5") }, limits),
      pickVersion: (question) => {
        asked.push(question);
        return Promise.resolve("1.11.0");
      },
    });
    const ref = { semver: ">=1.5.0", semverFilter: "^1", tag: "1.0.0" };
    const answer = await fetchOci(request("ranges", { ref }), context);
    expect(describeAnswer(answer)).toEqual([["app.yaml", "1.11.0"]]);
    expect(asked).toEqual([
      { versions: [...names].sort(), constraint: ">=1.5.0", filter: "^1", rule: "oci" },
    ]);
  });

  it("has `_` in tags of charts where the version has `+`", async () => {
    const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    const layers = [{ bytes: await layerWith("chart"), mediaType }];
    const { digest } = await registry.push("charts", "1.0.0_build.1", { layers });
    const asked: (readonly string[])[] = [];
    const answer = await fetchOci(
      request("charts", { ref: { semver: "*" }, layer: { mediaType, operation: "copy" } }),
      fetchContext({
        pickVersion: ({ versions }) => {
          asked.push(versions);
          return Promise.resolve("1.0.0+build.1");
        },
      }),
    );
    expect(asked).toEqual([["1.0.0+build.1"]]);
    expect(answer).toMatchObject({ tree: { revision: `1.0.0_build.1@${digest}` } });
  });

  it("is an index of platforms, of which Flux takes linux/amd64", async () => {
    const push = async (text: string): Promise<unknown> =>
      registry.push("platforms", "", { layers: [{ bytes: await layerWith(text) }] });
    const [arm, amd] = [await push("arm"), await push("amd")];
    const index = "application/vnd.oci.image.index.v1+json";
    const { digest } = await registry.pushManifest("platforms", "1", index, {
      schemaVersion: 2,
      mediaType: index,
      manifests: [
        { ...(arm as object), platform: { os: "linux", architecture: "arm64" } },
        { ...(amd as object), platform: { os: "linux", architecture: "amd64" } },
      ],
    });
    const answer = await fetchOci(request("platforms", { ref: { tag: "1" } }), fetchContext());
    expect(describeAnswer(answer)).toEqual([["app.yaml", "amd"]]);
    expect(answer).toMatchObject({ digest, tree: { revision: `1@${digest}` } });
  });
});

describe("the layer", () => {
  it("is the first of the wanted type", async () => {
    const layers = [
      { bytes: await layerWith("other"), mediaType: "application/other" },
      { bytes: await layerWith("first"), mediaType: fluxLayer },
      { bytes: await layerWith("second"), mediaType: fluxLayer },
    ];
    await registry.push("layers", "1", { layers });
    const fetch = (mediaType?: string) =>
      fetchOci(
        request("layers", { ref: { tag: "1" }, ...(mediaType ? { layer: { mediaType } } : {}) }),
        fetchContext(),
      );
    expect(describeAnswer(await fetch())).toEqual([["app.yaml", "other"]]);
    expect(describeAnswer(await fetch(fluxLayer))).toEqual([["app.yaml", "first"]]);
    expect(await failureOf(fetch("application/none"))).toBe("invalid");
  });

  it("stays packed when it is to be copied", async () => {
    const bytes = await layerWith("packed");
    await registry.push("copies", "1", { layers: [{ bytes }] });
    const answer = await fetchOci(
      request("copies", { ref: { tag: "1" }, layer: { operation: "copy" } }),
      fetchContext(),
    );
    expect(answer.outcome === "available" && [...answer.tree.files.keys()]).toEqual(["layer.tgz"]);
    expect(answer.outcome === "available" && answer.tree.files.get("layer.tgz")?.bytes).toEqual(
      bytes,
    );
  });
});

describe("what is not there", () => {
  it.each([
    ["a repository", "nothing", { tag: "1" }, "not-found"],
    ["a tag", "there", { tag: "2" }, "not-found"],
    ["a digest", "there", { digest: `sha256:${"0".repeat(64)}` }, "not-found"],
    ["a repository to list", "nothing", { semver: "*" }, "not-found"],
    ["a version that fits", "there", { semver: ">9" }, "not-found"],
    ["a digest that is none", "there", { digest: "sha256:../../x" }, "invalid"],
    ["a tag that is none", "there", { tag: "../../../blobs" }, "invalid"],
  ])("%s", async (_, name, ref, reason) => {
    await registry.push("there", "1", { layers: [{ bytes: await layerWith("x") }] });
    const context = fetchContext({ pickVersion: () => Promise.resolve(undefined) });
    expect(await failureOf(fetchOci(request(name, { ref }), context))).toBe(reason);
  });

  it.each(["oci://", "https://ghcr.io/a", "oci://ghcr.io/a:1", "oci://ghcr.io/A b", "oci://u@h/x"])(
    "%s is no address",
    async (url) => {
      expect(await failureOf(fetchOci({ kind: "oci", url }, fetchContext()))).toBe("invalid");
    },
  );

  it("a provider's identity, unless the user has one too", async () => {
    const ofCloud = request("there", { ref: { tag: "1" }, access: { provider: "aws" } });
    expect(await failureOf(fetchOci(ofCloud, fetchContext()))).toBe("unsupported");
    const own = { kind: "basic", username: "AWS", password: "x" } as const;
    const credentials = { ...noCredentials, registry: () => Promise.resolve(own) };
    expect(await failureOf(fetchOci(ofCloud, fetchContext({ credentials })))).toBe("available");
  });
});
