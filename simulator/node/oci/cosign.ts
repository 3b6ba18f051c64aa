/**
 * Cosign signatures by a public key: bundles that refer to the artifact (cosign 3), else the signatures under its `.sig`
 * tag (cosign 2). As in source-controller the transparency log is left out when there is a key (`internal/oci/cosign`).
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto";

import { FetchFailure } from "../fetch-failure.ts";
import { descriptorOf, textsOf } from "./image.ts";
import type { Registry } from "./registry.ts";

const bundleType = "application/vnd.dev.sigstore.bundle";
const signatureAnnotation = "dev.cosignproject.cosign/signature";
/** An artifact with more signatures than this was not signed by people. */
const maxSignatures = 64;
const maxPayloadBytes = 1024 * 1024;

/** Of the entries that end in `.pub`; `undefined` when one of them is no public key. */
export function publicKeys(
  secret: Readonly<Record<string, string>>,
): readonly KeyObject[] | undefined {
  const texts = Object.entries(secret).flatMap(([name, text]) =>
    name.endsWith(".pub") ? [text] : [],
  );
  try {
    return texts.map((text) => {
      if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) throw new Error("no public key");
      return createPublicKey(text);
    });
  } catch {
    return undefined;
  }
}

/** `cosign.GetBundles`, then `VerifyImageAttestations` or `VerifyImageSignatures`: one good signature is enough. */
export async function isSignedByAny(
  registry: Registry,
  digest: string,
  keys: readonly KeyObject[],
): Promise<boolean> {
  const bundles = await bundlesOf(registry, digest);
  if (bundles.length > 0) return bundles.some((bundle) => isGoodBundle(bundle, digest, keys));
  const manifest = await registry.manifest(`${digest.replace(":", "-")}.sig`);
  const layers = manifest?.json["layers"];
  for (const layer of (Array.isArray(layers) ? layers : []).slice(0, maxSignatures)) {
    const signature = textsOf((layer as { readonly annotations?: unknown } | null)?.annotations)[
      signatureAnnotation
    ];
    const descriptor = descriptorOf(layer, "the signature");
    if (signature === undefined || descriptor.size > maxPayloadBytes) continue;
    const payload = await registry.blob(descriptor);
    if (isSigned(payload, signature, keys) && signedDigest(payload) === digest) return true;
  }
  return false;
}

async function bundlesOf(registry: Registry, digest: string): Promise<readonly unknown[]> {
  try {
    const index = await registry.referrers(digest);
    const referrers = index?.json["manifests"];
    const found = (Array.isArray(referrers) ? referrers : []).filter((item: unknown) => {
      const type = (item as { readonly artifactType?: unknown } | null)?.artifactType;
      return typeof type === "string" && type.startsWith(bundleType);
    });
    const bundles: unknown[] = [];
    for (const item of found.slice(0, maxSignatures)) {
      const manifest = await registry.manifest(descriptorOf(item, "the signature").digest);
      const layers = manifest?.json["layers"];
      if (!Array.isArray(layers)) continue;
      const descriptor = descriptorOf(layers[0], "the signature");
      if (descriptor.size > maxPayloadBytes) continue;
      bundles.push(parseJson(await registry.blob(descriptor)));
    }
    return bundles;
  } catch (error) {
    // A registry that can't answer may still have the older signatures.
    if (error instanceof FetchFailure) return [];
    throw error;
  }
}

/** A DSSE envelope (`PAE` of secure-systems-lab/dsse) around an in-toto statement about the artifact. */
function isGoodBundle(bundle: unknown, digest: string, keys: readonly KeyObject[]): boolean {
  const { payload, payloadType, signatures } = record(record(bundle)["dsseEnvelope"]);
  if (typeof payload !== "string" || typeof payloadType !== "string" || !Array.isArray(signatures))
    return false;
  const content = Buffer.from(payload, "base64");
  const type = Buffer.from(payloadType);
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${type.byteLength} `),
    type,
    Buffer.from(` ${content.byteLength} `),
    content,
  ]);
  const isTrue = signatures.some((item: unknown) => {
    const { sig } = record(item);
    return typeof sig === "string" && isSigned(signed, sig, keys);
  });
  return isTrue && isAbout(parseJson(content), digest);
}

function isAbout(statement: unknown, digest: string): boolean {
  const [algorithm = "", hex] = digest.split(":", 2);
  const { subject } = record(statement);
  return (Array.isArray(subject) ? subject : []).some(
    (item: unknown) => record(record(item)["digest"])[algorithm] === hex,
  );
}

/** The digest in a payload of the form "simple signing". */
function signedDigest(payload: Uint8Array): unknown {
  const critical = record(record(parseJson(payload))["critical"]);
  return record(critical["image"])["docker-manifest-digest"];
}

/** `signature.LoadVerifier` of sigstore with SHA-256: ECDSA, RSA with PKCS #1 v1.5, Ed25519. */
function isSigned(data: Uint8Array, signature: string, keys: readonly KeyObject[]): boolean {
  const bytes = Buffer.from(signature, "base64");
  return keys.some((key) => {
    const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    try {
      return verify(algorithm, data, key, bytes);
    } catch {
      return false;
    }
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
