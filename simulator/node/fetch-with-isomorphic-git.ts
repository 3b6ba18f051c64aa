/** Fetches one revision of a remote repository over http or https without the `git` executable. */
import fs from "node:fs";

import git, { type GitHttpRequest, type GitHttpResponse } from "isomorphic-git";

import { FetchFailure } from "./fetch-failure.ts";
import type { GitFetch } from "./fetch-with-git.ts";
import { guardedRequest, type HttpLimits } from "./guarded-http.ts";
import type { NetworkGuard } from "./network-guard.ts";
import type { ReadTree } from "./read-tree.ts";
import { openRepository } from "./repository.ts";
import { isCommit, withoutCredentials } from "./source-url.ts";

/** The pack is unpacked in this process's memory, so it has to be smaller than what git may fetch. */
const maxPackBytes = 128 * 1024 * 1024;

export async function fetchWithIsomorphicGit(fetch: GitFetch): Promise<ReadTree> {
  const { url, ref, folder, limits, signal } = fetch;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FetchFailure(
      "failed",
      `${withoutCredentials(url)} needs the git command. Install git, or use an https address.`,
    );
  }
  const maxBytes = Math.min(limits.maxTotalBytes, maxPackBytes);
  const client = createClient(fetch.guard, { maxBytes, signal });
  try {
    await git.init({ fs, dir: folder, gitdir: folder, bare: true });
    const refspec = "+refs/heads/*:refs/remotes/origin/*";
    await git.setConfig({ fs, gitdir: folder, path: "remote.origin.fetch", value: refspec });
    const { fetchHead } = await git.fetch({
      ...{ fs, gitdir: folder, cache: {}, http: client, url: url.href },
      ...{ depth: 1, singleBranch: true, tags: false },
      ...namesOf(ref),
    });
    const repository = await openRepository(folder, { git: false, ...limits });
    if (repository === undefined || fetchHead === null) {
      throw new FetchFailure(
        "not-found",
        `${withoutCredentials(url)} has no branch, tag or commit ${ref ?? "HEAD"}.`,
      );
    }
    return await repository.readTree(fetchHead, undefined, signal);
  } catch (error) {
    throw failureOf(error, fetch);
  }
}

function namesOf(ref: string | undefined): { readonly ref?: string; readonly remoteRef?: string } {
  if (ref === undefined) return {};
  return isCommit(ref) ? { ref } : { ref, remoteRef: ref };
}

/** Requests after the first go where the first was redirected to, as git's `http.followRedirects=initial` does. */
function createClient(
  guard: NetworkGuard,
  limits: HttpLimits,
): { request(request: GitHttpRequest): Promise<GitHttpResponse> } {
  let moved: { readonly from: string; readonly to: string } | undefined;
  return {
    async request({ url, method = "GET", headers = {}, body }) {
      const target =
        moved !== undefined && url.startsWith(moved.from)
          ? moved.to + url.slice(moved.from.length)
          : url;
      const sent = { url: target, headers, method: method === "POST" ? method : "GET" } as const;
      const bytes = body === undefined ? undefined : Buffer.concat(await collect(body));
      const answer = await guardedRequest(
        guard,
        bytes === undefined ? sent : { ...sent, body: bytes },
        limits,
      );
      const tail = /\/info\/refs\?.*$/;
      if (
        sent.method === "GET" &&
        answer.url !== withoutCredentials(target) &&
        tail.test(answer.url)
      ) {
        moved = { from: url.replace(tail, ""), to: answer.url.replace(tail, "") };
      }
      return {
        url: answer.url,
        method,
        statusCode: answer.status,
        statusMessage: answer.statusMessage,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: answer.body,
      };
    },
  };
}

async function collect(body: AsyncIterableIterator<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

function failureOf(error: unknown, { url, ref }: GitFetch): unknown {
  const shown = withoutCredentials(url);
  if (error instanceof git.Errors.NotFoundError) {
    return new FetchFailure("not-found", `${shown} has no branch, tag or commit ${ref ?? "HEAD"}.`);
  }
  if (!(error instanceof git.Errors.HttpError)) return error;
  const { statusCode } = error.data;
  if (statusCode === 404)
    return new FetchFailure("not-found", `There is no repository at ${shown}.`);
  if (statusCode === 401 || statusCode === 403) {
    return new FetchFailure(
      "unauthorized",
      `${shown} is private or does not exist. Give a folder with --source.`,
    );
  }
  return new FetchFailure("failed", `${shown} answered with status ${statusCode}.`);
}
