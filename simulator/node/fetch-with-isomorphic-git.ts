/** isomorphic-git as an adapter of `git-remote.ts`: http and https where there is no `git` executable. */
import fs from "node:fs";

import git, { type GitHttpRequest, type GitHttpResponse } from "isomorphic-git";

import { FetchFailure } from "./fetch-failure.ts";
import { noSuchName, unauthorizedMessage } from "./git-failure.ts";
import type { GitRemote, GitRemoteOptions } from "./git-remote.ts";
import { guardedRequest } from "./guarded-http.ts";
import { openRepository } from "./repository.ts";
import { isCommit, withoutCredentials } from "./source-url.ts";

/** The pack is unpacked in this process's memory, so it has to be smaller than what git may fetch. */
const maxPackBytes = 128 * 1024 * 1024;

export async function openRemoteWithIsomorphicGit(options: GitRemoteOptions): Promise<GitRemote> {
  const { url, access, folder, limits, signal } = options;
  const shown = withoutCredentials(url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FetchFailure(
      "failed",
      `${shown} needs the git command. Install git, or use an https address.`,
    );
  }
  const common = { http: createClient(options), url: url.href, ...authentication(access) };
  await git.init({ fs, dir: folder, gitdir: folder, bare: true });
  const refspec = "+refs/heads/*:refs/remotes/origin/*";
  await git.setConfig({ fs, gitdir: folder, path: "remote.origin.fetch", value: refspec });
  const cache = {};

  async function fetchOne(name: string): Promise<string> {
    const { fetchHead } = await git.fetch({
      ...{ fs, gitdir: folder, cache, ...common, depth: 1, singleBranch: true, tags: false },
      ...namesOf(name),
    });
    if (fetchHead === null) throw noSuchName(options, [name]);
    return fetchHead;
  }

  return {
    async tags() {
      const refs = await orFailure(options, [], () =>
        git.listServerRefs({ ...common, prefix: "refs/tags/", protocolVersion: 1 }),
      );
      const names = refs.flatMap(({ ref }) => /^refs\/tags\/(.+)$/.exec(ref)?.[1] ?? []);
      return names.filter((name) => !name.endsWith("^{}"));
    },
    async resolve(name) {
      const refs = await orFailure(options, [name], () =>
        git.listServerRefs({ ...common, prefix: name, peelTags: true, protocolVersion: 1 }),
      );
      const found = refs.find(({ ref }) => ref === name);
      return found?.peeled ?? found?.oid;
    },
    async fetch(names) {
      const ids: string[] = [];
      for (const name of names) ids.push(await orFailure(options, [name], () => fetchOne(name)));
      return ids;
    },
    async readObject(oid) {
      const read = { fs, gitdir: folder, cache, oid, format: "content" } as const;
      const object = await git.readObject(read).catch(() => undefined);
      return object?.format === "content" ? { type: object.type, bytes: object.object } : undefined;
    },
    async readTree(commit) {
      const repository = await openRepository(folder, { git: false, ...limits });
      if (repository === undefined) throw new FetchFailure("failed", `${shown} can't be stored.`);
      return orFailure(options, [commit], () => repository.readTree(commit, undefined, signal));
    },
    close: async () => {},
  };
}

function namesOf(name: string): { readonly ref?: string; readonly remoteRef?: string } {
  if (name === "HEAD") return {};
  return isCommit(name) ? { ref: name } : { ref: name, remoteRef: name };
}

function authentication({ basic, bearer }: GitRemoteOptions["access"]): {
  readonly headers?: Record<string, string>;
  readonly onAuth?: () => { username: string; password: string };
} {
  if (bearer !== undefined) return { headers: { authorization: `Bearer ${bearer}` } };
  return basic === undefined ? {} : { onAuth: () => basic };
}

/** Requests after the first go where the first was redirected to, as git's `http.followRedirects=initial` does. */
function createClient(options: GitRemoteOptions): {
  request(request: GitHttpRequest): Promise<GitHttpResponse>;
} {
  const { guard, limits, access, signal, onBytes } = options;
  const maxBytes = Math.min(limits.maxTotalBytes, maxPackBytes);
  let moved: { readonly from: string; readonly to: string } | undefined;
  return {
    async request({ url, method = "GET", headers = {}, body }) {
      const isMoved = moved !== undefined && url.startsWith(moved.from);
      const target = moved !== undefined && isMoved ? moved.to + url.slice(moved.from.length) : url;
      const stays = new URL(target).origin === new URL(url).origin;
      const bytes = body === undefined ? undefined : Buffer.concat(await collect(body));
      const answer = await guardedRequest(
        guard,
        {
          url: target,
          method: method === "POST" ? method : "GET",
          headers: stays ? headers : withoutAuthorization(headers),
          ...(bytes !== undefined && { body: bytes }),
          ...(stays && access.tls !== undefined && { tls: access.tls }),
        },
        { maxBytes, signal },
      );
      const tail = /\/info\/refs\?.*$/;
      if (method === "GET" && answer.url !== withoutCredentials(target) && tail.test(answer.url))
        moved = { from: url.replace(tail, ""), to: answer.url.replace(tail, "") };
      const shownHeaders = Object.entries(answer.headers).map(([name, value]) => [
        name,
        String(value),
      ]);
      return {
        url: answer.url,
        method,
        statusCode: answer.status,
        statusMessage: answer.statusMessage,
        headers: Object.fromEntries(shownHeaders) as Record<string, string>,
        body: counted(answer.body, onBytes),
      };
    },
  };
}

function withoutAuthorization(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !/^authorization$/i.test(name));
  return Object.fromEntries(kept);
}

async function* counted(
  body: AsyncIterableIterator<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, undefined> {
  let bytes = 0;
  for await (const chunk of body) {
    onBytes((bytes += chunk.byteLength));
    yield chunk;
  }
  return undefined;
}

async function collect(body: AsyncIterableIterator<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

async function orFailure<T>(
  options: GitRemoteOptions,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error, options, names);
  }
}

function failureOf(error: unknown, options: GitRemoteOptions, names: readonly string[]): unknown {
  const shown = withoutCredentials(options.url);
  if (error instanceof git.Errors.NotFoundError) return noSuchName(options, names);
  if (error instanceof git.Errors.UnsafeFilepathError)
    return new FetchFailure("invalid", `${shown} has a path that no folder can have.`);
  if (!(error instanceof git.Errors.HttpError)) return error;
  const { statusCode } = error.data;
  if (statusCode === 404)
    return new FetchFailure("not-found", `There is no repository at ${shown}.`);
  if (statusCode === 401 || statusCode === 403)
    return new FetchFailure("unauthorized", unauthorizedMessage(options));
  return new FetchFailure("failed", `${shown} answered with status ${statusCode}.`, {
    isTransient: statusCode === 429 || statusCode >= 500,
  });
}
