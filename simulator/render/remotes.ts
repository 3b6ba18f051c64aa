/** What a build asks for beyond its source: remote bases and files, fetched through the port and remembered. */
import { onAbort } from "../on-abort.ts";
import type { Need, RemoteInput } from "../engine/protocol.ts";
import { canonicalJson } from "../manifest/json.ts";
import type { FileTree, SourceAnswer, SourceRequest, Sources } from "../ports.ts";

export interface Remote {
  readonly input: RemoteInput;
  readonly tree?: FileTree;
  /** Why it is not there. */
  readonly unavailable?: { readonly message: string; readonly reason: string };
}

/** Needs that are fetched; the others are objects of the cluster. */
export type FetchedNeed = Extract<Need, { readonly kind: "git" | "http" | "chart" }>;

export function isFetched(need: Need): need is FetchedNeed {
  return need.kind === "git" || need.kind === "http" || need.kind === "chart";
}

export interface Remotes {
  /** Answers a need of the engine; the same need is fetched once. */
  remote(need: FetchedNeed, signal?: AbortSignal): Promise<Remote>;
  /** Answers a request for an external source. */
  fetch(request: SourceRequest, signal?: AbortSignal): Promise<SourceAnswer>;
  /** Forgets what could not be had, so that it is tried again. */
  retry(): void;
}

export function createRemotes(sources: Sources, artifactId: (key: string) => string): Remotes {
  const answers = new Map<string, SourceAnswer>();
  const running = new Map<string, Promise<SourceAnswer>>();
  const fetch = async (request: SourceRequest, signal?: AbortSignal): Promise<SourceAnswer> => {
    const key = requestKey(request);
    const known = answers.get(key);
    if (known !== undefined) return known;
    // A fetch is shared and goes on when one who waits for it gives up: the next simulation will want it as well.
    const shared = running.get(key) ?? begin(key, request);
    return signal === undefined ? shared : orAborted(shared, signal);
  };
  const begin = (key: string, request: SourceRequest): Promise<SourceAnswer> => {
    const promise = sources
      .fetch(request)
      .then((answer) => {
        answers.set(key, answer);
        return answer;
      })
      .finally(() => running.delete(key));
    running.set(key, promise);
    return promise;
  };
  return {
    fetch,
    async remote(need, signal) {
      const answer = await fetch(toRequest(need), signal);
      if (answer.outcome === "available") {
        return {
          input: { key: need.key, artifact: artifactId(`remote|${need.key}`) },
          tree: answer.tree,
        };
      }
      const { message, reason } = answer;
      return { input: { key: need.key, unavailable: message }, unavailable: { message, reason } };
    },
    retry() {
      for (const [key, answer] of answers)
        if (answer.outcome === "unavailable") answers.delete(key);
    },
  };
}

/** The promise's answer, or a rejection with the signal's reason as soon as that is aborted. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(leave);
  });
}

function toRequest(need: FetchedNeed): SourceRequest {
  switch (need.kind) {
    case "http":
      return { kind: "http", url: need.url };
    case "chart":
      return {
        kind: "chart",
        repository: need.repository,
        name: need.name,
        version: need.version,
      };
    case "git":
      return {
        kind: "git",
        url: need.url,
        ...(need.ref === "" ? {} : { ref: need.ref }),
        submodules: need.submodules,
      };
  }
}

/** Two requests are the same when everything in them is, credentials included. */
function requestKey(request: SourceRequest): string {
  return canonicalJson(request);
}
