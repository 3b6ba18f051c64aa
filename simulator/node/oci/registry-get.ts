/** GET requests to one registry: with or without encryption, signed in when it asks, every other answer in words. */
import type { Credentials, FetchContext, TlsMaterial } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { RefusedError } from "../network-guard.ts";
import { type Exchange, exchange } from "../retrying-http.ts";
import { parseChallenge } from "./challenge.ts";
import type { OciRepository } from "./reference.ts";
import { authorize, unauthorized } from "./token.ts";

export interface RegistryAccess {
  readonly repository: OciRepository;
  readonly credentials: Credentials | undefined;
  readonly tls?: TlsMaterial;
  /** Tried after https when that can't be spoken. */
  readonly mayBePlain: boolean;
}

interface GetOptions {
  readonly accept: string;
  readonly maxBytes: number;
}
/** The path has no slash in front. */
export type Get = (path: string, options: GetOptions) => Promise<Exchange>;

/** Registries that don't know a path say so in several ways. */
const absent = [404, 405, 406, 501];

/** Answers with success, or that it is not there; everything else is an error in words. */
export function createGet(context: FetchContext, access: RegistryAccess): Get {
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
