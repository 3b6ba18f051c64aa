/**
 * A client of one repository in an OCI registry: manifests, blobs, tags and referrers (distribution-spec 1.1), read only.
 * Everything that comes back has the digest it was asked for by, or the one that it says it has.
 */
import type { Credentials, FetchContext, TlsMaterial } from "../fetcher.ts";
import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import { RefusedError } from "../network-guard.ts";
import { type Exchange, exchange } from "../retrying-http.ts";
import { parseChallenge } from "./challenge.ts";
import { digestOf, isDigest, requireDigest } from "./digest.ts";
import { type OciRepository, shownRepository } from "./reference.ts";
import { authorize, unauthorized } from "./token.ts";

export interface RegistryAccess {
  readonly repository: OciRepository;
  readonly credentials: Credentials | undefined;
  readonly tls?: TlsMaterial;
  /** Tried after https when that can't be spoken. */
  readonly mayBePlain: boolean;
}

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
const manifestTypes = [
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

interface GetOptions {
  readonly accept: string;
  readonly maxBytes: number;
}
type Get = (path: string, options: GetOptions) => Promise<Exchange>;

/** Registries that don't know a path say so in several ways. */
const absent = [404, 405, 406, 501];

/** Answers with success, or that it is not there; everything else is an error in words. */
function createGet(context: FetchContext, access: RegistryAccess): Get {
  const { repository, credentials, tls } = access;
  const { registry } = repository;
  const scope = `repository:${repository.path}:pull`;
  let origin: string | undefined;
  let authorization: string | undefined;

  async function send(from: string, path: string, options: GetOptions): Promise<Exchange> {
    const headers = {
      accept: options.accept,
      "user-agent": "sluice",
      ...(authorization === undefined ? {} : { authorization }),
    };
    const material = tls === undefined ? {} : { tls };
    const url = new URL(path, `${from}/`).href;
    return exchange(context, { url, method: "GET", headers, ...material }, options.maxBytes);
  }

  async function sendToEither(path: string, options: GetOptions): Promise<Exchange> {
    if (origin !== undefined) return send(origin, path, options);
    try {
      const answer = await send(`https://${registry}`, path, options);
      origin = `https://${registry}`;
      return answer;
    } catch (error) {
      if (!access.mayBePlain || !isNoTls(error)) throw error;
      const answer = await send(`http://${registry}`, path, options);
      origin = `http://${registry}`;
      return answer;
    }
  }

  return async (path, options) => {
    let answer = await sendToEither(path, options);
    const challenge = parseChallenge(answer.headers["www-authenticate"] ?? "");
    if (answer.status === 401 && challenge !== undefined) {
      const registryUrl = new URL(origin ?? `https://${registry}`);
      authorization = await authorize({ context, registryUrl, credentials, tls }, challenge, scope);
      if (authorization === undefined) throw unauthorized(registry, credentials);
      answer = await sendToEither(path, options);
    }
    if (answer.status === 401 || answer.status === 403) throw unauthorized(registry, credentials);
    if (answer.status === 200 || absent.includes(answer.status)) return answer;
    throw new FetchFailure("failed", `${registry} answered with status ${answer.status}.`);
  };
}

/** The other side speaks no TLS, or nobody listens at the port of https. Anything else is not tried without encryption. */
function isNoTls(error: unknown): boolean {
  if (error instanceof RefusedError || !(error instanceof Error)) return false;
  const { code = "" } = error as NodeJS.ErrnoException;
  return [
    "EPROTO",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ECONNREFUSED",
    "ECONNRESET",
    "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  ].includes(code);
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
