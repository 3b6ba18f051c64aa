/**
 * A client of one repository in an OCI registry: manifests, blobs, tags and referrers (distribution-spec 1.1), read only.
 * Everything that comes back has the digest it was asked for by, or the one that it says it has.
 */
import type { FetchContext } from "../fetcher.ts";
import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import type { Exchange } from "../retrying-http.ts";
import { digestOf, isDigest, requireDigest } from "./digest.ts";
import { shownRepository } from "./reference.ts";
import { createGet, type Get, type RegistryAccess } from "./registry-get.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest or an index, as its bytes and what they say. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Registry {
  /** `reference` is a tag or a digest. `undefined`: there is none. */
  manifest(reference: string): Promise<StoredManifest | undefined>;
  blob(descriptor: Descriptor): Promise<Uint8Array>;
  /** In the order of the registry. */
  tags(): Promise<readonly string[]>;
  /** The index of what refers to a manifest; registries before 1.1 have it under a tag (`sha256-<hex>`). */
  referrers(digest: string): Promise<StoredManifest | undefined>;
}

export const indexTypes: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
export const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  ...indexTypes,
].join(", ");

const maxManifestBytes = 8 * 1024 * 1024;
const maxTagBytes = 16 * 1024 * 1024;
const maxTagPages = 200;

export function openRegistry(context: FetchContext, access: RegistryAccess): Registry {
  const shown = shownRepository(access.repository);
  const get = createGet(context, access);
  const base = `v2/${access.repository.path}`;
  return {
    async manifest(reference) {
      const path = `${base}/manifests/${reference}`;
      const answer = await get(path, { accept: manifestTypes, maxBytes: maxManifestBytes });
      return answer.status === 200 ? storedManifest(answer, reference, shown) : undefined;
    },
    async blob({ digest, size }) {
      const what = `Blob ${digest.slice(0, 19)}… of ${shown}`;
      if (!isDigest(digest))
        throw new FetchFailure("invalid", `${shown} names a blob by no digest.`);
      if (size > context.limits.maxBytes)
        throw new TooLargeError(
          `${what} has ${size} bytes; the limit is ${context.limits.maxBytes}.`,
        );
      const answer = await get(`${base}/blobs/${digest}`, { accept: "*/*", maxBytes: size });
      if (answer.status !== 200)
        throw new FetchFailure("not-found", `${what} is named by its manifest and is not there.`);
      requireDigest(answer.body, digest, what);
      return answer.body;
    },
    tags: () => listTags(get, `${base}/tags/list?n=1000`, shown),
    async referrers(digest) {
      const accept = indexTypes[0] ?? "";
      const limits = { accept, maxBytes: maxManifestBytes };
      const answer = await get(`${base}/referrers/${digest}`, limits);
      if (answer.status === 200) return storedManifest(answer, undefined, shown);
      return this.manifest(digest.replace(":", "-"));
    },
  };
}

function storedManifest(
  answer: Exchange,
  reference: string | undefined,
  shown: string,
): StoredManifest {
  const what = `The manifest of ${shown}`;
  const claimed = answer.headers["docker-content-digest"];
  if (reference !== undefined && isDigest(reference)) requireDigest(answer.body, reference, what);
  else if (typeof claimed === "string") requireDigest(answer.body, claimed, what);
  const json = parseObject(answer.body, what);
  const type = json["mediaType"] ?? answer.headers["content-type"];
  const mediaType = typeof type === "string" ? type.replace(/;.*$/, "").trim() : "";
  const digest = reference !== undefined && isDigest(reference) ? reference : digestOf(answer.body);
  return { digest, mediaType, json };
}

async function listTags(get: Get, first: string, shown: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = first;
  for (let page = 0; path !== undefined; page++) {
    if (page === maxTagPages) throw new TooLargeError(`${shown} has too many tags to list.`);
    const answer = await get(path, { accept: "application/json", maxBytes: maxTagBytes });
    if (answer.status !== 200) throw new FetchFailure("not-found", `There is no ${shown}.`);
    const listed = parseObject(answer.body, `The list of tags of ${shown}`)["tags"];
    if (Array.isArray(listed)) tags.push(...listed.filter((tag) => typeof tag === "string"));
    path = nextPage(answer, shown);
  }
  return tags;
}

/** `Link: </v2/…?last=x&n=1000>; rel="next"`, which must stay with the same registry. */
function nextPage({ headers, url }: Exchange, shown: string): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(String(headers["link"] ?? ""))?.[1];
  if (target === undefined) return undefined;
  if (URL.canParse(target, url) && new URL(target, url).origin === new URL(url).origin) {
    const next = new URL(target, url);
    return next.pathname.slice(1) + next.search;
  }
  throw new FetchFailure("invalid", `${shown} continues its list of tags at another server.`);
}

function parseObject(body: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new FetchFailure("invalid", `${what} is not JSON as registries write it.`);
}
