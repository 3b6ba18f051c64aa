/** The clusters that the client answers for: each request of the simulator becomes one of `sluice/askCluster`. */
import type { Connection } from "vscode-languageserver";
import { CancellationTokenSource } from "vscode-languageserver";

import type { ClusterMatch, FactsReader, Live, LiveRequest, LiveResponse } from "#simulator";
import { createFactsReader } from "#simulator";

import type { AskClusterParams, ServerRequests } from "../protocol.ts";

const method = "sluice/askCluster" satisfies keyof ServerRequests;

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
      };
      cluster = { live, reader: createFactsReader(live, { decryptionKeys }), matches: new Map() };
      this.#known.set(key, cluster);
    }
    return cluster;
  }

  /** Forgets what was learnt about clusters. */
  forget(): void {
    this.#known.clear();
  }

  /** Something was applied on a cluster: what was read there is looked at again. */
  moved(context: string): void {
    for (const { live, reader } of this.#known.values()) if (live.name === context) reader.forget();
  }

  async #ask(
    params: { readonly context: string; readonly request: LiveRequest },
    signal: AbortSignal | undefined,
  ): Promise<LiveResponse> {
    signal?.throwIfAborted();
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const answer = this.#connection.sendRequest<LiveResponse>(
        method,
        params satisfies AskClusterParams,
        source.token,
      );
      return await answer;
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 0, body: error instanceof Error ? error.message : String(error) };
    } finally {
      signal?.removeEventListener("abort", cancel);
      source.dispose();
    }
  }
}
