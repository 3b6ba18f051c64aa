/**
 * What a fetcher of one kind of source is and what it is handed. Fetchers speak a protocol and nothing else: storing,
 * sharing, freshness and the overall time-out are the caller's (`sources.ts`).
 */
import type { FileTree, PickVersion, SourceAnswer, SourceRequest } from "#simulator";

import type { GuardedResponse, HttpLimits } from "./guarded-http.ts";
import type { TreeLimits } from "./read-tree.ts";

/**
 * Answers with a tree, or says why there is none. It may also throw a `FetchFailure`, a `RefusedError`, a `TooLargeError`
 * or what Node.js throws for a broken connection; the caller turns these into `unavailable`. It writes nothing to disk.
 */
export type Fetcher<Request extends SourceRequest> = (
  request: Request,
  context: FetchContext,
) => Promise<SourceAnswer>;

export interface FetchContext {
  /** Every request of every hop passes the network guard; redirects keep credentials only within one origin. */
  readonly http: FetchHttp;
  /** The engine's `version` call; absent where there is no engine, and then ranges can't be resolved. */
  readonly pickVersion?: PickVersion;
  readonly credentials: UserCredentials;
  readonly limits: FetchLimits;
  /** An older answer to the same request. A fetcher that finds its revision unchanged may answer with its tree. */
  readonly known?: { readonly tree: FileTree; readonly digest?: string };
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits between attempts; rejects when `signal` aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborts when the caller no longer wants the answer, or when its time is up. */
  readonly signal: AbortSignal;
}

export interface FetchHttpRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** A redirect to another origin goes without the client certificate, and is always verified. */
  readonly tls?: TlsMaterial;
}

export type FetchHttp = (request: FetchHttpRequest, limits: HttpLimits) => Promise<GuardedResponse>;

/** PEM, as Node.js takes it: `ca` replaces the authorities that are trusted otherwise. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** `false` only for an OCIRepository with `spec.insecure` and no `certSecretRef`, as source-controller has it. */
  readonly rejectUnauthorized?: false;
}

export interface FetchLimits {
  /** Of one answer on the wire. */
  readonly maxBytes: number;
  /** Of what an archive unpacks to. */
  readonly tree: TreeLimits;
}

export interface FetchProgress {
  readonly url: string;
  readonly bytes: number;
  /** When the server says how much it will be. */
  readonly total?: number;
}

/** What this user has stored for other programs. It is only ever given to the host it is stored for. */
export interface UserCredentials {
  /** Docker's `config.json` with its helpers; `host` with port, as in the address. */
  readonly registry: (host: string, signal: AbortSignal) => Promise<Credentials | undefined>;
  /** Helm's `repositories.yaml`, by the address of the repository. */
  readonly helmRepository: (url: string, signal: AbortSignal) => Promise<Credentials | undefined>;
}

export type Credentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** A refresh token that is exchanged for a bearer token (Docker's `identitytoken`). */
  | { readonly kind: "identity-token"; readonly token: string }
  | { readonly kind: "bearer"; readonly token: string };

export const noCredentials: UserCredentials = {
  registry: () => Promise.resolve(undefined),
  helmRepository: () => Promise.resolve(undefined),
};
