/** Uploads an artifact: blobs that are not there yet, then the manifest under its tag (distribution-spec 1.1, push). */
import { setTimeout as wait } from "node:timers/promises";

import type { Credentials, FetchContext } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { guardedRequest } from "../guarded-http.ts";
import type { GuardedRequest } from "../guarded-http.ts";
import { createNetworkGuard } from "../network-guard.ts";
import type { Challenge } from "../oci/challenge.ts";
import { parseChallenge } from "../oci/challenge.ts";
import { mayBePlain, shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import { authorize, unauthorized } from "../oci/token.ts";
import { defaultLimits } from "../read-tree.ts";
import { credentialsWhenNeeded } from "../user-credentials.ts";
import type { Artifact, Blob } from "./artifact-manifest.ts";

export interface UploadOptions {
  /** Plain http is allowed. */
  readonly insecure: boolean;
  /** Given by the user; else what docker and helm have stored. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly url: string;
  readonly location: string | undefined;
  readonly text: string;
}
type Send = (request: {
  readonly method: GuardedRequest["method"];
  readonly url: string;
  readonly type?: string;
  readonly body?: Uint8Array;
}) => Promise<Answer>;

/** The tag leads to the artifact only after everything else is there. Rejects with a `FetchFailure`. */
export async function uploadArtifact(
  repository: OciRepository,
  tag: string,
  { layer, config, manifest }: Artifact,
  options: UploadOptions,
): Promise<void> {
  const base = `v2/${repository.path}`;
  const send = await openSender(repository, options, `${base}/blobs/${layer.digest}`);
  for (const blob of [layer, config]) await uploadBlob(send, base, blob, options);
  const { mediaType: type, bytes: body } = manifest;
  const url = `${base}/manifests/${tag}`;
  const answer = await send({ method: "PUT", url, type, body });
  if (answer.status !== 201) throw refused(repository, "the manifest", answer);
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

/** Finds out by a first question how the registry is reached and who has to ask. */
async function openSender(
  repository: OciRepository,
  options: UploadOptions,
  first: string,
): Promise<Send> {
  const { registry } = repository;
  const context = contextOf(options);
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
    const { method, body, type } = request;
    const headers = {
      "user-agent": "sluice",
      ...(own && { authorization }),
      ...(type !== undefined && { "content-type": type }),
      ...(method !== "GET" &&
        method !== "HEAD" && { "content-length": `${body?.byteLength ?? 0}` }),
    } as Record<string, string>;
    const sent = { url: url.href, method, headers, ...(body !== undefined && { body }) };
    const answer = await context.send(sent);
    const challenge = parseChallenge(answer.headers["www-authenticate"] ?? "");
    const text = await textOf(answer.body);
    // A token may also run out while a large layer is on its way.
    if (answer.status === 401 && challenge !== undefined && attempt === 1) {
      const login = { context, registryUrl: new URL(origin), credentials, tls: undefined };
      authorization = await authorize(login, withoutScope(challenge), scope);
      if (authorization === undefined) throw unauthorized(registry, credentials);
      return raw(origin, request, 2);
    }
    if (answer.status === 401 || answer.status === 403) throw notAllowed(repository, credentials);
    const { location } = answer.headers;
    return { status: answer.status, url: url.href, location, text };
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

const maxAnswerBytes = 256 * 1024;

/** Publishing is the user's own wish, so any address may be asked. */
function contextOf(options: UploadOptions): FetchContext & {
  readonly send: (request: GuardedRequest) => ReturnType<typeof guardedRequest>;
} {
  const guard = createNetworkGuard({ isAllowed: () => true });
  const signal = options.signal ?? new AbortController().signal;
  return {
    http: (request, limits) => guardedRequest(guard, request, limits),
    send: (request) => guardedRequest(guard, request, { maxBytes: maxAnswerBytes, signal }),
    credentials: credentialsWhenNeeded(),
    limits: { maxBytes: maxAnswerBytes, tree: defaultLimits },
    now: Date.now,
    pause: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
    signal,
  };
}

async function credentialsOf(
  registry: string,
  { credentials }: UploadOptions,
  context: FetchContext,
): Promise<Credentials | undefined> {
  if (credentials !== undefined) return { kind: "basic", ...credentials };
  return context.credentials.registry(registry, context.signal);
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
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
function because({ status, text }: Answer): string {
  const message = /"message"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1];
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
