/** Digests in place of secret values: the same value gives the same digest, and the value can't be read from it. */
import { isObject } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";

const digestPattern = /^secret-[0-9a-f]{12}$/;
const salt = "sluice secret digest\n";

/** Digest of a secret value: `secret-` and 12 hex digits of a salted SHA-256. Digests stay as they are. */
export async function digest(value: string): Promise<string> {
  if (digestPattern.test(value)) return value;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + value));
  const hex = [...new Uint8Array(hash).slice(0, 6)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return `secret-${hex}`;
}

/** A Secret with every value of `data` and `stringData` digested; other objects as they are. */
export async function maskSecret(object: JsonObject): Promise<JsonObject> {
  if (object["kind"] !== "Secret" || object["apiVersion"] !== "v1") return object;
  const masked: Record<string, JsonObject[string]> = { ...object };
  for (const field of ["data", "stringData"]) {
    const values = object[field];
    if (values === undefined || values === null) continue;
    masked[field] = isObject(values)
      ? await maskValues(values)
      : await digest(JSON.stringify(values));
  }
  return masked;
}

async function maskValues(values: JsonObject): Promise<JsonObject> {
  const entries = await Promise.all(
    Object.entries(values).map(
      async ([key, value]) => [key, await digest(decoded(value))] as const,
    ),
  );
  return Object.fromEntries(entries);
}

/** `data` of a digest that the engine put in is the base64 text of the digest. */
function decoded(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  try {
    const text = atob(value);
    return digestPattern.test(text) ? text : value;
  } catch {
    return value;
  }
}
