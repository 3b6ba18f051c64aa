/**
 * How the `git` executable is told to connect to one host: http and https by a proxy that passes the network guard, ssh
 * and git by the address that the guard checked. Credentials go by environment or by files of this fetch alone, never
 * by arguments, which other users of the machine may see.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { GitAccess } from "./git-access.ts";
import type { GitRemoteOptions } from "./git-remote.ts";
import { startGuardProxy } from "./guard-proxy.ts";

export interface GitTransport {
  readonly url: string;
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Why the guard cut a connection, if it did. */
  readonly failure: () => Error | undefined;
  readonly close: () => Promise<void>;
}

export async function openTransport(options: GitRemoteOptions): Promise<GitTransport> {
  const { url, guard } = options;
  if (url.protocol === "http:" || url.protocol === "https:") return httpTransport(options);
  const [{ address }] = await guard.resolve(url.hostname);
  const rest = { settings: [], failure: () => undefined, close: async () => {} };
  if (url.protocol === "git:") {
    const host = address.includes(":") ? `[${address}]` : address;
    const pinned = `git://${host}${url.port === "" ? "" : `:${url.port}`}${url.pathname}`;
    return { ...rest, url: pinned, env: { GIT_ALLOW_PROTOCOL: "git" } };
  }
  return { ...rest, url: sshUrl(options), env: await sshEnvironment(options, address) };
}

async function httpTransport(options: GitRemoteOptions): Promise<GitTransport> {
  const { url, access, guard, limits, onBytes } = options;
  const proxy = await startGuardProxy(guard, { maxBytes: limits.maxTotalBytes, onBytes });
  const settings = [
    // A bearer token is a header, which git would take along to wherever it is sent.
    `http.followRedirects=${access.bearer === undefined ? "initial" : "false"}`,
    "http.proxyAuthMethod=basic",
    "http.cookieFile=",
    // Asked for this origin only, however the server redirects.
    ...(access.basic === undefined ? [] : [`credential.${url.origin}.helper=${helper}`]),
  ];
  return {
    url: url.href,
    settings: settings.flatMap((setting) => ["-c", setting]),
    env: {
      GIT_ALLOW_PROTOCOL: url.protocol === "https:" ? "https" : "http:https",
      ...proxied(proxy.url),
      ...(await tlsEnvironment(options)),
      ...secrets(url, access),
    },
    failure: proxy.failure,
    close: proxy.close,
  };
}

/** A credential helper (gitcredentials(7)) that says what the environment holds. */
const helper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$SLUICE_USERNAME" "$SLUICE_PASSWORD"; }; f';

function secrets(url: URL, { basic, bearer }: GitAccess): Record<string, string> {
  if (basic !== undefined)
    return { SLUICE_USERNAME: basic.username, SLUICE_PASSWORD: basic.password };
  if (bearer === undefined) return {};
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${url.origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Bearer ${bearer}`,
  };
}

/** The proxy for every address. In the environment, because other users of the machine may see arguments. */
function proxied(url: string): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  return { ...Object.fromEntries(names.map((name) => [name, url])), NO_PROXY: "", no_proxy: "" };
}

/** The environment wins over settings, whatever the machine has there. */
async function tlsEnvironment({
  access,
  folder,
}: GitRemoteOptions): Promise<Readonly<Record<string, string>>> {
  const { ca, cert, key } = access.tls ?? {};
  const files = [
    ["GIT_SSL_CAINFO", ca],
    ["GIT_SSL_CERT", cert],
    ["GIT_SSL_KEY", key],
  ] as const;
  const env: Record<string, string> = {};
  for (const [name, text] of files) {
    if (text !== undefined) env[name] = await privateFile(folder, name, withNewline(text));
  }
  return env;
}

/** Without a user name source-controller takes `git` (`fluxcd/pkg git/options.go`). */
function sshUrl({ url, access }: GitRemoteOptions): string {
  const named = new URL(url);
  if (access.ssh !== undefined && named.username === "") named.username = "git";
  return named.href;
}

async function sshEnvironment(
  { url, access, folder }: GitRemoteOptions,
  address: string,
): Promise<Readonly<Record<string, string>>> {
  const alias =
    url.port === "" || url.port === "22" ? url.hostname : `[${url.hostname}]:${url.port}`;
  const options = [
    "StrictHostKeyChecking=yes",
    "ForwardAgent=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ConnectTimeout=15",
    `HostName=${address}`,
    `HostKeyAlias=${alias}`,
  ];
  const env = { GIT_ALLOW_PROTOCOL: "ssh", GIT_SSH_VARIANT: "ssh" };
  const commandOf = (words: readonly string[]): string =>
    ["ssh", ...words, ...options.map((option) => `-o '${option}'`)].join(" ");
  const { ssh } = access;
  if (ssh === undefined) {
    options.push("BatchMode=yes");
    return { ...env, GIT_SSH_COMMAND: commandOf([]) };
  }
  const identity = await privateFile(folder, "identity", withNewline(ssh.identity));
  const knownHosts = await privateFile(folder, "known_hosts", withNewline(ssh.knownHosts));
  options.push(
    ...["IdentitiesOnly=yes", "IdentityAgent=none", `IdentityFile="${identity}"`],
    ...[`UserKnownHostsFile="${knownHosts}"`, "GlobalKnownHostsFile=none"],
    ...["PreferredAuthentications=publickey", "PasswordAuthentication=no"],
  );
  // Nothing of the user's own settings: the Secret says everything. `-F none` needs no file on any platform.
  if (ssh.passphrase === undefined) {
    options.push("BatchMode=yes");
    return { ...env, GIT_SSH_COMMAND: commandOf(["-F", "none"]) };
  }
  const answer = '#!/bin/sh\nprintf "%s\\n" "$SLUICE_PASSWORD"\n';
  return {
    ...env,
    GIT_SSH_COMMAND: commandOf(["-F", "none"]),
    SSH_ASKPASS: await privateFile(folder, "askpass", answer, 0o700),
    SSH_ASKPASS_REQUIRE: "force",
    SLUICE_PASSWORD: ssh.passphrase,
  };
}

/** ssh does not read a key whose last line has no end. */
function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

async function privateFile(
  folder: string,
  name: string,
  content: string,
  mode = 0o600,
): Promise<string> {
  const own = join(folder, "access");
  await mkdir(own, { recursive: true, mode: 0o700 });
  const path = join(own, name);
  await writeFile(path, content, { mode });
  return path;
}
