/** A push by isomorphic-git over https, with what the user's credential helpers know. One branch, never forced. */
import fs from "node:fs";

import { Errors, push } from "isomorphic-git";

import { httpsClient } from "./https-client.ts";
import { pushFailure } from "./push-outcome.ts";
import type { PushFailure, PushOutcome, PushPlace } from "./push-outcome.ts";
import type { PushRoute } from "./push-route.ts";
import { runUserGit } from "./user-git.ts";

export interface IsomorphicPush {
  /** For its credential helpers only. */
  readonly git: string | undefined;
  readonly route: PushRoute;
  readonly remote: string;
  readonly commit: string;
  readonly branch: string;
}

export async function pushWithIsomorphicGit(
  { git, route, remote, commit, branch }: IsomorphicPush,
  signal?: AbortSignal,
): Promise<PushOutcome> {
  const { url, place, ca } = route;
  const said: string[] = [];
  const where: PushPlace = { url, branch };
  try {
    const result = await push({
      fs,
      http: httpsClient({ signal, ...(ca !== undefined && { ca }) }),
      dir: place.root,
      gitdir: place.gitDir,
      remote,
      url,
      ref: commit,
      remoteRef: `refs/heads/${branch}`,
      onAuth: async () => (await credentials(git, place.root, url, signal)) ?? { cancel: true },
      // Asked once: what a helper stored does not get better by asking again.
      onAuthFailure: () => ({ cancel: true }),
      onMessage: (text) => void said.push(...lines(text)),
    });
    const refused = Object.values(result.refs).find(({ ok }) => !ok);
    if (result.ok && refused === undefined)
      return { outcome: "pushed", by: "isomorphic-git", said };
    return pushFailure("refused-by-server", where, { said, detail: refused?.error ?? "" });
  } catch (error) {
    signal?.throwIfAborted();
    return failureOf(error, where, said);
  }
}

/** What git's credential helpers answer, which are those that VS Code's Git uses. */
async function credentials(
  git: string | undefined,
  cwd: string,
  url: string,
  signal: AbortSignal | undefined,
): Promise<{ username: string; password: string } | undefined> {
  const { host, pathname, username, password } = new URL(url);
  if (password !== "") return { username: decoded(username), password: decoded(password) };
  if (git === undefined) return undefined;
  const named = username === "" ? [] : [`username=${decoded(username)}`];
  const path = decoded(pathname).replace(/^\//, "");
  const asked = ["protocol=https", `host=${host}`, `path=${path}`, ...named];
  if (asked.some((line) => /[\r\n\0]/.test(line))) return undefined;
  const input = `${asked.join("\n")}\n\n`;
  const { code, stdout } = await runUserGit(git, ["credential", "fill"], { cwd, input, signal });
  if (code !== 0) return undefined;
  const value = (name: string): string =>
    new RegExp(`^${name}=(.*)$`, "m").exec(stdout.toString("utf8"))?.[1] ?? "";
  const found = { username: value("username"), password: value("password") };
  return found.password === "" ? undefined : found;
}

function failureOf(error: unknown, where: PushPlace, said: readonly string[]): PushFailure {
  if (error instanceof Errors.PushRejectedError)
    return pushFailure("not-fast-forward", where, { said });
  if (error instanceof Errors.UserCanceledError)
    return pushFailure("unauthorized", where, { said });
  if (error instanceof Errors.GitPushError)
    return pushFailure("refused-by-server", where, { said, detail: error.data.prettyDetails });
  if (error instanceof Errors.HttpError) return failureOfStatus(error.data, where, said);
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return pushFailure("certificate", where, { detail });
  if (/^(E[A-Z]+|UND_)/.test(code) || /socket|does not answer|aborted/.test(detail))
    return pushFailure("unreachable", where, { detail });
  return pushFailure("failed", where, { said, detail });
}

function failureOfStatus(
  { statusCode, response }: { readonly statusCode: number; readonly response: string },
  where: PushPlace,
  said: readonly string[],
): PushFailure {
  const detail = `status ${statusCode}${/^[\x20-\x7e\s]{1,200}$/.test(response) ? `: ${response.trim()}` : ""}`;
  switch (statusCode) {
    case 401:
    case 403:
      return pushFailure("unauthorized", where, { said, detail });
    case 404:
      return pushFailure("not-found", where);
    case 502:
    case 503:
    case 504:
      return pushFailure("unreachable", where, { detail });
    default:
      return pushFailure("failed", where, { said, detail });
  }
}

function lines(text: string): readonly string[] {
  return text
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
