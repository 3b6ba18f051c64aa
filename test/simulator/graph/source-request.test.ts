/** Source objects as requests: precedence is the fetcher's, fields and credentials are checked here. */
import { describe, expect, it } from "vitest";

import {
  bucketRequest,
  chartRequest,
  gitRequest,
  ociRequest,
} from "../../../simulator/graph/source-request.ts";
import type { JsonObject } from "../../../simulator/manifest/json.ts";

const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Secret/apps/login": { username: "u", password: "p" },
};
const data = (key: string) => {
  const values = secrets[key];
  return values === undefined
    ? undefined
    : { kind: "Secret" as const, namespace: "apps", name: "login", data: values };
};
const source = (spec: JsonObject): JsonObject => ({
  metadata: { name: "x", namespace: "apps" },
  spec,
});

describe("a GitRepository", () => {
  it("without ref asks for branch master", () => {
    expect(gitRequest(source({ url: "https://example.test/r" }), data)).toEqual({
      kind: "git",
      url: "https://example.test/r",
      ref: { branch: "master" },
      submodules: false,
    });
  });
  it("gives everything its spec says, with the data of its Secret", () => {
    const request = gitRequest(
      source({
        url: "https://example.test/r",
        ref: { semver: "1.x", tag: "" },
        sparseCheckout: ["a", "./b"],
        recurseSubmodules: true,
        interval: "5m",
        timeout: "20s",
        secretRef: { name: "login" },
        verify: { mode: "Tag", secretRef: { name: "login" } },
      }),
      data,
    );
    expect(request).toEqual({
      kind: "git",
      url: "https://example.test/r",
      ref: { semver: "1.x" },
      submodules: true,
      sparse: ["a", "./b"],
      access: { secret: secrets["Secret/apps/login"] },
      verify: { mode: "Tag", keys: secrets["Secret/apps/login"] },
      maxAge: 300_000,
      timeout: 20_000,
    });
  });
  it("whose Secret is not known leaves credentials to the user's own", () => {
    const request = gitRequest(source({ url: "u", secretRef: { name: "nobody" } }), data);
    expect(request).not.toHaveProperty("access");
  });
});

it("an OCIRepository extracts unless it says copy", () => {
  expect(ociRequest(source({ url: "oci://h/p" }), data)).toMatchObject({
    layer: { operation: "extract" },
    ref: {},
  });
  expect(
    ociRequest(
      source({
        url: "oci://h/p",
        insecure: true,
        provider: "aws",
        ref: { semver: "*", semverFilter: "-rc" },
        layerSelector: { mediaType: "m", operation: "copy" },
      }),
      data,
    ),
  ).toEqual({
    kind: "oci",
    url: "oci://h/p",
    ref: { semver: "*", semverFilter: "-rc" },
    layer: { operation: "copy", mediaType: "m" },
    access: { insecure: true, provider: "aws" },
  });
});

it("a Bucket names endpoint, bucket and prefix", () => {
  expect(
    bucketRequest(source({ endpoint: "s3.test", bucketName: "b", prefix: "p/" }), data),
  ).toEqual({ kind: "bucket", endpoint: "s3.test", bucket: "b", prefix: "p/" });
});

it("a chart is verified as its HelmChart says and fetched as its HelmRepository says", () => {
  const repository = source({
    url: "https://charts.test",
    passCredentials: true,
    secretRef: { name: "login" },
    verify: { provider: "ignored" },
  });
  const chart = {
    name: "podinfo",
    version: "*",
    object: source({ verify: { provider: "cosign" } }),
  };
  expect(chartRequest(repository, chart, data)).toEqual({
    kind: "chart",
    repository: "https://charts.test",
    name: "podinfo",
    version: "",
    passCredentials: true,
    access: { secret: secrets["Secret/apps/login"] },
    verify: { mode: "cosign" },
  });
});
