/** What makes two requests the same, and how a request is called in messages and lists. */
import { createHash } from "node:crypto";

import type {
  BucketSourceRequest,
  GitRef,
  SourceAccess,
  SourceRequest,
  Verification,
} from "#simulator";

import { withoutCredentials } from "./source-url.ts";

interface Circumstances {
  readonly access?: SourceAccess;
  readonly verify?: Verification;
  readonly maxAge?: number;
  readonly timeout?: number;
}

/**
 * Equal for requests with the same answer. Secrets go into it as a digest: who has other credentials gets another
 * answer, and nobody finds credentials in the store.
 */
export function keyOf(request: SourceRequest): string {
  const {
    access,
    verify,
    maxAge: _,
    timeout: __,
    ...what
  }: SourceRequest & Circumstances = request;
  return canonical([what, digest(access), digest(verify)]);
}

function digest(value: unknown): string {
  return value === undefined ? "" : createHash("sha256").update(canonical(value)).digest("hex");
}

/** JSON with sorted keys and without what is undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** The address as it may be shown and logged. */
export function shownAddress(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
    case "http":
    case "oci":
      return withoutCredentials(request.url);
    case "chart":
      return `${withoutCredentials(request.repository).replace(/\/$/, "")}/${request.name}`;
    case "bucket":
      return `${withoutCredentials(bucketOrigin(request)).replace(/\/$/, "")}/${request.bucket}`;
  }
}

function bucketOrigin({ endpoint, access }: BucketSourceRequest): string {
  if (/^https?:/.test(endpoint)) return endpoint;
  return `${access?.insecure === true ? "http" : "https"}://${endpoint}`;
}

/** The part of the request that names a version: a branch, a range, a digest; empty for the newest. */
export function shownVersion(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
      return typeof request.ref === "string" ? request.ref : gitRefText(request.ref ?? {});
    case "oci": {
      const { digest: pinned, semver, tag } = request.ref ?? {};
      return pinned ?? semver ?? tag ?? "";
    }
    case "chart":
      return request.version;
    case "bucket":
      return request.prefix ?? "";
    case "http":
      return "";
  }
}

function gitRefText({ commit, name, tag, semver, branch }: GitRef): string {
  return commit ?? name ?? tag ?? semver ?? branch ?? "";
}
