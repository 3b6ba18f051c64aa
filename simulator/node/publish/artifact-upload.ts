/** Uploads an artifact: blobs that are not there yet, then the manifest under its tag (distribution-spec 1.1, push). */
import type { Credentials, FetchContext } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import type { GuardedRequest } from "../guarded-http.ts";
import { createNetworkGuard } from "../network-guard.ts";
import type { Challenge } from "../oci/challenge.ts";
import { parseChallenge } from "../oci/challenge.ts";
import { digestOf } from "../oci/digest.ts";
import { mayBePlain, shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import { manifestTypes } from "../oci/registry.ts";
import { authorize, unauthorized } from "../oci/token.ts";
import type { Artifact, Blob } from "./artifact-manifest.ts";
import { registryContext } from "./registry-context.ts";

export interface UploadOptions {
  /** Plain http is allowed. */
  readonly insecure: boolean;
  /** Given by the user; else what docker and helm have stored. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** What the tag has to lead to still, or nothing; absent where that does not matter. */
  readonly replaces?: { readonly digest?: string };
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export type UploadOutcome =
  | { readonly outcome: "published" }
  /** Somebody was faster; the tag leads to what it led to before. Without a digest there is no such tag any more. */
  | { readonly outcome: "moved"; readonly digest?: string };

interface Answer {
  readonly status: number;
  readonly url: string;
  readonly location: string | undefined;
  readonly bytes: Buffer;
}
type Send = (request: {
  readonly method: GuardedRequest["method"];
  readonly url: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: Uint8Array;
}) => Promise<Answer>;

/**
 * The tag leads to the artifact only after everything else is there, and only if it led until then to what was expected: registries
 * know no conditional write, so the last moment before it is when that is looked at. Rejects with a `FetchFailure`.
 */
export async function uploadArtifact(
  repository: OciRepository,
  tag: string,
  { layer, config, manifest }: Artifact,
  options: UploadOptions,
): Promise<UploadOutcome> {
  const base = `v2/${repository.path}`;
  const send = await openSender(repository, options, `${base}/blobs/${layer.digest}`);
  for (const blob of [layer, config]) await uploadBlob(send, base, blob, options);
  const { mediaType: type, bytes: body } = manifest;
  const url = `${base}/manifests/${tag}`;
  const { replaces } = options;
  if (replaces !== undefined) {
    const digest = await digestAt(send, url, repository);
    if (digest !== replaces.digest && digest !== manifest.digest)
      return { outcome: "moved", ...(digest !== undefined && { digest }) };
  }
  try {
    const answer = await send({ method: "PUT", url, type, body });
    if (answer.status !== 201) throw refused(repository, "the manifest", answer);
  } catch (error) {
    if (error instanceof FetchFailure) throw error;
    if (!(await hasArrived(repository, url, manifest.digest, options))) throw error;
  }
  return { outcome: "published" };
}

/** Long enough for a handshake; whoever cancelled does not want to wait. */
const doubtMilliseconds = 5000;

/** The manifest may be there although nobody heard the answer: the connection broke, or the person gave up waiting. */
async function hasArrived(
  repository: OciRepository,
  url: string,
  digest: string,
  options: UploadOptions,
): Promise<boolean> {
  const signal = AbortSignal.timeout(doubtMilliseconds);
  try {
    const send = await openSender(repository, { ...options, signal }, url);
    return (await digestAt(send, url, repository)) === digest;
  } catch {
    return false;
  }
}

/** `undefined` where there is no such tag. What comes back is counted, because not every registry names the digest. */
async function digestAt(
  send: Send,
  url: string,
  repository: OciRepository,
): Promise<string | undefined> {
  const answer = await send({ method: "GET", url, accept: manifestTypes });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refused(repository, "a look at the tag", answer);
  return digestOf(answer.bytes);
}

async function uploadBlob(
  send: Send,
  base: string,
  { digest, bytes }: Blob,
  { onProgress }: UploadOptions,
): Promise<void> {
  const there = await send({ method: "HEAD", url: `${base}/blobs/${digest}` });
  if (there.status === 200) return;
  onProgress?.(`uploading ${bytes.byteLength} bytes`);
  const started = await send({ method: "POST", url: `${base}/blobs/uploads/` });
  if (started.status !== 202 || started.location === undefined)
    throw new FetchFailure("failed", `The registry begins no upload${because(started)}.`);
  const target = new URL(started.location, started.url);
  target.searchParams.set("digest", digest);
  const type = "application/octet-stream";
  const done = await send({ method: "PUT", url: target.href, type, body: bytes });
  if (done.status !== 201)
    throw new FetchFailure("failed", `The registry did not take the upload${because(done)}.`);
}

/** A manifest at most. */
const maxAnswerBytes = 8 * 1024 * 1024;

/** Finds out by a first question how the registry is reached and who has to ask. */
async function openSender(
  repository: OciRepository,
  options: UploadOptions,
  first: string,
): Promise<Send> {
  const { registry } = repository;
  // Publishing is the user's own wish, so any address may be asked.
  const guard = createNetworkGuard({ isAllowed: () => true });
  const context = registryContext(guard, maxAnswerBytes, options.signal);
  const { signal } = context;
  const credentials = await credentialsOf(registry, options, context);
  const scope = `repository:${repository.path}:pull,push`;
  let authorization: string | undefined;
  const raw = async (
    origin: string,
    request: Parameters<Send>[0],
    attempt = 1,
  ): Promise<Answer> => {
    const url = new URL(request.url, `${origin}/`);
    const own = url.origin === origin && authorization !== undefined;
    const { method, body, type, accept } = request;
    const headers = {
      "user-agent": "sluice",
      ...(accept !== undefined && { accept }),
      ...(own && { authorization }),
      ...(type !== undefined && { "content-type": type }),
      ...(method !== "GET" &&
        method !== "HEAD" && { "content-length": `${body?.byteLength ?? 0}` }),
    } as Record<string, string>;
    const sent = { url: url.href, method, headers, ...(body !== undefined && { body }) };
    const answer = await context.send(sent);
    const challenge = parseChallenge(answer.headers["www-authenticate"] ?? "");
    const bytes = await bytesOf(answer.body);
    // A token may also run out while a large layer is on its way.
    if (answer.status === 401 && challenge !== undefined && attempt === 1) {
      const login = { context, registryUrl: new URL(origin), credentials, tls: undefined };
      authorization = await authorize(login, withoutScope(challenge), scope);
      if (authorization === undefined) throw unauthorized(registry, credentials);
      return raw(origin, request, 2);
    }
    if (answer.status === 401 || answer.status === 403) throw notAllowed(repository, credentials);
    const { location } = answer.headers;
    return { status: answer.status, url: url.href, location, bytes };
  };
  const origin = await originOf(registry, options.insecure, (from) =>
    raw(from, { method: "HEAD", url: first }),
  );
  signal.throwIfAborted();
  return (request) => raw(origin, request);
}

/** The registry names the scope of one request; the token is for all of them. */
function withoutScope(challenge: Challenge): Challenge {
  if (challenge.scheme === "basic") return challenge;
  const { scope: _, ...rest } = challenge;
  return rest;
}

/** https first, and http only where go-containerregistry allows it. */
async function originOf(
  registry: string,
  insecure: boolean,
  ask: (origin: string) => Promise<Answer>,
): Promise<string> {
  try {
    await ask(`https://${registry}`);
    return `https://${registry}`;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const isNoTls = /^(EPROTO|ERR_SSL_|ECONNREFUSED|ECONNRESET)/.test(code);
    if (!mayBePlain(registry, insecure) || !isNoTls) throw inWords(error, registry);
    await ask(`http://${registry}`).catch((second: unknown) => {
      throw inWords(second, registry);
    });
    return `http://${registry}`;
  }
}

async function credentialsOf(
  registry: string,
  { credentials }: UploadOptions,
  context: FetchContext,
): Promise<Credentials | undefined> {
  if (credentials !== undefined) return { kind: "basic", ...credentials };
  return context.credentials.registry(registry, context.signal);
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function notAllowed(repository: OciRepository, credentials: Credentials | undefined): FetchFailure {
  if (credentials === undefined) return unauthorized(repository.registry, undefined);
  const shown = shownRepository(repository);
  const text = `${repository.registry} does not accept the credentials, or they may not write to ${shown}. Sign in with docker login ${repository.registry}.`;
  return new FetchFailure("unauthorized", text);
}

function refused(repository: OciRepository, what: string, answer: Answer): FetchFailure {
  const text = `${shownRepository(repository)} did not take ${what}${because(answer)}.`;
  return new FetchFailure("failed", text);
}

/** Registries answer with `{"errors": [{"message": …}]}`. */
function because({ status, bytes }: Answer): string {
  const message = /"message"\s*:\s*"([^"\\]{1,200})"/.exec(bytes.toString("utf8"))?.[1];
  return ` (status ${status}${message === undefined ? "" : `: ${message}`})`;
}

function inWords(error: unknown, registry: string): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ECONNRESET)$/.test(code))
    return new FetchFailure("failed", `${registry} can't be reached (${code}).`);
  if (/CERT|UNABLE_TO_VERIFY/.test(code))
    return new FetchFailure("failed", `The certificate of ${registry} is not trusted (${code}).`);
  return error;
}
