/** The name that Helm's release of a HelmRelease has (`GetReleaseName`, `fluxcd/helm-controller internal/release/name.go`). */
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";

const longest = 53;
const hashed = 12;

const shortened = new Map<string, string>();

/** `undefined` for a name that has to be shortened, as long as `prepareReleaseName` was not asked. */
export function releaseName(object: JsonObject): string | undefined {
  const full = fullName(object);
  return full.length <= longest ? full : shortened.get(full);
}

/** Hashing takes a promise, and renders are put together without one. */
export async function prepareReleaseName(object: JsonObject): Promise<void> {
  const full = fullName(object);
  if (full.length <= longest || shortened.has(full)) return;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(full));
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  shortened.set(full, `${full.slice(0, longest - hashed - 1)}-${hex.slice(0, hashed)}`);
}

function fullName(object: JsonObject): string {
  const name = textAt(object, "metadata", "name") ?? "";
  const target = textAt(object, "spec", "targetNamespace");
  return (
    textAt(object, "spec", "releaseName") ?? (target === undefined ? name : `${target}-${name}`)
  );
}
