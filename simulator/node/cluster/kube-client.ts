/**
 * The one file that imports the Kubernetes client, loaded on the first connection as a bundle of its own: it turns entries
 * of a kubeconfig into an agent (TLS, proxies) and headers (tokens, basic auth, identity providers). Requests, watches
 * and exec plugins are ours: its watch gives up after 30 s, and its plugins can neither be cancelled nor shown.
 */
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { LookupFunction } from "node:net";

import { HttpsProxyAgent } from "https-proxy-agent";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

import { objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

import type { ExecCredential } from "./exec-credential.ts";
import { proxyOf } from "./proxy-of.ts";

export type TlsOptions = Pick<
  RequestOptions,
  "ca" | "cert" | "key" | "rejectUnauthorized" | "servername"
>;

export interface Endpoint {
  /** Address of the API server without a slash at its end. */
  readonly server: string;
  readonly agent: Agent;
  /** What the agent has as well, for connections that others make (see `kube-request.ts`). */
  readonly tls?: TlsOptions;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 at which the credentials end, when that is known. */
  readonly expires?: number;
  /** Resolves names, where not every address may be asked. */
  readonly lookup?: LookupFunction;
}

/**
 * `credential` is what an exec plugin gave for this user, if it has one. Throws ordinary errors: this file is bundled apart, so
 * its classes would not be those of others.
 */
export async function openEndpoint(
  cluster: JsonObject,
  user: JsonObject,
  credential: ExecCredential | undefined,
): Promise<Endpoint> {
  const server = textAt(cluster, "server")?.replace(/\/+$/, "") ?? "";
  const { username, password } = user;
  const proxy = textAt(cluster, "proxy-url") ?? proxyOf(server, process.env);
  const behind = proxy === undefined ? cluster : { ...cluster, "proxy-url": proxy };
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(asKubeconfig(behind, user, credential, server)));
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = textHeaders(options.headers);
  if (typeof username === "string" && typeof password === "string" && username !== "")
    headers["Authorization"] = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const expires = credential?.expires;
  return {
    server,
    agent: withProtocol(
      /^https?:/.test(proxy ?? "") ? throughProxy(proxy ?? "") : keepAlive(options.agent),
      server,
    ),
    tls: tlsOf(options),
    headers,
    ...(expires === undefined ? {} : { expires }),
  };
}

/** That of the Kubernetes client asks by `http.request`, which VS Code replaces. */
function throughProxy(proxy: string): Agent {
  return new HttpsProxyAgent(proxy, { keepAlive: true });
}

/** Agents for proxies would guess it from the functions that call them. */
function withProtocol(agent: Agent, server: string): Agent {
  return Object.assign(agent, { protocol: new URL(server).protocol });
}

function tlsOf({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** A kubeconfig of this one context; the credential stands where a static one would, so the plugin does not run twice. */
function asKubeconfig(
  cluster: JsonObject,
  user: JsonObject,
  credential: ExecCredential | undefined,
  server: string,
): JsonObject {
  const { exec: _, as: impersonated, ...plain } = user;
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const given =
    credential === undefined
      ? {}
      : {
          ...(credential.token === undefined ? {} : { token: credential.token }),
          ...(credential.certificate === undefined
            ? {}
            : { "client-certificate-data": base64(credential.certificate) }),
          ...(credential.key === undefined ? {} : { "client-key-data": base64(credential.key) }),
        };
  // The client refuses plain http, which `kubectl proxy` speaks, unless verification is off; there is nothing to verify.
  const insecure = server.startsWith("http:") ? { "insecure-skip-tls-verify": true } : {};
  const as = impersonated === undefined ? {} : { as: impersonated };
  return {
    clusters: [{ name: "cluster", cluster: { ...cluster, ...insecure, server } }],
    users: [{ name: "user", user: { ...plain, ...as, ...given } }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
    "current-context": "context",
  };
}

function textHeaders(headers: RequestOptions["headers"]): Record<string, string> {
  const pairs = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  return Object.fromEntries(pairs);
}

/** Watches hold a connection each, so there is no upper limit; idle ones are kept for the next request. */
function keepAlive(agent: RequestOptions["agent"]): Agent {
  if (agent === undefined || typeof agent === "boolean") throw new Error("no agent");
  const settings = objectAt(agent, "options") as Record<string, unknown>;
  settings["keepAlive"] = true;
  (agent as { keepAlive?: boolean }).keepAlive = true;
  return agent;
}
