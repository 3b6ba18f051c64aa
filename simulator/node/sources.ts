/**
 * The `Sources` port: every kind of source, fetched once however often and by however many processes it is asked for,
 * and kept on disk. What can't be had is an answer with a reason.
 */
import type {
  ChartSourceRequest,
  Log,
  PickVersion,
  SourceAnswer,
  SourceRequest,
  Sources,
} from "#simulator";

import { type Fetcher, type FetchProgress, noCredentials } from "./fetcher.ts";
import { findGit } from "./git-process.ts";
import { createNetworkGuard, isPublicAddress, type NetworkGuard } from "./network-guard.ts";
import { defaultLimits } from "./read-tree.ts";
import { createSharedTasks } from "./shared-tasks.ts";
import { createSlots, type Slots } from "./slots.ts";
import type { SourceFetching } from "./source-fetch.ts";
import { keyOf, shownAddress, shownVersion } from "./source-key.ts";
import { lockFile } from "./source-lock.ts";
import { createSourceStore, type SourceStore, type StoredSource } from "./source-store.ts";
import { isCommit } from "./source-url.ts";
import { credentialsWhenNeeded } from "./user-credentials.ts";

export interface SourcesOptions {
  readonly cacheDir: string;
  /** Answer from the cache alone, however old. */
  readonly offline: boolean;
  /** Fetch from loopback, private and other special addresses too. */
  readonly allowPrivateNetwork: boolean;
  /** Host names and addresses that may be fetched from wherever they are. */
  readonly allowedHosts?: readonly string[];
  /** Where a source names none. */
  readonly fetchTimeoutMs?: number;
  /** Of one source, on the wire and unpacked. */
  readonly maxBytes?: number;
  /** Of the whole store. */
  readonly maxCacheBytes?: number;
  /** Hears of every entry of the cache that is read or written: its path below `cacheDir`. */
  readonly onUse?: (path: string) => void;
  /** Sources at the same time. */
  readonly parallel?: number;
  /** The engine's `version` call; without it no version range can be resolved. */
  readonly pickVersion?: PickVersion;
  /** What the user has stored for git, Docker and Helm is given to the servers it is stored for. True by default. */
  readonly userCredentials?: boolean;
  readonly onProgress?: (progress: FetchProgress) => void;
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

interface Context {
  readonly options: SourcesOptions;
  readonly store: SourceStore;
  readonly fetching: SourceFetching;
  readonly slots: Slots;
  readonly memory: Map<string, StoredSource>;
  readonly failures: Map<string, { readonly answer: SourceAnswer; readonly at: number }>;
  readonly now: () => number;
}

export function createSources(options: SourcesOptions): Sources {
  const context = contextOf(options);
  const tasks = createSharedTasks<SourceAnswer>();
  return {
    fetch: (request, signal) =>
      tasks.run(keyOf(request), (shared) => answer(context, request, 0, shared), signal),
  };
}

function contextOf(options: SourcesOptions): Context {
  const { cacheDir, log, maxBytes = 256 * 1024 * 1024, now = Date.now } = options;
  const store = createSourceStore(cacheDir, {
    onError: (message) => log?.warn(message),
    ...(options.onUse !== undefined && { onUse: options.onUse }),
    ...(options.maxCacheBytes !== undefined && { maxBytes: options.maxCacheBytes }),
  });
  const context: Context = {
    ...{ options, store, now, memory: new Map(), failures: new Map() },
    slots: createSlots(options.parallel ?? 6),
    fetching: {
      ...{ store, log, now, onProgress: options.onProgress, pickVersion: options.pickVersion },
      guard: options.guard ?? guardOf(options),
      git: options.git === false ? undefined : (options.git ?? findGit()),
      limits: { ...defaultLimits, maxTotalBytes: maxBytes },
      credentials: options.userCredentials === false ? noCredentials : credentialsWhenNeeded(),
      gitHelpers: options.userCredentials !== false,
      chartFetcher: chartFetcherWhenNeeded(),
      timeoutMs: options.fetchTimeoutMs ?? 60_000,
      fetchModule: (request, depth, signal) => answer(context, request, depth, signal),
    },
  };
  return context;
}

function chartFetcherWhenNeeded(): () => Promise<Fetcher<ChartSourceRequest>> {
  let made: Promise<Fetcher<ChartSourceRequest>> | undefined;
  const make = async (): Promise<Fetcher<ChartSourceRequest>> =>
    (await import("./helm-repository/fetch-chart.ts")).createChartFetcher();
  return () => (made ??= make());
}

function guardOf({ allowPrivateNetwork, allowedHosts = [] }: SourcesOptions): NetworkGuard {
  const isAllowed = allowPrivateNetwork ? (): boolean => true : isPublicAddress;
  return createNetworkGuard({ isAllowed, allowedHosts });
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
  if (kept !== undefined) memory.set(key, kept);
  if (kept !== undefined && isFresh(context, request, kept)) return available(kept);
  if (options.offline) return kept === undefined ? offline(request) : stale(kept, worksOffline);
  if (depth > 0) return fetchAndKeep(context, request, { key, kept, depth, signal });
  return context.slots.run(
    () => fetchAlone(context, request, { key, kept, depth, signal }),
    signal,
  );
}

interface Asked {
  readonly key: string;
  /** The stored answer, which is too old. */
  readonly kept: StoredSource | undefined;
  readonly depth: number;
  readonly signal: AbortSignal;
}

/** Not while another process fetches the same; what that one stored is then good enough. */
async function fetchAlone(
  context: Context,
  request: SourceRequest,
  asked: Asked,
): Promise<SourceAnswer> {
  const { store, memory, fetching } = context;
  const { key, signal } = asked;
  const lock = await lockFile(store.lockPath(key), { patienceMs: fetching.timeoutMs, signal });
  try {
    // Looked at again also when nobody held the lock: another process may have let go of it just before.
    const stored = await store.load(key);
    if (stored === undefined || !isFresh(context, request, stored))
      return await fetchAndKeep(context, request, asked);
    memory.set(key, stored);
    return available(stored);
  } finally {
    await lock.release();
  }
}

async function fetchAndKeep(
  context: Context,
  request: SourceRequest,
  { key, kept, depth, signal }: Asked,
): Promise<SourceAnswer> {
  const { store, memory, failures, now, options } = context;
  // Loaded when there is something to fetch, which a second run has not.
  const { fetchSource } = await import("./source-fetch.ts");
  const fetched = await fetchSource(context.fetching, request, { kept, depth, signal });
  signal.throwIfAborted();
  if (fetched.outcome === "available") {
    const { outcome: _, ...rest } = fetched;
    const stored = { ...rest, tree: sameOr(kept?.tree, rest.tree), fetchedAt: now() };
    memory.set(key, stored);
    failures.delete(key);
    const name = { address: shownAddress(request), version: shownVersion(request) };
    const isKept = stored.tree === kept?.tree;
    await store[isKept ? "confirm" : "save"](key, { kind: request.kind, ...name }, stored);
    return available(stored);
  }
  if (kept !== undefined && fetched.reason === "failed") {
    options.log?.warn(`${fetched.message} The copy fetched earlier is used.`);
    const old = stale(kept, fetched.message);
    failures.set(key, { answer: old, at: now() });
    return old;
  }
  failures.set(key, { answer: fetched, at: now() });
  return fetched;
}

function isFresh({ now }: Context, request: SourceRequest, { fetchedAt }: StoredSource): boolean {
  const maxAge = request.kind === "http" ? undefined : request.maxAge;
  return isPinned(request) || Math.abs(now() - fetchedAt) < (maxAge ?? freshMs);
}

/** What is named by its own digest never changes. */
function isPinned(request: SourceRequest): boolean {
  switch (request.kind) {
    case "git":
      return isCommit(typeof request.ref === "object" ? request.ref.commit : request.ref);
    case "oci":
      return request.ref?.digest !== undefined;
    case "chart":
    case "bucket":
    case "http":
      return false;
  }
}

function available(stored: StoredSource): SourceAnswer {
  const { fetchedAt: _, ...source } = stored;
  return { outcome: "available", ...source };
}

const worksOffline = "Sluice works offline.";

/** Says the time and not the age, so that the same copy gives the same words. */
function stale(kept: StoredSource, why: string): SourceAnswer {
  const time = new Date(kept.fetchedAt).toISOString().slice(0, 16).replace("T", " ");
  const remark = `${why} This is the copy of ${time} UTC.`;
  return available({ ...kept, remarks: [...(kept.remarks ?? []), remark] });
}

/** The old tree when nothing has changed, so that whoever remembers it needs to do nothing. */
function sameOr(
  old: StoredSource["tree"] | undefined,
  fetched: StoredSource["tree"],
): StoredSource["tree"] {
  if (old?.revision !== fetched.revision || old.files.size !== fetched.files.size) return fetched;
  return [...fetched.files].every(([path, { id }]) => old.files.get(path)?.id === id)
    ? old
    : fetched;
}

function offline(request: SourceRequest): SourceAnswer {
  const message =
    `${shownAddress(request)} is not in the cache and Sluice works offline. ` +
    "Run once with network access, or give a folder with --source.";
  return { outcome: "unavailable", reason: "offline", message };
}
