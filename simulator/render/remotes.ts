/** What a build asks for beyond its source: remote bases and files, fetched through the port and remembered. */
import type { Need, RemoteInput } from "../engine/protocol.ts";
import type { FileTree, SourceAnswer, SourceRequest, Sources } from "../ports.ts";

export interface Remote {
  readonly input: RemoteInput;
  readonly tree?: FileTree;
  /** Why it is not there. */
  readonly unavailable?: { readonly message: string; readonly reason: string };
}

export interface Remotes {
  /** Answers a need of the engine; the same need is fetched once. */
  remote(need: Need & { readonly kind: "git" | "http" }, signal?: AbortSignal): Promise<Remote>;
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
    const promise = running.get(key) ?? sources.fetch(request, signal);
    running.set(key, promise);
    try {
      const answer = await promise;
      answers.set(key, answer);
      return answer;
    } finally {
      running.delete(key);
    }
  };
  return {
    fetch,
    async remote(need, signal) {
      const answer = await fetch(toRequest(need), signal);
      if (answer.outcome === "available") {
        return { input: { key: need.key, artifact: artifactId(`remote|${need.key}`) }, tree: answer.tree };
      }
      const { message, reason } = answer;
      return { input: { key: need.key, unavailable: message }, unavailable: { message, reason } };
    },
    retry() {
      for (const [key, answer] of answers) if (answer.outcome === "unavailable") answers.delete(key);
    },
  };
}

function toRequest(need: Need & { readonly kind: "git" | "http" }): SourceRequest {
  if (need.kind === "http") return { kind: "http", url: need.url };
  return { kind: "git", url: need.url, ...(need.ref === "" ? {} : { ref: need.ref }), submodules: need.submodules };
}

function requestKey(request: SourceRequest): string {
  return request.kind === "http" ? `http|${request.url}` : `git|${request.url}|${request.ref ?? ""}|${request.submodules ?? false}`;
}
