/** Ranges, resolved by the engine among what a real registry and a real repository hold. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createNodeEngine } from "#simulator/node";
import type { Engine, OciSourceRequest, SourceAnswer } from "#simulator";

import { createChartFetcher } from "../../../../simulator/node/helm-repository/fetch-chart.ts";
import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { chartArchive, tarGzip } from "../../../support/archives.ts";
import { failureOf, fetchContext, pickWith } from "../../../support/fetch-context.ts";
import {
  startHelmRepository,
  type TestHelmRepository,
} from "../../../support/servers/helm-repository.ts";
import { startRegistry, type TestRegistry } from "../../../support/servers/registry.ts";

const versions = ["1.0.0", "1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "3.0.0-beta"];

let engine: Engine;
let registry: TestRegistry;
let repository: TestHelmRepository;
beforeAll(async () => {
  engine = createNodeEngine({ jobs: 1 });
  registry = await startRegistry();
  repository = await startHelmRepository({
    charts: [
      ...versions.map((version) => ({ name: "app", version })),
      { name: "built", version: "1.0.0+b", created: "2026-01-02T00:00:00Z" },
      { name: "built", version: "1.0.0+a", created: "2026-01-03T00:00:00Z" },
    ],
  });
  const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
  const config = {
    bytes: new TextEncoder().encode("{}"),
    mediaType: "application/vnd.cncf.helm.config.v1+json",
  };
  for (const version of [...versions, "v4.0.0", "latest", "1.10.0-main-5"]) {
    const artifact = await tarGzip({ "version.txt": version });
    await registry.push("app", version, { layers: [{ bytes: artifact }] });
    const bytes = await chartArchive("app", version);
    await registry.push("charts/app", version, { layers: [{ bytes, mediaType }], config });
  }
});
afterAll(async () => {
  await engine.dispose();
  await registry.close();
  await repository.close();
});

const picking = (): ReturnType<typeof fetchContext> =>
  fetchContext({ pickVersion: pickWith(engine) });

/** The tag or version before the digest; or why there is none. */
async function revisionOf(answer: Promise<SourceAnswer>): Promise<string> {
  const found = await answer.catch(() => undefined);
  return found?.outcome === "available"
    ? found.tree.revision.replace(/@.*/, "")
    : failureOf(answer);
}

describe("an OCIRepository", () => {
  it.each<readonly [NonNullable<OciSourceRequest["ref"]>, string]>([
    [{ semver: "1.x" }, "1.10.0"],
    [{ semver: "*" }, "v4.0.0"],
    [{ semver: ">=2.0.0-0 <2.0.0" }, "2.0.0-rc.1"],
    [{ semver: ">=1.0.0-0", semverFilter: ".*-main-.*" }, "1.10.0-main-5"],
    [{ semver: "~1.9", tag: "1.0.0" }, "1.9.0"],
    [{ semver: ">=5" }, "not-found"],
    [{ semver: "no range" }, "not-found"],
  ])("%j is %s", async (ref, expected) => {
    const request = { kind: "oci", url: `oci://${registry.host}/app`, ref } as const;
    expect(await revisionOf(fetchOci(request, picking()))).toBe(expected);
  });
});

describe.each(["https", "oci"])("a chart over %s", (kind) => {
  it.each([
    ["", kind === "oci" ? "v4.0.0" : "2.0.0"],
    ["*", kind === "oci" ? "v4.0.0" : "2.0.0"],
    ["1.x", "1.10.0"],
    ["^1.0.0", "1.10.0"],
    ["3.0.0-beta", "3.0.0-beta"],
    [">=3.0.0-0 <4", "3.0.0-beta"],
    ["9.x", "not-found"],
  ])("%j is %s", async (version, expected) => {
    const address = kind === "oci" ? `oci://${registry.host}/charts` : repository.url;
    const request = { kind: "chart", repository: address, name: "app", version } as const;
    expect(await revisionOf(createChartFetcher()(request, picking()))).toBe(expected);
  });
});

it("a chart that was built twice is the younger one", async () => {
  const request = {
    kind: "chart",
    repository: repository.url,
    name: "built",
    version: "*",
  } as const;
  expect(await revisionOf(createChartFetcher()(request, picking()))).toBe("1.0.0+a");
});
