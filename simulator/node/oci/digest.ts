/** Digests of OCI content: `sha256:<hex>`. What does not match its digest is never handed on. */
import { createHash, timingSafeEqual } from "node:crypto";

import { FetchFailure } from "../fetch-failure.ts";

const hexLength = { sha256: 64, sha512: 128 } as const;

export function isDigest(text: string): boolean {
  const [algorithm = "", hex = ""] = text.split(":", 2);
  return (
    (algorithm === "sha256" || algorithm === "sha512") &&
    hex.length === hexLength[algorithm] &&
    /^[0-9a-f]+$/.test(hex)
  );
}

export function digestOf(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Throws a `FetchFailure` unless `bytes` have the digest. */
export function requireDigest(bytes: Uint8Array, digest: string, what: string): void {
  if (!isDigest(digest))
    throw new FetchFailure(
      "invalid",
      `${what} has the digest ${JSON.stringify(digest)}, which can't be checked.`,
    );
  const found = digestOf(bytes, digest.startsWith("sha512:") ? "sha512" : "sha256");
  if (!timingSafeEqual(Buffer.from(found), Buffer.from(digest))) {
    const text = `${what} is not what its digest says: expected ${digest}, received ${found} (${bytes.byteLength} bytes).`;
    throw new FetchFailure("invalid", text);
  }
}
