/** What git says on stderr, as a failure with a reason. */
import { FetchFailure, type FetchFailureReason } from "./fetch-failure.ts";
import type { GitRemoteOptions } from "./git-remote.ts";
import { RefusedError } from "./network-guard.ts";
import { withoutCredentials } from "./source-url.ts";

type Where = Pick<GitRemoteOptions, "url" | "access">;

/** `names` is what was asked for. */
export function failureOfGit(stderr: string, where: Where, names: readonly string[] = []): Error {
  const shown = withoutCredentials(where.url);
  if (/transport '.*' not allowed/.test(stderr))
    return new RefusedError(`${shown} leads to an address that is not fetched.`);
  for (const [pattern, reason, message] of cases(where, names)) {
    if (pattern.test(stderr)) return new FetchFailure(reason, message);
  }
  const lines = stderr.split("\n");
  const line = lines.find((each) => /^(fatal|error|remote):/.test(each)) ?? lines[0] ?? "";
  const text = line.replace(/\S*:\/\/[^\s']+/g, shown);
  return new FetchFailure("failed", `${shown} could not be fetched: ${text}`, {
    isTransient: transient.test(stderr),
  });
}

const transient =
  /early EOF|RPC failed|hung up|[Cc]onnection (reset|timed out|closed)|index-pack|\b(429|50[0234])\b/;

export function noSuchName({ url }: Pick<Where, "url">, names: readonly string[]): FetchFailure {
  const name = names.length === 0 ? "HEAD" : names.map((each) => short(each)).join(" or ");
  return new FetchFailure(
    "not-found",
    `${withoutCredentials(url)} has no branch, tag or commit ${name}.`,
  );
}

function short(name: string): string {
  return name.replace(/^refs\/(heads|tags)\//, "");
}

export function unauthorizedMessage({ url, access }: Where): string {
  const shown = withoutCredentials(url);
  if (access.basic !== undefined || access.bearer !== undefined || access.ssh !== undefined)
    return `${shown} does not accept the credentials, or does not exist.`;
  return `${shown} is private or does not exist. Sign in with git, or give a folder with --source.`;
}

function cases(
  where: Where,
  names: readonly string[],
): readonly (readonly [RegExp, FetchFailureReason, string])[] {
  const { url } = where;
  const shown = withoutCredentials(url);
  return [
    [
      /find remote ref|not our ref|unadvertised|no such ref|no such remote ref/i,
      "not-found",
      noSuchName(where, names).message,
    ],
    [
      /host key verification|no .*host key is known/i,
      "unauthorized",
      where.access.ssh === undefined
        ? `The host key of ${url.hostname} is not known. Connect to it once with ssh.`
        : `The host key of ${url.hostname} is not in the known_hosts of the Secret.`,
    ],
    [
      /authentication failed|could not read (username|password)|permission denied|\b40[13]\b|invalid credentials/i,
      "unauthorized",
      unauthorizedMessage(where),
    ],
    [
      /not found|\b404\b|does not appear to be a git repository/i,
      "not-found",
      `There is no repository at ${shown}.`,
    ],
    [
      /returned error: 30\d|url base from redirection/i,
      "refused",
      `${shown} redirects to another address, and a token is not taken there. Write the new address.`,
    ],
    [
      /server certificate|SSL |TLS connection/,
      "failed",
      `The certificate of ${url.host} could not be verified.`,
    ],
  ];
}
