/**
 * What this user has stored for `docker` and `helm`: files, and the programs that these files name to keep passwords.
 * A program is run only by what the caller hands in; without it the files alone are read.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import type { Credentials, UserCredentials } from "../fetcher.ts";
import type { RunHelper } from "./credential-helper.ts";
import {
  credentialsFor,
  type DockerConfig,
  parseDockerConfig,
  serverName,
} from "./docker-config.ts";

export interface UserCredentialsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home by default. */
  readonly home?: string;
  /** Only in a trusted workspace. */
  readonly runHelper?: RunHelper;
}

const maxFileBytes = 4 * 1024 * 1024;

export function createUserCredentials(options: UserCredentialsOptions): UserCredentials {
  return {
    async registry(host, signal) {
      for (const path of registryFiles(options)) {
        const config = parseDockerConfig(await readSmall(path));
        const found =
          config === undefined ? undefined : await lookUp(config, host, options, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    async helmRepository(url) {
      const text = await readSmall(
        helmFile(options, "repositories.yaml", "HELM_REPOSITORY_CONFIG"),
      );
      return repositoryIn(text, url);
    },
  };
}

/** Docker's own file first, then Helm's, then those of podman and its relatives. */
function registryFiles(options: UserCredentialsOptions): readonly string[] {
  const { env } = options;
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    join(env["DOCKER_CONFIG"] ?? join(homeOf(options), ".docker"), "config.json"),
    helmFile(options, join("registry", "config.json"), "HELM_REGISTRY_CONFIG"),
    ...(runtime === undefined ? [] : [join(runtime, "containers", "auth.json")]),
  ];
}

/** Helm `pkg/helmpath`: `HELM_CONFIG_HOME`, `XDG_CONFIG_HOME`, or what the system calls so. */
function helmFile(options: UserCredentialsOptions, name: string, variable: string): string {
  const { env } = options;
  const own = env[variable];
  if (own !== undefined && own !== "") return own;
  const folders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["Library", "Preferences"],
    win32: ["AppData", "Roaming"],
  };
  const system = join(homeOf(options), ...(folders[process.platform] ?? [".config"]));
  const folder = env["HELM_CONFIG_HOME"] ?? join(env["XDG_CONFIG_HOME"] ?? system, "helm");
  return join(folder, name);
}

function homeOf({ home }: UserCredentialsOptions): string {
  return home ?? homedir();
}

/** docker/cli `cli/config/configfile`: a helper of the host, then the helper of all, then what the file itself holds. */
async function lookUp(
  config: DockerConfig,
  host: string,
  { runHelper }: UserCredentialsOptions,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const server = serverName(host);
  const helper =
    config.credHelpers.get(host) ?? config.credHelpers.get(server) ?? config.credsStore;
  const kept =
    helper === undefined || runHelper === undefined
      ? undefined
      : await runHelper(helper, server, signal);
  // Without a path only what is stored for the whole host fits.
  return kept ?? credentialsFor(config, host, "");
}

function repositoryIn(text: string, url: string): Credentials | undefined {
  const wanted = url.replace(/\/+$/, "");
  const { repositories } = recordOf(() => parse(text, { logLevel: "silent", uniqueKeys: false }));
  const found = (Array.isArray(repositories) ? repositories : [])
    .map((item: unknown) => recordOf(() => item))
    .find((item) => String(item["url"]).replace(/\/+$/, "") === wanted);
  const { username, password } = found ?? {};
  if (typeof username !== "string" || typeof password !== "string" || username === "")
    return undefined;
  return { kind: "basic", username, password };
}

function recordOf(read: () => unknown): Readonly<Record<string, unknown>> {
  try {
    const value = read();
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}

/** Empty for what isn't there; a user without such a file has stored nothing. */
async function readSmall(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  return bytes.byteLength > maxFileBytes ? "" : bytes.toString("utf8");
}
