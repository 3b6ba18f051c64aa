/** Signatures with a key, made as cosign makes them and kept in a real registry. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { SourceAnswer, Verification } from "#simulator";

import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { tarGzip } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import {
  type Pushed,
  startRegistry,
  type TestRegistry,
} from "../../../support/servers/registry.ts";

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const ecdsa: Pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pairs: readonly (readonly [string, Pair])[] = [
  ["ECDSA P-256", ecdsa],
  ["ECDSA P-384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
  ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ["Ed25519", generateKeyPairSync("ed25519")],
];
const stranger: Pair = generateKeyPairSync("ec", { namedCurve: "P-256" });

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

async function pushApp(repository: string): Promise<Pushed> {
  const bytes = await tarGzip({ "app.yaml": repository });
  return registry.push(repository, "1", { layers: [{ bytes }] });
}

function fetch(repository: string, verify: Verification): Promise<SourceAnswer> {
  const url = `oci://${registry.host}/${repository}`;
  return fetchOci({ kind: "oci", url, ref: { tag: "1" }, verify }, fetchContext());
}

const cosign = (...keys: readonly Pair[]): Verification => ({
  mode: "cosign",
  keys: Object.fromEntries(keys.map(({ publicKey }, index) => [`key${index}.pub`, pem(publicKey)])),
});

function pem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }) as string;
}

function signed(data: Buffer, { privateKey }: Pair): string {
  const algorithm = privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  return sign(algorithm, data, privateKey).toString("base64");
}

/** cosign 2: `sha256-….sig`, a layer for each signature. `after`: so many of a stranger stand before it. */
async function signWithTag(
  repository: string,
  { digest }: Pick<Pushed, "digest">,
  pair: Pair,
  { under = digest, after = 0 }: { readonly under?: string; readonly after?: number } = {},
): Promise<void> {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": repository },
        image: { "docker-manifest-digest": digest },
        type: "cosign container image signature",
      },
      optional: null,
    }),
  );
  const mediaType = "application/vnd.dev.cosign.simplesigning.v1+json";
  const layer = (by: Pair) => {
    const annotations = { "dev.cosignproject.cosign/signature": signed(payload, by) };
    return { bytes: payload, mediaType, annotations };
  };
  const layers = [...Array.from({ length: after }, () => layer(stranger)), layer(pair)];
  await registry.push(repository, `${under.replace(":", "-")}.sig`, { layers });
}

/** cosign 3: a bundle that refers to the artifact, listed under the tag `sha256-…` where there is no referrers API. */
async function signWithBundle(
  repository: string,
  subject: Pushed,
  pair: Pair,
  about: string = subject.digest,
): Promise<void> {
  const payloadType = "application/vnd.in-toto+json";
  const payload = Buffer.from(
    JSON.stringify({ subject: [{ digest: { sha256: about.replace("sha256:", "") } }] }),
  );
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.byteLength} `);
  const sig = signed(Buffer.concat([head, payload]), pair);
  const bundle = {
    dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig }] },
  };
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const layer = { bytes: Buffer.from(JSON.stringify(bundle)), mediaType: artifactType };
  const pushed = await registry.push(repository, "", { layers: [layer], artifactType, subject });
  const index = "application/vnd.oci.image.index.v1+json";
  await registry.pushManifest(repository, subject.digest.replace(":", "-"), index, {
    schemaVersion: 2,
    mediaType: index,
    manifests: [{ ...pushed, artifactType }],
  });
}

describe.each(pairs)("a signature by %s", (name, pair) => {
  it("is found under its tag", async () => {
    const repository = `tagged/${name.toLowerCase().replaceAll(" ", "-")}`;
    await signWithTag(repository, await pushApp(repository), pair);
    expect(await fetch(repository, cosign(pair))).not.toHaveProperty("remarks");
    expect(await failureOf(fetch(repository, cosign(stranger, pair)))).toBe("available");
    expect(await failureOf(fetch(repository, cosign(stranger)))).toBe("unverified");
  });

  it("is found in a bundle", async () => {
    const repository = `bundled/${name.toLowerCase().replaceAll(" ", "-")}`;
    await signWithBundle(repository, await pushApp(repository), pair);
    expect(await failureOf(fetch(repository, cosign(pair)))).toBe("available");
    expect(await failureOf(fetch(repository, cosign(stranger)))).toBe("unverified");
  });
});

describe("is not verified", () => {
  it("without a signature", async () => {
    await pushApp("unsigned");
    expect(await failureOf(fetch("unsigned", cosign(ecdsa)))).toBe("unverified");
  });

  it("by a good signature of something else", async () => {
    const app = await pushApp("swapped");
    const other = { digest: `sha256:${"0".repeat(64)}` };
    await signWithTag("swapped", other, ecdsa, { under: app.digest });
    expect(await failureOf(fetch("swapped", cosign(ecdsa)))).toBe("unverified");
    await signWithBundle("swapped", app, ecdsa, other.digest);
    expect(await failureOf(fetch("swapped", cosign(ecdsa)))).toBe("unverified");
  });

  it("by a signature behind more of others than anybody looks at", async () => {
    await signWithTag("few", await pushApp("few"), ecdsa, { after: 63 });
    expect(await failureOf(fetch("few", cosign(ecdsa)))).toBe("available");
    await signWithTag("many", await pushApp("many"), ecdsa, { after: 64 });
    expect(await failureOf(fetch("many", cosign(ecdsa)))).toBe("unverified");
  });

  it("with no key, a broken one or a private one", async () => {
    await signWithTag("keys", await pushApp("keys"), ecdsa);
    const withKeys = (keys: Readonly<Record<string, string>>): Promise<string> =>
      failureOf(fetch("keys", { mode: "cosign", keys }));
    const privatePem = ecdsa.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect(await withKeys({})).toBe("unverified");
    expect(await withKeys({ "cosign.key": pem(ecdsa.publicKey) })).toBe("unverified");
    expect(await withKeys({ "cosign.pub": "garbage" })).toBe("unverified");
    expect(await withKeys({ "cosign.pub": privatePem })).toBe("unverified");
    expect(await withKeys({ "cosign.pub": pem(ecdsa.publicKey) })).toBe("available");
  });

  it("by a provider that Flux does not know", async () => {
    await pushApp("mode");
    expect(await failureOf(fetch("mode", { mode: "gpg" }))).toBe("unverified");
  });
});

it.each<Verification>([{ mode: "cosign" }, { mode: "notation", keys: {} }])(
  "says that it does not check: $mode",
  async (verify) => {
    await pushApp("unchecked");
    const answer = await fetch("unchecked", verify);
    expect(answer).toMatchObject({ outcome: "available", remarks: [expect.any(String)] });
  },
);
