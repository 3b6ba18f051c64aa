/** Machines that share one cache in a real registry and in a real bucket. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { AwsClient } from "aws4fetch";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { digestOf } from "../../../../simulator/node/oci/digest.ts";
import { parseSharedCache } from "../../../../simulator/node/shared-cache/address.ts";
import { openS3Packs } from "../../../../simulator/node/shared-cache/s3-packs.ts";
import { storeContext } from "../../../../simulator/node/shared-cache/store-context.ts";
import { tarGzip } from "../../../support/archives.ts";
import { fixture } from "../../../support/fixture.ts";
import { startFaultProxy } from "../../../support/servers/fault-proxy.ts";
import { registryUser, startRegistry } from "../../../support/servers/registry.ts";
import type { TestRegistry } from "../../../support/servers/registry.ts";
import { s3Keys, s3Region, startS3 } from "../../../support/servers/s3.ts";
import type { TestS3 } from "../../../support/servers/s3.ts";
import { filesBelow, runOn } from "../../../support/shared-cache.ts";
import type { MachineOptions } from "../../../support/shared-cache.ts";
import { temporaryFolder, writeFiles } from "../../../support/temporary-repository.ts";

let registry: TestRegistry;
let s3: TestS3;
let count = 0;

beforeAll(async () => {
  [registry, s3] = await Promise.all([startRegistry(), startS3()]);
  const bytes = await tarGzip({ "from-source.yaml": configMap("from-source") });
  await registry.push("app", "1", { layers: [{ bytes }] });
});
afterAll(() => Promise.all([registry.close(), s3.close()]));
afterEach(() => void vi.unstubAllEnvs());

function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: demo}\n`;
}

const kustomization = (name: string, source = "{kind: GitRepository, name: flux-system}"): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {path: ./${source.includes("OCI") ? "" : name}, prune: true, sourceRef: ${source}}
`;

/** A cluster that renders a folder for each name, and an artifact. */
function cluster(...names: readonly string[]): ReturnType<typeof fixture> {
  const folders = names.map(
    (name) =>
      `#- cluster/${name}.yaml\n${kustomization(name)}#- ${name}/cm.yaml\n${configMap(name)}`,
  );
  return fixture(`#- cluster/source.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: app, namespace: flux-system}
spec: {interval: 1m, url: "oci://${registry.host}/app", ref: {tag: "1"}}
---
${kustomization("artifact", "{kind: OCIRepository, name: app}")}${folders.join("")}`);
}

const aws = {
  ...{ AWS_ACCESS_KEY_ID: s3Keys.accesskey, AWS_SECRET_ACCESS_KEY: s3Keys.secretkey },
  AWS_REGION: s3Region,
} as const;

/** A place that no other test uses. */
async function place(kind: "oci" | "s3"): Promise<Pick<MachineOptions, "address" | "env">> {
  const name = `cache-${++count}`;
  if (kind === "oci") return { address: `oci://${registry.host}/org/${name}:main` };
  await s3.put(name, {});
  const env = { ...aws, AWS_ENDPOINT_URL: `http://${s3.endpoint}` };
  return { address: `s3://${name}/fleet`, env };
}

describe.each(["oci", "s3"] as const)("over %s", (kind) => {
  test("a second machine renders and fetches nothing", async () => {
    const where = await place(kind);
    const first = await runOn(cluster("a", "b"), where);
    expect(first).toMatchObject({ notes: [], ready: 4, appliers: 4 });
    const second = await runOn(cluster("a", "b"), { ...where, isIdle: true });
    expect(second).toMatchObject({ notes: [], ready: 4 });
    expect(second.objects).toBe(first.objects);
    const alone = await runOn(cluster("a", "b"), { ...(await place(kind)), isIdle: true });
    expect(alone.ready).toBe(0);
  });

  test("shards at once lose nothing of each other", async () => {
    const where = await place(kind);
    const shard = (index: number) => ({ index, count: 2 }) as const;
    const ran = await Promise.all([
      runOn(cluster("a"), { ...where, shard: shard(1) }),
      runOn(cluster("b"), { ...where, shard: shard(2) }),
    ]);
    expect(ran.flatMap(({ notes }) => notes)).toEqual([]);
    for (const name of ["a", "b"]) {
      const again = await runOn(cluster(name), { ...where, isIdle: true });
      expect(again).toMatchObject({ notes: [], ready: 3 });
    }
  });

  test("a shard writes nothing but its own index", async () => {
    const where = await place(kind);
    await runOn(cluster("a"), { ...where, shard: { index: 1, count: 2 } });
    const first = await packsIn(where, "1of2");
    await runOn(cluster("b"), { ...where, shard: { index: 2, count: 2 } });
    expect(first).toHaveLength(1);
    expect(await packsIn(where, "1of2")).toEqual(first);
    const [second] = await packsIn(where, "2of2");
    expect(first.map(({ digest }) => digest)).not.toContain(second?.digest);
  });

  test("only what is new is added, and nothing by who may only read", async () => {
    const where = await place(kind);
    await runOn(cluster("a"), where);
    const before = await packsIn(where);
    await runOn(cluster("a"), where);
    expect(await packsIn(where)).toEqual(before);
    await runOn(cluster("a", "b"), { ...where, readOnly: true });
    expect(await packsIn(where)).toEqual(before);
    await runOn(cluster("a", "b"), where);
    const after = await packsIn(where);
    expect(after.map(({ digest }) => digest)).toEqual(
      expect.arrayContaining(before.map(({ digest }) => digest)),
    );
    expect(after).toHaveLength(2);
    const again = await runOn(cluster("a", "b"), { ...where, isIdle: true });
    expect(again).toMatchObject({ notes: [], ready: 4 });
  });

  test("a damaged pack is left out, and replaced", async () => {
    const where = await place(kind);
    await runOn(cluster("a"), where);
    const target = kind === "oci" ? registry.url : `http://${s3.endpoint}`;
    const proxy = await startFaultProxy(target, ({ method, url }) =>
      method === "GET" && /\/blobs\/|\/packs\//.test(url ?? "")
        ? { change: (body) => Buffer.concat([body.subarray(0, -1), Buffer.from([0x55])]) }
        : undefined,
    );
    if (kind === "s3") {
      // Requests are signed for the host they are sent to, so the damage is done in the bucket.
      const [pack] = await packsIn(where);
      await putObject(where, `packs/${pack?.digest.slice(7) ?? ""}.tar.gz`, "damaged");
    }
    const address = where.address.replace(registry.host, proxy.host);
    const ran = await runOn(cluster("a"), { ...where, address });
    expect(ran.notes).toHaveLength(1);
    expect(ran.ready).toBe(3);
    expect(await runOn(cluster("a"), { ...where, isIdle: true })).toMatchObject({
      notes: [],
      ready: 3,
    });
  });
});

interface StoredPack {
  readonly digest: string;
}

/** What the index of a shard leads to. */
async function packsIn(
  { address, env }: Pick<MachineOptions, "address" | "env">,
  shard?: string,
): Promise<readonly StoredPack[]> {
  if (env === undefined) {
    const [, path = "", tag = ""] = /^oci:\/\/[^/]+\/(.*):(\w+)$/.exec(address) ?? [];
    const manifest = await fetch(
      `${registry.url}/v2/${path}/manifests/${shard === undefined ? tag : `${tag}-${shard}`}`,
      {
        headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
      },
    );
    return ((await manifest.json()) as { layers: StoredPack[] }).layers;
  }
  const answer = await awsClient().fetch(`${objectUrl(address)}/index/${shard ?? "all"}.json`);
  return ((await answer.json()) as { packs: StoredPack[] }).packs;
}

function awsClient(): AwsClient {
  return new AwsClient({
    ...{ accessKeyId: s3Keys.accesskey, secretAccessKey: s3Keys.secretkey },
    ...{ service: "s3", region: s3Region, retries: 0 },
  });
}

function objectUrl(address: string): string {
  return address.replace("s3://", `http://${s3.endpoint}/`);
}

async function putObject(
  { address }: Pick<MachineOptions, "address">,
  key: string,
  body: string,
): Promise<void> {
  const answer = await awsClient().fetch(`${objectUrl(address)}/${key}`, { method: "PUT", body });
  expect(answer.ok).toBe(true);
}

test("a pack in a bucket that was cut short is sent again", async () => {
  const where = await place("s3");
  const { env = {} } = where;
  const address = parseSharedCache(where.address, env);
  if (address.kind !== "s3") throw new Error("that is a bucket");
  const store = openS3Packs(address, undefined, storeContext(new AbortController().signal));
  const bytes = new TextEncoder().encode("the whole pack");
  const digest = digestOf(bytes);
  await putObject(where, `packs/${digest.slice(7)}.tar.gz`, "the who");
  const made = "2026-01-01T00:00:00Z";
  const ref = { digest, size: bytes.byteLength, made, used: "2026-01-01" };
  await expect(store.read(ref)).rejects.toThrow("not what its digest says");
  await store.write([ref], { digest, bytes });
  expect(await store.read(ref)).toEqual(bytes);
  expect(await store.ownIndex()).toEqual([ref]);
});

test("values of Secrets are in no pack", async () => {
  const where = await place("oci");
  const planted = "cGxhbnRlZCBzZWNyZXQ=";
  const tree = fixture(`#- cluster/a.yaml
${kustomization("a")}#- a/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: demo}
data: {password: ${planted}}
#- cluster/b.yaml
${kustomization("b")}#- b/cm.yaml
${configMap("public-name")}`);
  const ran = await runOn(tree, where);
  expect(ran.notes).toEqual([]);
  const [, path = ""] = /^oci:\/\/[^/]+\/(.*):main$/.exec(where.address) ?? [];
  const packs = await packsIn(where);
  const texts = await Promise.all(
    packs.map(async ({ digest }) => {
      const answer = await fetch(`${registry.url}/v2/${path}/blobs/${digest}`);
      return gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
    }),
  );
  expect(texts.join("")).toContain("public-name");
  for (const secret of [planted, "planted secret"]) expect(texts.join("")).not.toContain(secret);
});

test("a store that can't be reached is a note, and the run goes on", async () => {
  for (const address of ["oci://127.0.0.1:1/cache", "s3://cache"]) {
    const env = { ...aws, AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const ran = await runOn(cluster("a"), { address, env });
    expect(ran.ready).toBe(3);
    expect(ran.notes).toHaveLength(1);
    expect(ran.notes.join("")).not.toContain(s3Keys.secretkey);
  }
});

test("wrong keys of a bucket are a note without the keys", async () => {
  const where = await place("s3");
  const env = { ...where.env, AWS_SECRET_ACCESS_KEY: "a wrong key" };
  const ran = await runOn(cluster("a"), { ...where, env });
  expect(ran.ready).toBe(3);
  expect(ran.notes).toHaveLength(1);
  expect(ran.notes.join("")).not.toContain("a wrong key");
});

test("a registry with tokens is signed in to with what docker has stored", async () => {
  const own = await startRegistry({ auth: "token" });
  onTestFinished(() => own.close());
  const address = `oci://${own.host}/org/private`;
  const refused = await runOn(cluster("a"), { address });
  expect(refused.notes).toHaveLength(1);
  const { username, password } = registryUser;
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const docker = temporaryFolder();
  writeFiles(docker, { "config.json": JSON.stringify({ auths: { [own.host]: { auth } } }) });
  vi.stubEnv("DOCKER_CONFIG", docker);
  expect(await runOn(cluster("a"), { address })).toMatchObject({ notes: [], ready: 3 });
  const second = await runOn(cluster("a"), { address, isIdle: true });
  expect(second).toMatchObject({ notes: [], ready: 3 });
  for (const file of filesBelow(second.cacheDir))
    expect(readFileSync(file, "utf8")).not.toContain(password);
});

test("an interrupted run stops", async () => {
  const signal = AbortSignal.abort(new Error("interrupted"));
  const where = await place("oci");
  await expect(runOn(cluster("a"), { ...where, signal })).rejects.toThrow("interrupted");
});
