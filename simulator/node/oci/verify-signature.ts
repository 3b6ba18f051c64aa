/** `spec.verify` of an OCI artifact (source-controller `verifySignature`). What can't be checked here is said. */
import type { Verification } from "#simulator";

import { isSignedByAny, publicKeys } from "./cosign.ts";
import type { Registry } from "./registry.ts";

export type Verified =
  | { readonly outcome: "accepted"; readonly remarks: readonly string[] }
  | { readonly outcome: "unverified"; readonly message: string };

/** `label` names the artifact in messages, `digest` is that of its manifest. */
export async function verifySignature(
  registry: Registry,
  digest: string,
  verify: Verification | undefined,
  label: string,
): Promise<Verified> {
  if (verify === undefined) return { outcome: "accepted", remarks: [] };
  const { mode, keys } = verify;
  switch (mode) {
    case "cosign":
      return keys === undefined
        ? unchecked(
            `The signature of ${label} is not checked here: no public key is known. Flux takes one from the Secret, or asks Sigstore about a keyless signature.`,
          )
        : verifyWithKeys(registry, digest, keys, label);
    case "notation":
      return unchecked(`The Notation signature of ${label} is not checked here.`);
    default:
      return {
        outcome: "unverified",
        message: `${label} is to be verified by ${JSON.stringify(mode)}, which Flux does not know.`,
      };
  }
}

async function verifyWithKeys(
  registry: Registry,
  digest: string,
  secret: Readonly<Record<string, string>>,
  label: string,
): Promise<Verified> {
  const keys = publicKeys(secret);
  if (keys === undefined)
    return {
      outcome: "unverified",
      message: `The Secret for verifying ${label} holds a public key that can't be read.`,
    };
  if (keys.length === 0)
    return {
      outcome: "unverified",
      message: `The Secret for verifying ${label} has no public key: a key of its data must end in .pub.`,
    };
  if (await isSignedByAny(registry, digest, keys)) return { outcome: "accepted", remarks: [] };
  return {
    outcome: "unverified",
    message: `${label} (${digest}) has no signature by ${keys.length === 1 ? "the public key" : `any of the ${keys.length} public keys`} that its source names.`,
  };
}

function unchecked(remark: string): Verified {
  return { outcome: "accepted", remarks: [remark] };
}
