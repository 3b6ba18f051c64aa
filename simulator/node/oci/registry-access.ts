/** Credentials and certificates for a registry or a Helm repository: from the Secrets a source names, or the user's own. */
import { rootCertificates } from "node:tls";

import type { SourceAccess } from "#simulator";

import type { Credentials, FetchContext, TlsMaterial } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { credentialsFor, parseDockerConfig } from "./docker-config.ts";
import { mayBePlain, type OciRepository } from "./reference.ts";
import { openRegistry, type Registry } from "./registry.ts";
import type { RegistryAccess } from "./registry-get.ts";

/**
 * Does `work` with the registry of a source. What the user has stored may be older than the registry remembers; without
 * a Secret Flux would ask as nobody, so that is tried as well.
 */
export async function withRegistry<T>(
  repository: OciRepository,
  access: SourceAccess = {},
  context: FetchContext,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const own = await accessOf(repository, access, context);
  try {
    return await work(openRegistry(context, own));
  } catch (error) {
    const isRefused = error instanceof FetchFailure && error.reason === "unauthorized";
    if (!isRefused || access.secret !== undefined || own.credentials === undefined) throw error;
    const anonymous = openRegistry(context, { ...own, credentials: undefined });
    return work(anonymous).catch(() => {
      throw error;
    });
  }
}

async function accessOf(
  repository: OciRepository,
  access: SourceAccess,
  context: FetchContext,
): Promise<RegistryAccess> {
  const tls = tlsOf(access.certificates);
  const unverified =
    access.insecure === true && tls === undefined
      ? { rejectUnauthorized: false as const }
      : undefined;
  const material = tls ?? unverified;
  const credentials =
    access.secret === undefined
      ? await context.credentials.registry(repository.registry, context.signal)
      : credentialsIn(access.secret, repository);
  requireIdentity(access, credentials, repository);
  return {
    repository,
    credentials,
    mayBePlain: mayBePlain(repository.registry, access.insecure === true),
    ...(material === undefined ? {} : { tls: material }),
  };
}

/** A Docker config, or `username` and `password` (`internal/helm/registry/auth.go`, `KeychainFromSecret`). */
function credentialsIn(
  secret: Readonly<Record<string, string>>,
  { registry, path }: OciRepository,
): Credentials | undefined {
  const text = secret[".dockerconfigjson"] ?? secret[".dockercfg"];
  if (text !== undefined) {
    const config = parseDockerConfig(text);
    if (config === undefined)
      throw new FetchFailure(
        "invalid",
        "The Secret of the source holds a Docker configuration that can't be read.",
      );
    return credentialsFor(config, registry, path);
  }
  return basicIn(secret);
}

export function basicIn(secret: Readonly<Record<string, string>>): Credentials | undefined {
  const { username = "", password = "" } = secret;
  if (username === "" && password === "") return undefined;
  if (username === "" || password === "")
    throw new FetchFailure("invalid", "The Secret of the source needs both username and password.");
  return { kind: "basic", username, password };
}

/** `fluxcd/pkg runtime/secrets`, `TLSConfigFromSecret` with the system's authorities. */
export function tlsOf(
  secret: Readonly<Record<string, string>> | undefined,
): TlsMaterial | undefined {
  const ca = secret?.["ca.crt"] ?? secret?.["caFile"];
  const cert = secret?.["tls.crt"] ?? secret?.["certFile"];
  const key = secret?.["tls.key"] ?? secret?.["keyFile"];
  if ((cert === undefined) !== (key === undefined))
    throw new FetchFailure("invalid", "The Secret of the source needs both tls.crt and tls.key.");
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca].join("\n") }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

/** Clouds hand out credentials to workloads of theirs. Here the user's own have to do. */
function requireIdentity(
  { provider = "generic", secret }: SourceAccess,
  credentials: Credentials | undefined,
  { registry }: OciRepository,
): void {
  if (provider === "generic" || provider === "" || secret !== undefined) return;
  if (credentials !== undefined) return;
  const text = `${registry} is read with the identity that ${provider} gives to Flux, which there is not on this machine. Sign in with docker login ${registry} to read it as yourself.`;
  throw new FetchFailure("unsupported", text);
}
