/** Requests to a Helm repository over http: who one is there, and which address the index means (Helm `pkg/getter`, `pkg/repo`). */
import type { ChartSourceRequest } from "#simulator";

import type { Credentials, FetchContext, FetchHttpRequest, TlsMaterial } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { basicIn, tlsOf } from "../oci/registry-access.ts";
import { basic } from "../oci/token.ts";
import { type Exchange, exchange } from "../retrying-http.ts";
import { withoutCredentials } from "../source-url.ts";

export interface RepositoryAccess {
  readonly repository: URL;
  readonly credentials: Credentials | undefined;
  readonly tls: TlsMaterial | undefined;
  readonly passCredentials: boolean;
}

export async function repositoryAccess(
  { access = {}, passCredentials = false }: ChartSourceRequest,
  repository: URL,
  { credentials, signal }: FetchContext,
): Promise<RepositoryAccess> {
  const { secret, certificates } = access;
  return {
    repository,
    credentials:
      secret === undefined
        ? await credentials.helmRepository(withoutCredentials(repository), signal)
        : basicIn(secret),
    tls: tlsOf(certificates) ?? tlsOf(secret),
    passCredentials,
  };
}

export function indexUrl(repository: URL): URL {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  return url;
}

/** Helm `pkg/repo`, `ResolveReferenceURL`: relative to the repository as a folder, with the query of the repository. */
export function resolveReference(repository: URL, reference: string): URL {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) && URL.canParse(reference)) return new URL(reference);
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, "")}/`;
  if (!URL.canParse(reference, base.href))
    throw new FetchFailure(
      "invalid",
      `The index names ${JSON.stringify(reference)}, which is no address.`,
    );
  const url = new URL(reference, base);
  url.search = base.search;
  return url;
}

/** Credentials go where the repository is, or everywhere with `passCredentials` (Helm `pkg/getter/httpgetter.go`). */
export function ask(
  { repository, credentials, tls, passCredentials }: RepositoryAccess,
  url: URL,
  context: FetchContext,
  options: { readonly headers: Readonly<Record<string, string>>; readonly maxBytes: number },
): Promise<Exchange> {
  const isKnown = passCredentials || url.origin === repository.origin;
  const { cert: _, key: __, ...authorities } = tls ?? {};
  const material = isKnown ? tls : authorities;
  const request: FetchHttpRequest = {
    url: url.href,
    method: "GET",
    headers: {
      "user-agent": "sluice",
      ...options.headers,
      ...(isKnown && credentials?.kind === "basic" ? { authorization: basic(credentials) } : {}),
    },
    ...(tls === undefined || material === undefined ? {} : { tls: material }),
  };
  return exchange(context, request, Math.min(options.maxBytes, context.limits.maxBytes));
}

export function requireSuccess({ status }: Exchange, shown: string, missing: string): void {
  if (status === 404 || status === 410) throw new FetchFailure("not-found", missing);
  if (status === 401 || status === 403)
    throw new FetchFailure(
      "unauthorized",
      `${shown} may not be read with the credentials that were given, or without any.`,
    );
  if (status < 200 || status > 299)
    throw new FetchFailure("failed", `${shown} answered with status ${status}.`);
}
