/**
 * One source fetched, whatever its kind: the fetcher of that kind, its time-out, another attempt where the failure may
 * be passing, and every way to fail as an answer with a reason.
 */
import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

import type {
  ChartSourceRequest,
  FileTree,
  GitSourceRequest,
  Log,
  PickVersion,
  SourceAnswer,
  SourceRequest,
} from "#simulator";

import { FetchFailure, TooLargeError } from "./fetch-failure.ts";
import type { FetchContext, Fetcher, FetchProgress, UserCredentials } from "./fetcher.ts";
import { fetchGit } from "./fetch-git.ts";
import { fetchHttp } from "./fetch-http.ts";
import { guardedRequest } from "./guarded-http.ts";
import { type NetworkGuard, RefusedError } from "./network-guard.ts";
import type { ReadTree, TreeLimits } from "./read-tree.ts";
import { shownAddress, shownVersion } from "./source-key.ts";
import type { SourceStore, StoredSource } from "./source-store.ts";

export interface SourceFetching {
  readonly guard: NetworkGuard;
  readonly store: SourceStore;
  readonly git: string | undefined;
  readonly limits: TreeLimits;
  readonly credentials: UserCredentials;
  /** The user's Git credential helpers may be asked. */
  readonly gitHelpers: boolean;
  /** One for all, because it keeps the indexes of repositories. */
  readonly chartFetcher: () => Promise<Fetcher<ChartSourceRequest>>;
  readonly pickVersion: PickVersion | undefined;
  readonly timeoutMs: number;
  readonly log: Log | undefined;
  readonly onProgress: ((progress: FetchProgress) => void) | undefined;
  readonly now: () => number;
  /** Fetches a submodule of a repository, through the store. */
  readonly fetchModule: (
    request: GitSourceRequest,
    depth: number,
    signal: AbortSignal,
  ) => Promise<SourceAnswer>;
}

export type Unavailable = Extract<SourceAnswer, { outcome: "unavailable" }>;

const maxHttpBytes = 32 * 1024 * 1024;
const maxSubmoduleDepth = 5;

export interface Circumstances {
  /** The stored answer, which is too old. */
  readonly kept: StoredSource | undefined;
  /** Counts submodules inside of submodules. */
  readonly depth: number;
  readonly signal: AbortSignal;
}

export async function fetchSource(
  fetching: SourceFetching,
  request: SourceRequest,
  { kept, depth, signal: outer }: Circumstances,
): Promise<SourceAnswer> {
  const { log } = fetching;
  const timeoutMs = timeoutOf(request) ?? fetching.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([outer, timeout]);
  const shown = `${shownAddress(request)} ${shownVersion(request)}`.trimEnd();
  const started = performance.now();
  log?.info(`Fetching ${shown}`);
  try {
    const answer = await fetchKind(fetching, request, { kept, depth, signal });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const what = answer.outcome === "available" ? `${answer.tree.files.size} files` : answer.reason;
    log?.info(`Fetched ${shown}: ${what} in ${seconds} s`);
    return answer;
  } catch (error) {
    outer.throwIfAborted();
    if (!timeout.aborted) return unavailableFor(error, request);
    const message = `${shownAddress(request)} did not answer within ${timeoutMs / 1000} s.`;
    return { outcome: "unavailable", reason: "failed", message };
  }
}

function timeoutOf(request: SourceRequest): number | undefined {
  return request.kind === "http" ? undefined : request.timeout;
}

// What fetches is loaded when there is something to fetch: it takes longer to load than a repository to read.
async function fetchKind(
  fetching: SourceFetching,
  request: SourceRequest,
  circumstances: Circumstances,
): Promise<SourceAnswer> {
  const context = contextOf(fetching, circumstances);
  switch (request.kind) {
    case "git":
      return repeated(() => gitAnswer(fetching, request, circumstances), context.signal);
    case "http":
      return { outcome: "available", tree: await fetchHttp(request.url, context, maxHttpBytes) };
    case "oci":
      return (await import("./oci/fetch-oci.ts")).fetchOci(request, context);
    case "chart":
      return (await fetching.chartFetcher())(request, context);
    case "bucket":
      return (await import("./bucket/fetch-bucket.ts")).fetchBucket(request, context);
  }
}

function contextOf(fetching: SourceFetching, { kept, signal }: Circumstances): FetchContext {
  const { guard, limits, credentials, pickVersion, onProgress, now } = fetching;
  return {
    http: (request, httpLimits) => guardedRequest(guard, request, httpLimits),
    credentials,
    limits: { maxBytes: limits.maxTotalBytes, tree: limits },
    now,
    pause: (milliseconds, pauseSignal) => wait(milliseconds, undefined, { signal: pauseSignal }),
    signal,
    ...(pickVersion !== undefined && { pickVersion }),
    ...(onProgress !== undefined && { onProgress }),
    ...(kept !== undefined && { known: kept }),
  };
}

async function gitAnswer(
  fetching: SourceFetching,
  request: GitSourceRequest,
  { kept, depth, signal }: Circumstances,
): Promise<SourceAnswer> {
  const { git, gitHelpers, guard, limits, pickVersion, store, onProgress } = fetching;
  const url = shownAddress(request);
  if (depth > maxSubmoduleDepth)
    throw new FetchFailure("too-large", "Submodules are nested too deeply.");
  const folder = await store.temporaryFolder();
  try {
    const { tree, remarks } = await fetchGit(request, {
      ...{ git, gitHelpers, guard, limits, folder, pickVersion, known: kept, signal },
      onBytes: (bytes) => onProgress?.({ url, bytes }),
      fetchModule: (module) => fetching.fetchModule(module, depth + 1, signal),
    });
    return { outcome: "available", tree: plain(tree), ...remarksOf([...remarks, ...saidBy(tree)]) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The tree without what only its adapter knows. */
function plain({ label, revision, files }: ReadTree): FileTree {
  return { label, revision, files };
}

function remarksOf(remarks: readonly string[]): { readonly remarks?: readonly string[] } {
  return remarks.length === 0 ? {} : { remarks };
}

/** What could not be read of a repository, in a few lines. */
function saidBy({ problems }: ReadTree): readonly string[] {
  const few = problems.slice(0, 5).map(({ message }) => message);
  const more = problems.length - few.length;
  return more > 0 ? [...few, `${more} more files were left out.`] : few;
}

const pausesMs = [300, 1200];

/** The other kinds repeat single requests, which costs a server less than everything again. */
async function repeated(
  work: () => Promise<SourceAnswer>,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  for (const pause of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FetchFailure && error.isTransient)) throw error;
      await wait(pause, undefined, { signal });
    }
  }
  return work();
}

function unavailableFor(error: unknown, request: SourceRequest): Unavailable {
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
  const text =
    code === "ENOTFOUND" || code === "EAI_AGAIN" ? "its name can't be resolved" : (code ?? message);
  const shown = shownAddress(request);
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
