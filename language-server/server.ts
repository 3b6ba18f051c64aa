/**
 * Wires LSP to the features, and nothing else: each handler takes a snapshot and calls a feature inside `guard`.
 * Where files, Git and the engine come from is the caller's business (`host`).
 */
import type { Connection, InitializeResult } from "vscode-languageserver";
import { DidChangeConfigurationNotification, TextDocumentSyncKind } from "vscode-languageserver";

import { objectText } from "./features/object-text.ts";
import type { ClientRequests, InitializationOptions, ServerNotifications } from "./protocol.ts";
import { listenToDocuments } from "./workspace/documents.ts";
import { Folders } from "./workspace/folders.ts";
import type { ErrorLog } from "./workspace/guard.ts";
import { fireAndForget, guard, toSignal } from "./workspace/guard.ts";
import type { ServerHost } from "./workspace/host.ts";
import { openLiveFolder } from "./workspace/open-live-folder.ts";
import { Session } from "./workspace/session.ts";
import { watchFiles } from "./workspace/watch-files.ts";

export interface ServerTiming {
  /** Milliseconds between the last edit and the simulation. */
  readonly delay: number;
}

/** What the handlers share. */
interface Parts {
  readonly connection: Connection;
  readonly session: Session;
  readonly folders: Folders;
  readonly log: ErrorLog;
}

export function startServer(
  connection: Connection,
  host: ServerHost,
  timing: ServerTiming = { delay: 30 },
): void {
  const log = logOf(connection);
  const session = new Session(connection, host);
  const send = (params: ServerNotifications["sluice/plan"]) =>
    fireAndForget(connection.sendNotification("sluice/plan", params), log);
  const folders = new Folders({
    host,
    open: (folder) =>
      openLiveFolder({ connection, session, documents, folder, log, send, ...timing }),
    onFailure: (folder, { reason, message }) =>
      send({ state: "failed", folder, revision: 0, reason, message }),
    onClosed: (folder) => send({ state: "closed", folder }),
  });
  const documents = listenToDocuments(connection, (uri) => folders.touchDocument(uri));
  const parts: Parts = { connection, session, folders, log };
  handleLifecycle(parts);
  handleChanges(parts);
  handleRequests(parts);
  connection.listen();
}

function handleLifecycle({ connection, session, folders, log }: Parts): void {
  const watch = watchFiles(connection, folders, log);
  connection.onInitialize((params) => {
    session.initialize(params.initializationOptions as InitializationOptions | undefined);
    session.folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
    return capabilities;
  });
  connection.onInitialized(() =>
    guard(log, "initialized", undefined, async () => {
      const settings = { section: "sluice" };
      fireAndForget(
        connection.client.register(DidChangeConfigurationNotification.type, settings),
        log,
      );
      connection.workspace.onDidChangeWorkspaceFolders((event) =>
        guard(log, "workspace folders", undefined, async () => {
          await folders.remove(event.removed.map(({ uri }) => uri));
          await folders.add(event.added.map(({ uri }) => uri));
          watch();
        }),
      );
      await folders.add(session.folders);
      watch();
    }),
  );
  connection.onShutdown(() =>
    guard(log, "shutdown", undefined, async () => {
      await folders.dispose();
      await session.simulators.dispose();
    }),
  );
}

function handleChanges({ connection, session, folders, log }: Parts): void {
  connection.onDidChangeConfiguration(() =>
    guard(log, "configuration", undefined, () => folders.touchEverything()),
  );
  connection.onNotification("sluice/trustGranted", () =>
    guard(log, "trust", undefined, () => {
      session.trusted = true;
      folders.touchEverything();
    }),
  );
}

type ObjectText = ClientRequests["sluice/objectText"];

function handleRequests({ connection, session, folders, log }: Parts): void {
  connection.onRequest("sluice/refresh", () =>
    guard(log, "refresh", null, async () => {
      await session.simulators.retrySources();
      folders.touchEverything();
      await folders.settled();
      return null;
    }),
  );
  connection.onRequest(
    "sluice/objectText",
    (params: ObjectText[0], token): Promise<ObjectText[1]> =>
      guard(log, "object text", {}, async () => {
        const snapshot = folders.find(params.folder)?.live.snapshot;
        if (!snapshot) return {};
        const simulator = await session.simulators.for(snapshot.settings);
        return objectText(simulator, snapshot, params, toSignal(token));
      }),
  );
}

const capabilities: InitializeResult = {
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
  serverInfo: { name: "Sluice" },
};

function logOf(connection: Connection): ErrorLog {
  return {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
    error: (message) => connection.console.error(message),
  };
}
