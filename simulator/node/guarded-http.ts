/** HTTP requests that pass the network guard at every hop, with limits on time, size and redirects. */
import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";

import { TooLargeError } from "./fetch-failure.ts";
import { type NetworkGuard, RefusedError } from "./network-guard.ts";
import { parseUrl, withoutCredentials } from "./source-url.ts";

export interface GuardedRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** PEM, for the origin of `url` alone. `ca` replaces the system's certificate authorities. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: false;
  };
}

export interface GuardedResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly statusMessage: string;
  readonly headers: IncomingHttpHeaders;
  /** Fails with a `TooLargeError` once the limit is passed. */
  readonly body: AsyncIterableIterator<Uint8Array>;
}

export interface HttpLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const maxRedirects = 5;

/**
 * Only GET and HEAD are redirected. Credentials and certificates stay with the origin they were meant for, and https is
 * never left for http.
 */
export async function guardedRequest(
  guard: NetworkGuard,
  request: GuardedRequest,
  limits: HttpLimits,
): Promise<GuardedResponse> {
  let url = new URL(request.url);
  let sent: GuardedRequest = { ...request, headers: withCredentials(url, request.headers) };
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const message = await send(guard, url, sent, limits.signal);
    const status = message.statusCode ?? 0;
    const location = message.headers.location;
    if (
      ![301, 302, 303, 307, 308].includes(status) ||
      location === undefined ||
      request.method === "POST" ||
      request.method === "PUT"
    ) {
      return {
        url: withoutCredentials(url),
        status,
        statusMessage: message.statusMessage ?? "",
        headers: message.headers,
        body: limited(message, limits.maxBytes),
      };
    }
    message.destroy();
    const next = parseUrl(location, url);
    if (next === undefined)
      throw new RefusedError(`${url.host} redirects to an address that can't be read.`);
    if (url.protocol === "https:" && next.protocol !== "https:") {
      throw new RefusedError(
        `${url.host} redirects to an unencrypted address (${next.host}), which is not followed.`,
      );
    }
    if (next.origin !== url.origin) sent = forOtherOrigin(sent);
    url = next;
  }
  throw new RefusedError(`${url.host} redirects more than ${maxRedirects} times.`);
}

async function send(
  guard: NetworkGuard,
  url: URL,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RefusedError(`Addresses of the kind ${url.protocol}// are not fetched.`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) !== 0) await guard.resolve(host);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const { method, headers, tls } = request;
    const sent = start(
      {
        protocol: url.protocol,
        host,
        port: url.port,
        path: url.pathname + url.search,
        method,
        headers,
        lookup: guard.lookup,
        ...tls,
        signal,
        agent: agentsOf(guard)[url.protocol === "https:" ? "https" : "http"],
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(request.body);
  });
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** A connection that is used again has passed the guard it was opened for, so no two guards share one. */
const agents = new WeakMap<NetworkGuard, Agents>();

function agentsOf(guard: NetworkGuard): Agents {
  const options = { keepAlive: true, maxSockets: 10, timeout: 30_000 };
  const known = agents.get(guard) ?? {
    http: new HttpAgent(options),
    https: new HttpsAgent(options),
  };
  agents.set(guard, known);
  return known;
}

async function* limited(
  message: IncomingMessage,
  maxBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      message.destroy();
      throw new TooLargeError(`The answer has more than ${maxBytes} bytes.`);
    }
    yield chunk;
  }
  return undefined;
}

function withCredentials(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (url.username === "" && url.password === "") return headers;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { ...headers, authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function forOtherOrigin(request: GuardedRequest): GuardedRequest {
  const { tls, headers, ...rest } = request;
  const isSecret = (name: string): boolean =>
    /^(authorization|cookie|x-amz-.*|.*token.*)$/i.test(name);
  const kept = Object.entries(headers).filter(([name]) => !isSecret(name));
  // Authorities stay: storage behind a private registry is signed by the same. Who one is does not.
  const authorities = tls?.ca === undefined ? {} : { tls: { ca: tls.ca } };
  return { ...rest, ...authorities, headers: Object.fromEntries(kept) };
}
