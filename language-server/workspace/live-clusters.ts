/**
 * The clusters that the client answers for: each request of the simulator becomes one of `sluice/askCluster`. Those that they lead to are
 * known here by the handles that the client gives.
 */
import type { Connection } from "vscode-languageserver";
import { CancellationTokenSource } from "vscode-languageserver";

import type {
  ClusterMatch,
  FactsReader,
  KubeconfigSecret,
  Live,
  LiveResponse,
  RemoteAnswer,
} from "#simulator";
import { createFactsReader } from "#simulator";

import type {
  AskClusterParams,
  OpenRemoteParams,
  OpenRemoteResult,
  ServerRequests,
} from "../protocol.ts";

const ask = "sluice/askCluster" satisfies keyof ServerRequests;
const open = "sluice/openRemote" satisfies keyof ServerRequests;

/** A cluster with what was learnt about it. */
export interface LiveCluster {
  readonly live: Live;
  readonly reader: FactsReader;
  /** Which cluster of a repository it is, by what was looked for. */
  readonly matches: Map<string, ClusterMatch>;
}

export class LiveClusters {
  readonly #connection: Pick<Connection, "sendRequest">;
  readonly #known = new Map<string, LiveCluster>();
  /** Others, by context and handle: what was learnt about a cluster is remembered with its object. */
  readonly #remotes = new Map<string, Live>();

  constructor(connection: Pick<Connection, "sendRequest">) {
    this.#connection = connection;
  }

  /** The same object for the same context: what was learnt about a cluster is remembered with it. */
  of(context: string, decryptionKeys: boolean): LiveCluster {
    const key = JSON.stringify([context, decryptionKeys]);
    let cluster = this.#known.get(key);
    if (!cluster) {
      const live: Live = {
        name: context,
        request: (request, signal) => this.#ask({ context, request }, signal),
        remote: (secret, signal) => this.#open(context, secret, signal),
      };
      cluster = { live, reader: createFactsReader(live, { decryptionKeys }), matches: new Map() };
      this.#known.set(key, cluster);
    }
    return cluster;
  }

  /** Forgets what was learnt about clusters. */
  forget(): void {
    this.#known.clear();
    this.#remotes.clear();
  }

  /** Something was applied on a cluster: what was read there is looked at again. */
  moved(context: string): void {
    for (const { live, reader } of this.#known.values()) if (live.name === context) reader.forget();
  }

  async #open(
    context: string,
    secret: KubeconfigSecret,
    signal: AbortSignal | undefined,
  ): Promise<RemoteAnswer> {
    const params: OpenRemoteParams = { context, secret };
    const answer = await this.#send<OpenRemoteResult>(open, params, signal).catch(
      (error: unknown): OpenRemoteResult => {
        signal?.throwIfAborted();
        return { outcome: "refused", why: `it can't be opened (${wordsOf(error)})` };
      },
    );
    if (answer.outcome === "refused") return answer;
    return { outcome: "opened", live: this.#remote(context, answer) };
  }

  #remote(
    context: string,
    { remote, name }: Extract<OpenRemoteResult, { readonly outcome: "opened" }>,
  ): Live {
    const key = JSON.stringify([context, remote]);
    const known = this.#remotes.get(key) ?? {
      name,
      request: (request, signal) => this.#ask({ context, remote, request }, signal),
    };
    this.#remotes.set(key, known);
    return known;
  }

  async #ask(params: AskClusterParams, signal: AbortSignal | undefined): Promise<LiveResponse> {
    try {
      return await this.#send<LiveResponse>(ask, params, signal);
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 0, body: wordsOf(error) };
    }
  }

  async #send<T>(
    method: keyof ServerRequests,
    params: object,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted();
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await this.#connection.sendRequest<T>(method, params, source.token);
    } finally {
      signal?.removeEventListener("abort", cancel);
      source.dispose();
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
