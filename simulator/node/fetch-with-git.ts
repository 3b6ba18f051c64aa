/**
 * Fetches one revision of a remote repository with the `git` executable, as shallow as the server allows. Connections
 * pass the network guard: http and https by a proxy, ssh and git by connecting to the address that was checked.
 */
import { join } from "node:path";

import { runGit } from "./git-process.ts";
import { startGuardProxy } from "./guard-proxy.ts";
import { type NetworkGuard, RefusedError } from "./network-guard.ts";
import type { ReadTree, TreeLimits } from "./read-tree.ts";
import { openRepository } from "./repository.ts";
import { FetchFailure, type FetchFailureReason } from "./fetch-failure.ts";
import { isCommit, withoutCredentials } from "./source-url.ts";

export interface GitFetch {
  readonly url: URL;
  /** Branch, tag, commit or full ref name; absent for the remote's HEAD. */
  readonly ref: string | undefined;
  /** An empty folder for this fetch alone. */
  readonly folder: string;
  readonly guard: NetworkGuard;
  readonly limits: TreeLimits;
  readonly signal: AbortSignal;
}

/** The way git is told to connect to one host. */
interface Transport {
  readonly url: string;
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly failure: () => Error | undefined;
  readonly close: () => Promise<void>;
}

export async function fetchWithGit(git: string, fetch: GitFetch): Promise<ReadTree> {
  const { folder, ref, limits, signal } = fetch;
  const transport = await transportOf(fetch);
  try {
    const options = { cwd: folder, env: { ...isolated(folder), ...transport.env }, signal };
    await runGit(git, ["init", "--quiet", "--bare", "--template=", folder], options);
    const fetchArgs = (...specs: string[]): string[] => [
      ...transport.settings,
      ...[
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        ...specs,
      ],
    ];
    const wanted = ref ?? "HEAD";
    let result = await runGit(
      git,
      fetchArgs("--depth=1", "--end-of-options", transport.url, wanted),
      options,
    );
    const isHidden = isCommit(ref) && /not our ref|unadvertised object/.test(result.stderr);
    if (isHidden) {
      const everything = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
      result = await runGit(
        git,
        fetchArgs("--end-of-options", transport.url, ...everything),
        options,
      );
    }
    const failure = transport.failure();
    if (failure !== undefined) throw failure;
    if (result.code !== 0) throw failureOf(result.stderr, fetch);
    const repository = await openRepository(folder, { git, ...limits });
    if (repository === undefined)
      throw new FetchFailure("failed", `${withoutCredentials(fetch.url)} could not be stored.`);
    try {
      return await repository.readTree(isHidden ? wanted : "FETCH_HEAD", undefined, signal);
    } finally {
      repository.dispose();
    }
  } finally {
    await transport.close();
  }
}

async function transportOf(fetch: GitFetch): Promise<Transport> {
  const { url, guard, limits } = fetch;
  if (url.protocol === "http:" || url.protocol === "https:") {
    const proxy = await startGuardProxy(guard, limits.maxTotalBytes);
    const settings = [
      "http.followRedirects=initial",
      "http.proxyAuthMethod=basic",
      "http.cookieFile=",
    ];
    return {
      url: url.href,
      settings: settings.flatMap((setting) => ["-c", setting]),
      env: {
        GIT_ALLOW_PROTOCOL: url.protocol === "https:" ? "https" : "http:https",
        ...proxied(proxy.url),
      },
      failure: proxy.failure,
      close: proxy.close,
    };
  }
  const [{ address }] = await guard.resolve(url.hostname);
  const rest = { settings: [], failure: () => undefined, close: async () => {} };
  if (url.protocol === "git:") {
    const host = address.includes(":") ? `[${address}]` : address;
    const pinned = `git://${host}${url.port === "" ? "" : `:${url.port}`}${url.pathname}`;
    return { ...rest, url: pinned, env: { GIT_ALLOW_PROTOCOL: "git" } };
  }
  const alias =
    url.port === "" || url.port === "22" ? url.hostname : `[${url.hostname}]:${url.port}`;
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ForwardAgent=no",
    "ClearAllForwardings=yes",
  ];
  options.push(
    "PermitLocalCommand=no",
    "ConnectTimeout=15",
    `HostName=${address}`,
    `HostKeyAlias=${alias}`,
  );
  const command = ["ssh", ...options.map((option) => `-o '${option}'`)].join(" ");
  const env = { GIT_ALLOW_PROTOCOL: "ssh", GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: "ssh" };
  return { ...rest, url: url.href, env };
}

/** The proxy for every address. In the environment, because other users of the machine may see arguments. */
function proxied(url: string): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  return { ...Object.fromEntries(names.map((name) => [name, url])), NO_PROXY: "", no_proxy: "" };
}

/**
 * The user's own settings are left out, because headers, cookies and rewritten addresses in them could carry
 * credentials to a host that a repository chose. ssh finds its keys without HOME.
 */
function isolated(folder: string): Record<string, string> {
  return {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "no-config"),
    GIT_CONFIG_GLOBAL: join(folder, "no-config"),
    GIT_CONFIG_NOSYSTEM: "1",
  };
}

function failureOf(stderr: string, { url, ref }: GitFetch): Error {
  const shown = withoutCredentials(url);
  if (/transport '.*' not allowed/.test(stderr))
    return new RefusedError(`${shown} leads to an address that is not fetched.`);
  const cases: readonly (readonly [RegExp, FetchFailureReason, string])[] = [
    [
      /find remote ref|not our ref|unadvertised|no such ref/i,
      "not-found",
      `${shown} has no branch, tag or commit ${ref ?? "HEAD"}.`,
    ],
    [
      /host key verification/i,
      "unauthorized",
      `The host key of ${url.hostname} is not known. Connect to it once with ssh.`,
    ],
    [
      /authentication failed|could not read (username|password)|permission denied|\b40[13]\b|invalid credentials/i,
      "unauthorized",
      `${shown} is private or does not exist. Use an ssh address, or give a folder with --source.`,
    ],
    [
      /not found|\b404\b|does not appear to be a git repository/i,
      "not-found",
      `There is no repository at ${shown}.`,
    ],
  ];
  for (const [pattern, reason, message] of cases) {
    if (pattern.test(stderr)) return new FetchFailure(reason, message);
  }
  const line =
    stderr.split("\n").find((each) => /^(fatal|error|remote):/.test(each)) ??
    stderr.split("\n")[0] ??
    "";
  return new FetchFailure(
    "failed",
    `${shown} could not be fetched: ${line.replace(/\S*:\/\/\S+/g, shown)}`,
  );
}
