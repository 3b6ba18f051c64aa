/** Releases in Helm's storage: which is the newest, and what is in it. */
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { decodeRelease, readRelease } from "../../../simulator/live/releases.ts";
import { memoryCluster } from "../../support/memory-cluster.ts";
import { storedRelease } from "../../support/stored-release.ts";

const secretWith = (release: string) => ({ apiVersion: "v1", kind: "Secret", data: { release } });
const twice = (bytes: Uint8Array): string =>
  Buffer.from(Buffer.from(bytes).toString("base64")).toString("base64");

describe("decodeRelease", () => {
  it("reads what Helm wrote", async () => {
    const text = storedRelease({
      name: "web",
      namespace: "apps",
      revision: 3,
      chart: { name: "app", version: "1.2.0", values: { a: 1 } },
      config: { b: "two" },
      manifest: "kind: ConfigMap\n",
    });
    expect(await decodeRelease(JSON.parse(text))).toEqual({
      name: "web",
      namespace: "apps",
      revision: 3,
      status: "deployed",
      chart: { name: "app", version: "1.2.0", values: { a: 1 } },
      config: { b: "two" },
      manifest: "kind: ConfigMap\n",
      hooks: ["kind: Job\n"],
      applyMethod: "ssa",
    });
  });

  it("reads what old versions of Helm did not compress", async () => {
    const plain = Buffer.from(JSON.stringify({ name: "web", version: 1 }));
    expect(await decodeRelease(secretWith(twice(plain)))).toMatchObject({ name: "web" });
  });

  it.each([
    ["no base64", "%%%"],
    ["no gzip", twice(Buffer.from([0x1f, 0x8b, 0x08, 1, 2, 3]))],
    ["no JSON", twice(gzipSync("{"))],
    ["no release", twice(gzipSync("{}"))],
    ["a list", twice(gzipSync("[]"))],
    [
      "what unpacks to too much",
      twice(gzipSync(`{"name":"web","version":1}${" ".repeat(64 << 20)}`)),
    ],
  ])("takes %s for no release", async (_, release) => {
    expect(await decodeRelease(secretWith(release))).toBeUndefined();
  });
});

describe("readRelease", () => {
  const release = { name: "web", namespace: "apps" };

  it("takes the highest revision, as a number, and reads only that one", async () => {
    const live = memoryCluster();
    for (const revision of [9, 10, 2]) live.put(storedRelease({ ...release, revision }));
    live.put(storedRelease({ ...release, name: "other", revision: 11 }));
    const first = await readRelease(live, "apps", "web");
    expect(first).toMatchObject({ outcome: "found", release: { revision: 10 } });
    expect(live.asked.filter((path) => path.includes("sh.helm"))).toEqual([
      "/api/v1/namespaces/apps/secrets/sh.helm.release.v1.web.v10",
    ]);
    live.put(storedRelease({ ...release, revision: 11 }));
    expect(await readRelease(live, "apps", "web")).toMatchObject({ release: { revision: 11 } });
  });

  it("says what it can't know", async () => {
    const live = memoryCluster();
    expect(await readRelease(live, "apps", "web")).toEqual({ outcome: "absent" });
    live.refuse("/secrets");
    expect(await readRelease(live, "apps", "web")).toMatchObject({ outcome: "forbidden" });
  });
});
