/**
 * The `Sources` port: remote Git repositories and single files, fetched once however often they are asked for and
 * kept on disk. What can't be had is an answer with a reason. Nothing here reads the user's credentials but ssh.
 */
import { rm } from "node:fs/promises";

import type { GitSourceRequest, Log, SourceAnswer, SourceRequest, Sources } from "#simulator";

import { FetchFailure, TooLargeError } from "./fetch-failure.ts";
import type { GitFetch } from "./fetch-with-git.ts";
import { findGit } from "./git-process.ts";
import {
  createNetworkGuard,
  isPublicAddress,
  type NetworkGuard,
  RefusedError,
} from "./network-guard.ts";
import { defaultLimits, gitRevision, type ReadTree, type TreeLimits } from "./read-tree.ts";
import { createSharedTasks } from "./shared-tasks.ts";
import { createSourceStore, type SourceStore, type StoredTree } from "./source-store.ts";
import { gitUrl, httpUrl, isCommit, isSafeRef, withoutCredentials } from "./source-url.ts";
import { withSubmodules } from "./submodules.ts";

export interface SourcesOptions {
  readonly cacheDir: string;
  /** Answer from the cache alone, however old. */
  readonly offline: boolean;
  /** Fetch from loopback, private and other special addresses too. */
  readonly allowPrivateNetwork: boolean;
  readonly fetchTimeoutMs?: number;
  /** Of one source, on the wire and unpacked. */
  readonly maxBytes?: number;
  readonly log?: Log;
  /** Path of the executable; `false` does without it. Looked for in PATH by default. */
  readonly git?: string | false;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
  /** Instead of `allowPrivateNetwork`; for tests. */
  readonly guard?: NetworkGuard;
}

const freshMs = 10 * 60 * 1000;
/** So long a failure is remembered, so that typing doesn't ask a server again at every key. */
const failedMs = 30 * 1000;
const maxHttpBytes = 32 * 1024 * 1024;
const maxSubmoduleDepth = 5;

interface Context {
  readonly options: SourcesOptions;
  readonly guard: NetworkGuard;
  readonly store: SourceStore;
  readonly git: string | undefined;
  readonly limits: TreeLimits;
  readonly memory: Map<string, StoredTree>;
  readonly failures: Map<string, { readonly answer: SourceAnswer; readonly at: number }>;
  readonly now: () => number;
}

export function createSources(options: SourcesOptions): Sources {
  const {
    cacheDir,
    log,
    allowPrivateNetwork,
    maxBytes = 256 * 1024 * 1024,
    now = Date.now,
  } = options;
  const context: Context = {
    options,
    guard:
      options.guard ??
      createNetworkGuard({ isAllowed: allowPrivateNetwork ? () => true : isPublicAddress }),
    store: createSourceStore(cacheDir, (message) => log?.warn(message)),
    git: options.git === false ? undefined : (options.git ?? findGit()),
    limits: { ...defaultLimits, maxTotalBytes: maxBytes },
    memory: new Map(),
    failures: new Map(),
    now,
  };
  const tasks = createSharedTasks<SourceAnswer>();
  return {
    fetch: (request, signal) =>
      tasks.run(keyOf(request), (shared) => answer(context, request, 0, shared), signal),
  };
}

async function answer(
  context: Context,
  request: SourceRequest,
  depth: number,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { store, memory, failures, options, now } = context;
  const key = keyOf(request);
  const failed = failures.get(key);
  if (failed !== undefined && now() - failed.at < failedMs) return failed.answer;
  const kept = memory.get(key) ?? (await store.load(key));
  signal.throwIfAborted();
  const isPinned = request.kind === "git" && isCommit(request.ref);
  if (
    kept !== undefined &&
    (isPinned || options.offline || Math.abs(now() - kept.fetchedAt) < freshMs)
  ) {
    memory.set(key, kept);
    return { outcome: "available", tree: kept.tree };
  }
  if (options.offline) return offline(request);
  try {
    const tree = sameOr(kept?.tree, await fetchTree(context, request, depth, signal));
    const stored = { tree, fetchedAt: now() };
    memory.set(key, stored);
    failures.delete(key);
    await store.save(key, stored.tree, stored.fetchedAt);
    return { outcome: "available", tree };
  } catch (error) {
    signal.throwIfAborted();
    const unavailable = unavailableFor(error, request);
    if (kept !== undefined && unavailable.reason === "failed") {
      options.log?.warn(`${unavailable.message} The copy fetched earlier is used.`);
      memory.set(key, { ...kept, fetchedAt: now() - freshMs + failedMs });
      return { outcome: "available", tree: kept.tree };
    }
    failures.set(key, { answer: unavailable, at: now() });
    return unavailable;
  }
}

/** The old tree when nothing has changed, so that whoever remembers it needs to do nothing. */
function sameOr(old: ReadTree | undefined, fetched: ReadTree): ReadTree {
  if (old?.revision !== fetched.revision || old.files.size !== fetched.files.size) return fetched;
  return [...fetched.files].every(([path, { id }]) => old.files.get(path)?.id === id)
    ? old
    : fetched;
}

async function fetchTree(
  context: Context,
  request: SourceRequest,
  depth: number,
  outer: AbortSignal,
): Promise<ReadTree> {
  const { options, guard, limits } = context;
  const timeoutMs = options.fetchTimeoutMs ?? 120_000;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([outer, timeout]);
  const started = performance.now();
  try {
    const url = request.kind === "git" ? gitUrl(request.url) : httpUrl(request.url);
    options.log?.info(
      `Fetching ${withoutCredentials(url)}${request.kind === "git" && request.ref ? ` at ${request.ref}` : ""}`,
    );
    const tree =
      request.kind === "git"
        ? await fetchGit(context, request, url, depth, signal)
        : await (
            await import("./fetch-http.ts")
          ).fetchHttp(url, guard, {
            maxBytes: Math.min(limits.maxTotalBytes, maxHttpBytes),
            signal,
          });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    options.log?.info(
      `Fetched ${withoutCredentials(url)}: ${tree.files.size} files in ${seconds} s`,
    );
    return tree;
  } catch (error) {
    if (!timeout.aborted || outer.aborted) throw error;
    throw new FetchFailure(
      "failed",
      `${withoutCredentials(request.url)} did not answer within ${timeoutMs / 1000} s.`,
    );
  }
}

async function fetchGit(
  context: Context,
  request: GitSourceRequest,
  url: URL,
  depth: number,
  signal: AbortSignal,
): Promise<ReadTree> {
  const { git, guard, limits, store } = context;
  const { ref } = request;
  if (ref !== undefined && !isSafeRef(ref))
    throw new FetchFailure("not-found", `${ref} is not the name of a branch, tag or commit.`);
  const folder = await store.temporaryFolder();
  try {
    const fetch: GitFetch = { url, ref, folder, guard, limits, signal };
    // What fetches is loaded when there is something to fetch: it takes longer to load than a repository to read.
    const fetched =
      git === undefined
        ? await (await import("./fetch-with-isomorphic-git.ts")).fetchWithIsomorphicGit(fetch)
        : await (await import("./fetch-with-git.ts")).fetchWithGit(git, fetch);
    const tree = {
      ...fetched,
      label: withoutCredentials(url),
      revision: revisionOf(fetched.revision, ref),
    };
    if (request.submodules !== true) return tree;
    if (depth >= maxSubmoduleDepth)
      throw new FetchFailure("too-large", "Submodules are nested too deeply.");
    return await withSubmodules(tree, url, (module) => answer(context, module, depth + 1, signal));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Flux names the branch or tag before the commit (`fluxcd/pkg git/git.go`). */
function revisionOf(revision: string, ref: string | undefined): string {
  const commit = revision.replace(/^.*:/, "");
  return gitRevision(commit, isCommit(ref) ? undefined : ref?.replace(/^refs\/(heads|tags)\//, ""));
}

function offline(request: SourceRequest): SourceAnswer {
  const message =
    `${withoutCredentials(request.url)} is not in the cache and Sluice works offline. ` +
    "Run once with network access, or give a folder with --source.";
  return { outcome: "unavailable", reason: "offline", message };
}

function unavailableFor(
  error: unknown,
  request: SourceRequest,
): Extract<SourceAnswer, { outcome: "unavailable" }> {
  const cause = causeOf(error);
  const outcome = "unavailable";
  if (cause instanceof FetchFailure)
    return { outcome, reason: cause.reason, message: cause.message };
  if (cause instanceof RefusedError) return { outcome, reason: "refused", message: cause.message };
  if (cause instanceof TooLargeError)
    return { outcome, reason: "too-large", message: cause.message };
  const { code, message } = (
    cause instanceof Error ? cause : new Error(String(cause))
  ) as NodeJS.ErrnoException;
  const shown = withoutCredentials(request.url);
  const text =
    code === "ENOTFOUND" || code === "EAI_AGAIN" ? "its name can't be resolved" : (code ?? message);
  return { outcome, reason: "failed", message: `${shown} could not be fetched: ${text}.` };
}

/** Libraries wrap what the guard threw. */
function causeOf(error: unknown): unknown {
  const isOurs =
    error instanceof RefusedError ||
    error instanceof TooLargeError ||
    error instanceof FetchFailure;
  return !isOurs && error instanceof Error && error.cause !== undefined
    ? causeOf(error.cause)
    : error;
}

function keyOf(request: SourceRequest): string {
  if (request.kind === "http") return JSON.stringify(["http", request.url]);
  return JSON.stringify(["git", request.url, request.ref ?? "", request.submodules === true]);
}
