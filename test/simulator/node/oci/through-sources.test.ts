/** Artifacts and charts through the store: kept once they are whole, and nothing of them before. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

import type { SourceRequest } from "#simulator";

import { createSources } from "../../../../simulator/node/sources.ts";
import { chartArchive, tarGzip } from "../../../support/archives.ts";
import { type Fault, startFaultProxy } from "../../../support/servers/fault-proxy.ts";
import { startHelmRepository } from "../../../support/servers/helm-repository.ts";
import { startRegistry, type TestRegistry } from "../../../support/servers/registry.ts";
import { describeAnswer, optionsOf } from "../../../support/sources.ts";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  const bytes = await tarGzip({ "app.yaml": "kind: ConfigMap\n", "b/c.yaml": "x" });
  await registry.push("app", "1", { layers: [{ bytes }] });
  const hostile = await tarGzip([
    { name: "fine.yaml", body: "fine" },
    { name: "../../evil.yaml", body: "evil" },
  ]);
  await registry.push("hostile", "1", { layers: [{ bytes: hostile }] });
  const bomb = await tarGzip({ "bomb.txt": new Uint8Array(64 * 1024 * 1024) });
  await registry.push("bomb", "1", { layers: [{ bytes: bomb }] });
});
afterAll(() => registry.close());

/** Every file below a folder. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
}

const artifact = (host: string, name = "app"): SourceRequest => ({
  kind: "oci",
  url: `oci://${host}/${name}`,
  ref: { tag: "1" },
});

it("keeps an artifact, and answers from there without the network", async () => {
  const options = optionsOf();
  const first = await createSources(options).fetch(artifact(registry.host));
  const second = await createSources({ ...options, offline: true }).fetch(artifact(registry.host));
  expect(describeAnswer(first)).toEqual([
    ["app.yaml", "kind: ConfigMap\n"],
    ["b/c.yaml", "x"],
  ]);
  expect(second).toMatchObject({
    digest: (first as { readonly digest?: string }).digest,
    tree: { revision: expect.stringMatching(/^1@sha256:[0-9a-f]{64}$/) },
  });
  expect(describeAnswer(second)).toEqual(describeAnswer(first));
});

it.each<readonly [string, Fault, string]>([
  [
    "a blob that is cut off",
    ({ url }) => (url?.includes("/blobs/") ? { cutAfter: 20 } : undefined),
    "failed",
  ],
  [
    "a blob with another digest",
    ({ url }) =>
      url?.includes("/blobs/")
        ? { change: (body) => Buffer.concat([body.subarray(0, -1), Buffer.from([0x55])]) }
        : undefined,
    "invalid",
  ],
  ["garbage", () => ({ change: () => Buffer.from("{") }), "invalid"],
])("keeps nothing of %s, and fetches it when it is whole", async (_, fault, reason) => {
  let isBroken = true;
  let time = 0;
  const proxy = await startFaultProxy(registry.url, (...hop) =>
    isBroken ? fault(...hop) : undefined,
  );
  const options = optionsOf({ now: () => time });
  const sources = createSources(options);
  expect(describeAnswer(await sources.fetch(artifact(proxy.host)))).toBe(reason);
  expect(filesIn(options.cacheDir)).toEqual([]);
  isBroken = false;
  time = 60_000;
  expect(await sources.fetch(artifact(proxy.host))).toMatchObject({ outcome: "available" });
});

it.each([
  ["hostile", "invalid"],
  ["bomb", "too-large"],
  ["missing", "not-found"],
])("keeps nothing of an archive that is %s", async (name, reason) => {
  const options = optionsOf();
  const answer = await createSources(options).fetch(artifact(registry.host, name));
  expect(describeAnswer(answer)).toBe(reason);
  expect(filesIn(options.cacheDir)).toEqual([]);
});

it("gives up after the time that the source allows", async () => {
  const proxy = await startFaultProxy(registry.url, () => "answered");
  const options = optionsOf();
  const request = { ...artifact(proxy.host), timeout: 50 };
  const answer = await createSources(options).fetch(request);
  expect(describeAnswer(answer)).toBe("failed");
  expect(filesIn(options.cacheDir)).toEqual([]);
});

it("keeps nothing when it is cancelled half-way", async () => {
  const controller = new AbortController();
  const proxy = await startFaultProxy(registry.url, ({ url }) => {
    if (url?.includes("/blobs/") !== true) return undefined;
    controller.abort();
    return "answered";
  });
  const options = optionsOf();
  const fetching = createSources(options).fetch(artifact(proxy.host), controller.signal);
  await expect(fetching).rejects.toThrow(/abort/i);
  // The lock of the fetch is given back a moment later.
  await expect.poll(() => filesIn(options.cacheDir)).toEqual([]);
});

it("asks again when it is old, and fetches only what has changed", async () => {
  let time = 0;
  const proxy = await startFaultProxy(registry.url, () => undefined);
  const options = optionsOf({ now: () => time });
  const push = async (text: string): Promise<void> => {
    const bytes = await tarGzip({ "app.yaml": text });
    await registry.push("moving", "1", { layers: [{ bytes }] });
  };
  const fetchLater = async (): Promise<unknown> => {
    time += 3_600_000;
    return describeAnswer(await createSources(options).fetch(artifact(proxy.host, "moving")));
  };
  const blobs = (): number => proxy.requests.filter((line) => line.includes("/blobs/")).length;
  await push("one");
  expect([await fetchLater(), blobs()]).toEqual([[["app.yaml", "one"]], 1]);
  expect([await fetchLater(), blobs()]).toEqual([[["app.yaml", "one"]], 1]);
  await push("two");
  expect([await fetchLater(), blobs()]).toEqual([[["app.yaml", "two"]], 2]);
});

it("refuses a registry inside the network", async () => {
  const options = optionsOf({ allowPrivateNetwork: false });
  const answer = await createSources(options).fetch(artifact(registry.host));
  expect(describeAnswer(answer)).toBe("refused");
});

it("keeps charts of both kinds of repository", async () => {
  const bytes = await chartArchive("app", "1.0.0");
  await registry.push("charts/app", "1.0.0", {
    layers: [{ bytes, mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" }],
    config: {
      bytes: new TextEncoder().encode("{}"),
      mediaType: "application/vnd.cncf.helm.config.v1+json",
    },
  });
  const repository = await startHelmRepository({ charts: [{ name: "app", version: "1.0.0" }] });
  onTestFinished(() => repository.close());
  const options = optionsOf();
  for (const address of [repository.url, `oci://${registry.host}/charts`]) {
    const request = { kind: "chart", repository: address, name: "app", version: "1.0.0" } as const;
    const first = await createSources(options).fetch(request);
    const second = await createSources({ ...options, offline: true }).fetch(request);
    expect(second).toEqual(first);
    expect(second).toMatchObject({ outcome: "available", tree: { revision: "1.0.0" } });
  }
});
