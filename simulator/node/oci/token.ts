/**
 * How a client becomes known to a registry: Docker's token protocol and basic authentication
 * (distribution `docs/content/spec/auth`, go-containerregistry `pkg/v1/remote/transport`).
 */
import type { Credentials, FetchContext, FetchHttpRequest, TlsMaterial } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { exchange } from "../retrying-http.ts";
import { parseUrl } from "../source-url.ts";
import type { Challenge } from "./challenge.ts";

export interface Login {
  readonly context: FetchContext;
  /** Where the registry itself is; a realm of weaker encryption than this gets nothing. */
  readonly registryUrl: URL;
  readonly credentials: Credentials | undefined;
  readonly tls: TlsMaterial | undefined;
}

const maxTokenBytes = 1024 * 1024;

/** The value of the `Authorization` header; `undefined` when there is nothing to show. */
export async function authorize(
  login: Login,
  challenge: Challenge,
  scope: string,
): Promise<string | undefined> {
  const { credentials } = login;
  switch (challenge.scheme) {
    case "basic":
      return credentials?.kind === "basic" ? basic(credentials) : undefined;
    case "bearer":
      if (credentials?.kind === "bearer") return `Bearer ${credentials.token}`;
      return `Bearer ${await requestToken(login, challenge, scope)}`;
  }
}

export function basic(credentials: {
  readonly username: string;
  readonly password: string;
}): string {
  const pair = `${credentials.username}:${credentials.password}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

async function requestToken(
  login: Login,
  challenge: Extract<Challenge, { scheme: "bearer" }>,
  scope: string,
): Promise<string> {
  const { context, registryUrl } = login;
  const realm = parseUrl(challenge.realm, registryUrl);
  const isWeaker = registryUrl.protocol === "https:" && realm?.protocol !== "https:";
  if (realm === undefined || !/^https?:$/.test(realm.protocol) || isWeaker) {
    const text = `${registryUrl.host} sends clients to a token server at an address that is not used (${JSON.stringify(challenge.realm.slice(0, 200))}).`;
    throw new FetchFailure("refused", text);
  }
  const answer = await exchange(
    context,
    tokenRequest(login, realm, { service: challenge.service, scope: challenge.scope ?? scope }),
    maxTokenBytes,
  );
  if (answer.status === 400 || answer.status === 401 || answer.status === 403)
    throw unauthorized(registryUrl.host, login.credentials);
  const token = answer.status === 200 ? tokenIn(answer.body) : undefined;
  if (token === undefined) {
    const text = `The token server ${realm.host} of ${registryUrl.host} gave no token (status ${answer.status}).`;
    throw new FetchFailure("failed", text);
  }
  return token;
}

function tokenRequest(
  { credentials, tls, registryUrl }: Login,
  realm: URL,
  wanted: { readonly service: string | undefined; readonly scope: string },
): FetchHttpRequest {
  const parameters = new URLSearchParams({
    ...(wanted.service === undefined ? {} : { service: wanted.service }),
    scope: wanted.scope,
  });
  const material = realm.origin === registryUrl.origin ? tls : withoutClientCertificate(tls);
  const common = material === undefined ? {} : { tls: material };
  if (credentials?.kind === "identity-token") {
    parameters.set("grant_type", "refresh_token");
    parameters.set("client_id", "sluice");
    parameters.set("refresh_token", credentials.token);
    const headers = { "content-type": "application/x-www-form-urlencoded", "user-agent": "sluice" };
    const body = new TextEncoder().encode(parameters.toString());
    return { url: realm.href, method: "POST", headers, body, ...common };
  }
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  const headers = {
    "user-agent": "sluice",
    ...(credentials?.kind === "basic" ? { authorization: basic(credentials) } : {}),
  };
  return { url: url.href, method: "GET", headers, ...common };
}

function withoutClientCertificate(tls: TlsMaterial | undefined): TlsMaterial | undefined {
  if (tls === undefined) return undefined;
  const { cert: _, key: __, ...rest } = tls;
  return rest;
}

function tokenIn(body: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(body);
  try {
    const { token, access_token } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const found = typeof token === "string" && token !== "" ? token : access_token;
    // What is no single word would end the header.
    return typeof found === "string" && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

export function unauthorized(host: string, credentials: Credentials | undefined): FetchFailure {
  const text =
    credentials === undefined
      ? `${host} wants credentials. Sign in with docker login ${host}, or name a Secret in the manifest.`
      : `${host} did not accept the credentials that were given.`;
  return new FetchFailure("unauthorized", text);
}
