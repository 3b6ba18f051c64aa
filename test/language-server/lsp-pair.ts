/** A server and a client over two in-memory streams, and the client's half of the conversation for tests. */
import { PassThrough } from "node:stream";

import type { Diagnostic, ProtocolConnection } from "vscode-languageserver/node";
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import type { LiveResponse } from "#simulator";

import type {
  AskClusterParams,
  InitializationOptions,
  PlanParams,
} from "../../language-server/protocol.ts";
import { startServer } from "../../language-server/server.ts";
import type { ServerHost } from "../../language-server/workspace/host.ts";

export interface Client {
  readonly connection: ProtocolConnection;
  /** How often the server said that diagnostics are to be asked for again. */
  readonly refreshes: number;
  /** Every state the server sent, in order. */
  readonly plans: readonly PlanParams[];
  /** The first state from now on, or already there and unread, that `fits`. */
  next<S extends PlanParams["state"]>(
    state: S,
    fits?: (params: Extract<PlanParams, { state: S }>) => boolean,
  ): Promise<Extract<PlanParams, { state: S }>>;
  diagnostics(uri: string): readonly Diagnostic[];
  open(uri: string, text: string): Promise<void>;
  /** Replaces a part of an open document, as typing does. */
  edit(
    uri: string,
    version: number,
    line: number,
    characters: readonly [number, number],
    text: string,
  ): Promise<void>;
  close(uri: string): Promise<void>;
  changeSettings(settings: object): Promise<void>;
  changeFolders(change: {
    readonly added?: readonly string[];
    readonly removed?: readonly string[];
  }): Promise<void>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  readonly root: string;
  readonly initialization?: InitializationOptions;
  readonly settings?: object;
  /** The client asks for diagnostics itself. */
  readonly pulls?: boolean;
  /** Answers for clusters. */
  readonly askCluster?: (params: AskClusterParams) => LiveResponse;
}

export async function connect(host: ServerHost, options: ClientOptions): Promise<Client> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  startServer(server, host, { delay: 0, secondWave: 0 });
  const connection = createProtocolConnection(
    new StreamMessageReader(down),
    new StreamMessageWriter(up),
  );
  const plans: PlanParams[] = [];
  const unread: PlanParams[] = [];
  const waiting = new Set<() => void>();
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  let settings: object = options.settings ?? {};
  connection.onNotification("sluice/plan", (params: PlanParams) => {
    plans.push(params);
    unread.push(params);
    for (const wake of [...waiting]) wake();
  });
  connection.onNotification(
    "textDocument/publishDiagnostics",
    (params: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }) =>
      void diagnostics.set(params.uri, params.diagnostics),
  );
  connection.onRequest("workspace/configuration", (params: { readonly items: readonly object[] }) =>
    params.items.map(() => settings),
  );
  let refreshes = 0;
  connection.onRequest("workspace/diagnostic/refresh", () => {
    refreshes++;
    return null;
  });
  connection.onRequest(
    "sluice/askCluster",
    (params: AskClusterParams): LiveResponse =>
      options.askCluster?.(params) ?? { status: 0, body: "no cluster" },
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("client/unregisterCapability", () => null);
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: null,
    rootUri: options.root,
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      ...(options.pulls === true && { textDocument: { diagnostic: {} } }),
    },
    workspaceFolders: [{ uri: options.root, name: "repo" }],
    initializationOptions: options.initialization ?? { trusted: true },
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    plans,
    get refreshes() {
      return refreshes;
    },
    next(state, fits = () => true) {
      return new Promise((resolve) => {
        const look = (): void => {
          const index = unread.findIndex(
            (params) => params.state === state && fits(params as never),
          );
          if (index < 0) return;
          const [found] = unread.splice(0, index + 1).slice(-1);
          waiting.delete(look);
          resolve(found as never);
        };
        waiting.add(look);
        look();
      });
    },
    diagnostics: (uri) => diagnostics.get(uri) ?? [],
    open: (uri, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "yaml", version: 1, text },
      }),
    edit: (uri, version, line, [start, end], text) =>
      connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [
          { range: { start: { line, character: start }, end: { line, character: end } }, text },
        ],
      }),
    close: (uri) => connection.sendNotification("textDocument/didClose", { textDocument: { uri } }),
    async changeSettings(next) {
      settings = next;
      await connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    },
    changeFolders({ added = [], removed = [] }) {
      const named = (uris: readonly string[]) => uris.map((uri) => ({ uri, name: "repo" }));
      return connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added: named(added), removed: named(removed) },
      });
    },
    async stop() {
      await connection.sendRequest("shutdown");
      connection.dispose();
      server.dispose();
    },
  };
}
