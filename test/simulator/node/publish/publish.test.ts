/** Artifacts as flux makes them, pushed to a real registry: digests that the flux command gave to the same trees, and every refusal. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { makePublication } from "../../../../simulator/node/publish/index.ts";
import type { CurrentArtifact, PublishRequest } from "../../../../simulator/node/publish/index.ts";
import { unpackLayer } from "../../../../simulator/node/publish/read-layer.ts";
import { artifactTree } from "../../../support/artifact-tree.ts";
import type { RegistryOptions, TestRegistry } from "../../../support/servers/registry.ts";
import { registryUser, startRegistry } from "../../../support/servers/registry.ts";
import { temporaryFolder } from "../../../support/temporary-repository.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the digest is the one that flux 2.9.5 gives to the same tree", async () => {
  const { published } = await makePublication(requestFor(artifactTree(), "127.0.0.1:1"));
  expect(published).toMatchObject({
    // Recorded; test/cluster/publish.test.ts asks the flux command itself.
    digest: "sha256:4ba02931b077660316fb89fec8488f5aa07a4b16e9d2b102d46440f690689af7",
    repository: "127.0.0.1:1/org/fleet",
    tag: "v1",
    files: 4,
  });
});

test("what flux leaves out is left out, and links are", async () => {
  const registry = await started();
  const made = await makePublication(requestFor(artifactTree(), registry.host));
  await made.upload({ insecure: false });
  const manifest = await stored(registry, "manifests/v1");
  const { layers } = JSON.parse(manifest.toString()) as { layers: { digest: string }[] };
  const layer = gunzipSync(await stored(registry, `blobs/${layers[0]?.digest ?? ""}`));
  const names = ["apps", "apps/web.yaml", "apps.txt", "deep", "empty", ".sourceignore"];
  for (const name of names) expect(layer.includes(`${name}\0`), name).toBe(true);
  for (const name of ["pic.png", ".git", "link"])
    expect(layer.includes(`${name}\0`), name).toBe(false);
});

test("own patterns replace those of flux", async () => {
  const ignore = ["*.yaml"];
  const { published } = await makePublication({
    ...requestFor(artifactTree(), "127.0.0.1:1"),
    ignore,
  });
  // .git/config, .sourceignore, apps.txt and pic.png.
  expect(published.files).toBe(4);
});

test.each(["token", "basic"] as const)("a registry with %s authentication", async (auth) => {
  const registry = await started({ auth });
  const made = await makePublication(requestFor(artifactTree(), registry.host));
  await expect(made.upload({ insecure: false })).rejects.toThrow("wants credentials");
  const wrong = { ...registryUser, password: "an expired token" };
  const refused = made.upload({ insecure: false, credentials: wrong });
  await expect(refused).rejects.toThrow(/does? not accept the credentials|did not accept/);
  await expect(refused).rejects.not.toThrow("an expired token");
  await made.upload({ insecure: false, credentials: registryUser });
  const again: string[] = [];
  const onProgress = (text: string): void => void again.push(text);
  await made.upload({ insecure: false, credentials: registryUser, onProgress });
  // The blobs are there.
  expect(again).toEqual([]);
});

describe("what the tag leads to now", () => {
  const open = { insecure: false, allowPrivateNetwork: false };

  test("is nothing, then what was published, file by file", async () => {
    const registry = await started();
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    expect(await made.current(open)).toEqual({ state: "none" });
    await made.upload({ insecure: false });
    const current = await made.current(open);
    expect(current).toMatchObject({
      state: "there",
      digest: made.published.digest,
      layer: { digest: made.published.layer.digest },
      revision: "main@sha1:4f2a9c1",
    });
    const tree = await unpackLayer(currentLayer(current), "now");
    expect([...tree.files.keys()].toSorted()).toEqual(
      [...(await unpackLayer(made.layer, "made")).files.keys()].toSorted(),
    );
    expect(tree.files.get("apps/web.yaml")?.kind).toBe("file");
  });

  test("is read with the user's credentials, and not without them", async () => {
    const registry = await started({ auth: "token" });
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    await made.upload({ insecure: false, credentials: registryUser });
    expect(await made.current(open)).toMatchObject({ state: "unreadable" });
    const wrong = { ...registryUser, password: "an expired token" };
    const refused = await made.current({ ...open, credentials: wrong });
    expect(refused).toMatchObject({ state: "unreadable" });
    expect(JSON.stringify(refused)).not.toContain("an expired token");
    const config = join(temporaryFolder(), "docker");
    mkdirSync(config);
    const auth = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString(
      "base64",
    );
    writeFileSync(
      join(config, "config.json"),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    vi.stubEnv("DOCKER_CONFIG", config);
    expect(await made.current(open)).toMatchObject({ state: "there" });
  });

  test("can't be read from a registry that is not there, and is no Flux artifact", async () => {
    const gone = await makePublication(requestFor(artifactTree(), "127.0.0.1:1"));
    const answer = await gone.current(open);
    expect(answer).toMatchObject({ state: "unreadable" });
    expect(answer).not.toHaveProperty("digest");
    const registry = await started();
    const { digest } = await registry.push("org/fleet", "v1", { layers: [] });
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    expect(await made.current(open)).toMatchObject({ state: "unreadable", digest });
  });

  test("whoever cancels hears nothing of it", async () => {
    const made = await makePublication(requestFor(artifactTree(), "127.0.0.1:1"));
    const signal = AbortSignal.abort();
    await expect(made.current({ ...open, signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a tag that moved since", () => {
  test("stays where it is, and its digest is said", async () => {
    const registry = await started();
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    const theirs = await registry.push("org/fleet", "v1", {
      layers: [{ bytes: new TextEncoder().encode("theirs") }],
    });
    for (const replaces of [{}, { digest: `sha256:${"0".repeat(64)}` }]) {
      const outcome = await made.upload({ insecure: false, replaces });
      expect(outcome).toEqual({ outcome: "moved", digest: theirs.digest });
    }
    const now = await made.current({ insecure: false, allowPrivateNetwork: false });
    expect(now).toMatchObject({ digest: theirs.digest });
    const outcome = await made.upload({ insecure: false, replaces: { digest: theirs.digest } });
    expect(outcome).toEqual({ outcome: "published" });
  });

  test("is no reason to stop where it leads to the very same artifact, or where nobody asked", async () => {
    const registry = await started();
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    await made.upload({ insecure: false });
    expect(await made.upload({ insecure: false, replaces: {} })).toEqual({ outcome: "published" });
    const other = await makePublication({
      ...requestFor(artifactTree(), registry.host),
      revision: "main@sha1:5f2a9c1",
    });
    expect(await other.upload({ insecure: false })).toEqual({ outcome: "published" });
  });

  test("is told when it is gone", async () => {
    const registry = await started();
    const made = await makePublication(requestFor(artifactTree(), registry.host));
    const replaces = { digest: made.published.digest };
    const other = await makePublication({
      ...requestFor(artifactTree(), registry.host),
      revision: "main@sha1:5f2a9c1",
    });
    expect(await other.upload({ insecure: false, replaces })).toEqual({ outcome: "moved" });
  });
});

test("a registry that is not there is said", async () => {
  const made = await makePublication(requestFor(artifactTree(), "127.0.0.1:1"));
  await expect(made.upload({ insecure: false })).rejects.toThrow("can't be reached");
});

test("addresses and paths that can't be", async () => {
  const path = artifactTree();
  const fail = (change: Partial<PublishRequest>): Promise<unknown> =>
    makePublication({ ...requestFor(path, "127.0.0.1:1"), ...change });
  await expect(fail({ address: "https://host/a" })).rejects.toMatchObject({ name: "UserError" });
  await expect(fail({ address: "oci://host/a:b c" })).rejects.toMatchObject({ name: "UserError" });
  await expect(fail({ path: join(path, "no") })).rejects.toMatchObject({ name: "UserError" });
});

function currentLayer(current: CurrentArtifact): Uint8Array {
  if (current.state !== "there") throw new Error(`it is ${current.state}`);
  return current.layer.bytes;
}

async function started(options: RegistryOptions = {}): Promise<TestRegistry> {
  // Nothing that this machine's user has stored for docker or helm.
  vi.stubEnv("DOCKER_CONFIG", temporaryFolder());
  vi.stubEnv("HELM_REGISTRY_CONFIG", join(temporaryFolder(), "none"));
  vi.stubEnv("XDG_RUNTIME_DIR", undefined);
  const registry = await startRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

function requestFor(path: string, host: string): PublishRequest {
  return {
    path,
    address: `oci://${host}/org/fleet:v1`,
    source: "https://example.test/org/fleet?a=1&b=<2>",
    revision: "main@sha1:4f2a9c1",
    annotations: { "org.opencontainers.image.licenses": "Apache-2.0" },
    created: "1970-01-01T00:00:00Z",
    wasm: join(import.meta.dirname, "../../../../dist/engine.wasm"),
  };
}

async function stored({ url }: TestRegistry, path: string): Promise<Buffer> {
  const response = await fetch(`${url}/v2/org/fleet/${path}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
