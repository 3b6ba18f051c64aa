/**
 * How a Git repository lets itself be read: from the data of a Secret as source-controller reads it, from the address,
 * or from the user's own Git credential helpers. What comes out is given to the host it is meant for and to no other.
 */
import type { SourceAccess } from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import type { TlsMaterial } from "./fetcher.ts";
import { runGit } from "./git-process.ts";
import { tlsOf } from "./oci/registry-access.ts";
import { withoutCredentials } from "./source-url.ts";

export interface GitAccess {
  readonly basic?: { readonly username: string; readonly password: string };
  readonly bearer?: string;
  readonly tls?: TlsMaterial;
  readonly ssh?: {
    readonly identity: string;
    readonly knownHosts: string;
    readonly passphrase?: string;
  };
}

/** Throws a `FetchFailure` for what source-controller refuses (`fluxcd/pkg git/options.go`, `NewAuthOptions`). */
export function gitAccessOf(url: URL, access: SourceAccess = {}): GitAccess {
  const { secret, provider = "generic" } = access;
  if (provider !== "generic") {
    throw new FetchFailure(
      "unsupported",
      `${withoutCredentials(url)} is read with the identity of the provider ${provider}, which exists in the cluster only. ` +
        "Give a folder with --source.",
    );
  }
  if (secret?.["githubAppID"] !== undefined)
    throw denied("the Secret has data of a GitHub App, but the provider is not github");
  if (url.protocol === "ssh:") return secret === undefined ? {} : sshAccess(secret);
  return httpAccess(url, secret ?? {});
}

function sshAccess(secret: Readonly<Record<string, string>>): GitAccess {
  const { identity = "", known_hosts: knownHosts = "", password } = secret;
  if (identity === "") throw denied("invalid 'ssh' auth option: 'identity' is required");
  if (knownHosts === "") throw denied("invalid 'ssh' auth option: 'known_hosts' is required");
  return { ssh: { identity, knownHosts, ...(password && { passphrase: password }) } };
}

function httpAccess(url: URL, secret: Readonly<Record<string, string>>): GitAccess {
  const { bearerToken } = secret;
  const tls = tlsOf(secret);
  const withTls = tls === undefined ? {} : { tls };
  const own = { username: decoded(url.username), password: decoded(url.password) };
  const username = (bearerToken === undefined && secret["username"]) || own.username;
  const password = (bearerToken === undefined && secret["password"]) || own.password;
  // No server could be told such a thing, and git's own protocol for credentials is made of lines.
  if ([username, password, bearerToken ?? ""].some((text) => /[\r\n\0]/.test(text)))
    throw denied("the credentials have a line break");
  if (username === "" && password !== "") {
    const scheme = url.protocol.replace(":", "");
    throw denied(`invalid '${scheme}' auth option: 'password' requires 'username' to be set`);
  }
  if (bearerToken !== undefined) {
    if (username !== "") throw denied("basic auth and bearer token cannot be set at the same time");
    return { ...withTls, bearer: bearerToken };
  }
  return username === "" ? withTls : { ...withTls, basic: { username, password } };
}

function denied(reason: string): FetchFailure {
  return new FetchFailure(
    "unauthorized",
    `failed to configure authentication options: ${reason}. Correct the Secret of the source.`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What the user's credential helpers know about this address (`git credential fill`), without asking anybody. Only for
 * https, so that a repository can't have a password sent in the open by leaving out a letter.
 */
export async function credentialsOfUser(
  git: string,
  url: URL,
  folder: string,
  signal: AbortSignal,
): Promise<GitAccess["basic"]> {
  if (url.protocol !== "https:") return undefined;
  const path = decoded(url.pathname).replace(/^\//, "");
  const asked = [`protocol=https`, `host=${url.host}`, `path=${path}`];
  if (asked.some((line) => /[\n\0]/.test(line))) return undefined;
  const env = {
    // The folder is in nobody's repository, so only the user's and the system's settings count.
    GIT_DIR: folder,
    GCM_INTERACTIVE: "never",
    GIT_ASKPASS: "true",
    SSH_ASKPASS: "true",
  };
  const { code, stdout } = await runGit(git, ["credential", "fill"], {
    ...{ cwd: folder, env, signal, maxBytes: 65_536 },
    ...{ input: `${asked.join("\n")}\n\n`, credentialHelpers: true },
  });
  if (code !== 0) return undefined;
  const answer = new Map(
    stdout
      .toString("utf8")
      .split("\n")
      .map((line) => [line.replace(/=.*$/s, ""), line.replace(/^[^=]*=/s, "")] as const),
  );
  const [username, password] = [answer.get("username"), answer.get("password")];
  return username && password ? { username, password } : undefined;
}
