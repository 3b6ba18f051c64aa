/**
 * Wires LSP to the features, and nothing else: each handler takes a snapshot and calls a feature inside `guard`.
 * Where files, Git and the engine come from is the caller's business (`host`).
 */
import type {
  CancellationToken,
  CodeAction,
  Connection,
  DocumentDiagnosticReport,
  InitializeResult,
  TextDocumentPositionParams,
} from "vscode-languageserver";
import {
  CodeLensRefreshRequest,
  DidChangeConfigurationNotification,
  TextDocumentSyncKind,
} from "vscode-languageserver";

import { incomingCalls, outgoingCalls, prepareCallHierarchy } from "./features/call-hierarchy.ts";
import { loadCharts } from "./features/chart-shelf.ts";
import { codeActions } from "./features/code-actions.ts";
import { codeLenses } from "./features/code-lenses.ts";
import { completion, noCompletion, triggerCharacters } from "./features/completion.ts";
import { definitionFor } from "./features/definition.ts";
import { documentLinks } from "./features/document-links.ts";
import { documentSymbols } from "./features/document-symbols.ts";
import { folding } from "./features/folding.ts";
import { hover } from "./features/hover.ts";
import { inlayHints } from "./features/inlay-hints.ts";
import { objectText, originOfLine } from "./features/object-text.ts";
import { planPublication } from "./features/plan-publication.ts";
import { planRevisions } from "./features/plan-revisions.ts";
import { documentReport, workspaceReports } from "./features/pull-diagnostics.ts";
import { references } from "./features/references.ts";
import { prepareRename, renameFor } from "./features/rename.ts";
import { selectionRanges } from "./features/selection-ranges.ts";
import { semanticLegend, semanticTokens } from "./features/semantic-tokens.ts";
import { valueEffects } from "./features/value-effects.ts";
import { workspaceSymbols } from "./features/workspace-symbols.ts";
import type {
  ClientNotifications,
  ClientRequests,
  InitializationOptions,
  ServerNotifications,
} from "./protocol.ts";
import { clusterBase } from "./protocol.ts";
import { answersAbout } from "./workspace/about-snapshot.ts";
import { DiagnosticsChannel } from "./workspace/diagnostics-channel.ts";
import { listenToDocuments } from "./workspace/documents.ts";
import type { FolderModel } from "./workspace/folder-model.ts";
import { Folders } from "./workspace/folders.ts";
import type { ErrorLog } from "./workspace/guard.ts";
import { fireAndForget, guard, toSignal, unlessAborted } from "./workspace/guard.ts";
import type { ServerHost } from "./workspace/host.ts";
import { openLiveFolder } from "./workspace/open-live-folder.ts";
import { Session } from "./workspace/session.ts";
import { watchFiles } from "./workspace/watch-files.ts";

export interface ServerTiming {
  /** Milliseconds between the last edit and the simulation. */
  readonly delay: number;
  /** Milliseconds between the last change and the diagnostics of files that are not edited. */
  readonly secondWave: number;
}

/** What the handlers share. */
interface Parts {
  readonly connection: Connection;
  readonly session: Session;
  readonly host: ServerHost;
  readonly folders: Folders;
  readonly channel: DiagnosticsChannel;
  readonly log: ErrorLog;
  readonly onShutdown: () => void;
}

export function startServer(
  connection: Connection,
  host: ServerHost,
  timing: ServerTiming = { delay: 30, secondWave: 150 },
  onShutdown: () => void = () => {},
): void {
  const log = logOf(connection);
  const session = new Session(connection, host);
  const send = (params: ServerNotifications["sluice/plan"]): void => {
    fireAndForget(connection.sendNotification("sluice/plan", params), log);
    if (params.state === "ready") refreshMarks(connection, session, log);
  };
  const pulls = (): boolean => session.pullsDiagnostics;
  const channel = new DiagnosticsChannel({ connection, log, pulls, delay: timing.secondWave });
  const folders = new Folders({
    host,
    open: (folder) =>
      openLiveFolder({ connection, session, documents, folder, log, send, channel, ...timing }),
    onFailure: (folder, { reason, message }) =>
      send({ state: "failed", folder, revision: 0, reason, message }),
    onClosed: (folder) => send({ state: "closed", folder }),
  });
  const documents = listenToDocuments(connection, (uri, text) => {
    folders.touchDocument(uri, text);
    const held = folders.holding(uri);
    if (held) channel.edited(held.folder.model, held.path);
  });
  const parts: Parts = { connection, session, host, folders, channel, log, onShutdown };
  handleLifecycle(parts);
  handleChanges(parts);
  handleRequests(parts);
  handlePlans(parts);
  handleDiagnostics(parts);
  handleNavigation(parts);
  handleTyping(parts);
  connection.listen();
}

function handleLifecycle(parts: Parts): void {
  const { connection, session, folders, channel, log } = parts;
  const watch = watchFiles(connection, folders, log);
  connection.onInitialize((params) => {
    session.initialize(params.initializationOptions as InitializationOptions | undefined);
    session.folders =
      params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
    session.client = params.capabilities;
    return session.pullsDiagnostics ? pulling : capabilities;
  });
  connection.onInitialized(() =>
    guard(log, "initialized", undefined, async () => {
      // Unpacked while the folder is listed, and not before: until now the client may not be asked. Who needs them meets a failure.
      session.schemas().catch(() => undefined);
      const settings = { section: "sluice" };
      if (session.client.workspace?.didChangeConfiguration?.dynamicRegistration !== false)
        fireAndForget(
          connection.client.register(DidChangeConfigurationNotification.type, settings),
          log,
        );
      if (session.client.workspace?.workspaceFolders) followFolders(parts, watch);
      await folders.add(session.folders);
      watch();
    }),
  );
  connection.onShutdown(() =>
    guard(log, "shutdown", undefined, async () => {
      parts.onShutdown();
      channel.dispose();
      await folders.dispose();
      await session.simulators.dispose();
    }),
  );
}

function followFolders({ connection, folders, log }: Parts, watch: () => void): void {
  connection.workspace.onDidChangeWorkspaceFolders((event) =>
    guard(log, "workspace folders", undefined, async () => {
      await folders.remove(event.removed.map(({ uri }) => uri));
      await folders.add(event.added.map(({ uri }) => uri));
      watch();
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
type LineOrigin = ClientRequests["sluice/lineOrigin"];
type ValueEffects = ClientRequests["sluice/valueEffects"];
type Outlook = ClientRequests["sluice/outlook"];
type PlanPublication = ClientRequests["sluice/planPublication"];
type PlanRevisions = ClientRequests["sluice/planRevisions"];

function handleRequests({ connection, session, folders, log }: Parts): void {
  connection.onNotification(
    "sluice/clusterMoved",
    ({ context }: ClientNotifications["sluice/clusterMoved"]) =>
      guard(log, "cluster moved", undefined, async () => {
        session.clusters.moved(context);
        for (const { live } of folders.all())
          if (live.snapshot?.baseKey === `${clusterBase}${context}`) live.touch("everything");
      }),
  );
  connection.onRequest("sluice/refresh", () =>
    guard(log, "refresh", null, async () => {
      await session.simulators.retrySources();
      session.clusters.forget();
      folders.touchEverything();
      await folders.settled();
      return null;
    }),
  );
  const about = answersAbout({ session, folders, log });
  connection.onRequest(
    "sluice/objectText",
    about<ObjectText>("object text", ({ simulator, snapshot }, params, signal) =>
      objectText(simulator, snapshot, params, signal),
    ),
  );
  connection.onRequest(
    "sluice/lineOrigin",
    about<LineOrigin>("line origin", ({ simulator, snapshot, model }, params, signal) =>
      originOfLine(simulator, model, snapshot, params, signal),
    ),
  );
  connection.onRequest(
    "sluice/valueEffects",
    about<ValueEffects>("value effects", ({ simulator, snapshot, model }, params, signal) =>
      valueEffects(simulator, model, snapshot, params, signal),
    ),
  );
  connection.onRequest(
    "sluice/outlook",
    about<Outlook>("outlook", async ({ simulator, snapshot }, _, signal) => ({
      clusters: await simulator.outlook(snapshot.target, signal),
    })),
  );
}

const bug = "The log has the details.";
const none = "The folder can't be simulated.";

function handlePlans({ connection, session, host, folders, log }: Parts): void {
  const found = async (folder: string) => {
    const one = folders.find(folder);
    if (one?.live.snapshot === undefined) await one?.live.settled();
    const snapshot = one?.live.snapshot;
    if (!one || !snapshot) return undefined;
    const simulator = await session.simulators.for(snapshot.settings);
    return { simulator, snapshot, files: one.host };
  };
  connection.onRequest(
    "sluice/planRevisions",
    (params: PlanRevisions[0], token): Promise<PlanRevisions[1]> =>
      guard(log, "plan of revisions", { failure: bug }, async () => {
        const one = await found(params.folder);
        if (!one) return { failure: none };
        return planRevisions(one.simulator, one.files, one.snapshot, params, toSignal(token));
      }),
  );
  connection.onRequest(
    "sluice/planPublication",
    (params: PlanPublication[0], token): Promise<PlanPublication[1]> =>
      guard(log, "plan of a publication", { failure: bug }, async () => {
        const one = await found(params.folder);
        if (!one) return { failure: none };
        return planPublication(one.simulator, host, one.snapshot, params, toSignal(token));
      }),
  );
}

function handleDiagnostics({ connection, folders, log }: Parts): void {
  const nothing: DocumentDiagnosticReport = { kind: "full", items: [] };
  connection.languages.diagnostics.on(({ textDocument, previousResultId }, token) =>
    guard(log, "diagnostics", nothing, async () => {
      const signal = toSignal(token);
      await unlessAborted(folders.started, signal);
      const held = folders.holding(textDocument.uri);
      if (!held) return nothing;
      return documentReport(held.folder.model, held.path, previousResultId, signal);
    }),
  );
  connection.languages.diagnostics.onWorkspace(({ previousResultIds }, token) =>
    guard(log, "workspace diagnostics", { items: [] }, async () => {
      const signal = toSignal(token);
      await unlessAborted(folders.started, signal);
      const reports = folders
        .all()
        .map(({ model }) => workspaceReports(model, previousResultIds, signal));
      return { items: (await Promise.all(reports)).flat() };
    }),
  );
  connection.onCodeAction((params) =>
    guard<CodeAction[]>(log, "code actions", [], () => {
      const held = folders.holding(params.textDocument.uri);
      return held ? [...codeActions(held.folder.model, held.path, params)] : [];
    }),
  );
}

function handleNavigation(parts: Parts): void {
  const { connection, session, folders, log } = parts;
  const one = answersFor(parts);
  const list = <P extends AboutFile, T>(name: string, run: Feature<P, readonly T[]>) =>
    one<P, T[]>(name, [], (...given) => [...run(...given)]);
  connection.onHover(one("hover", null, withCharts(hover)));
  connection.onDefinition(one("definition", [], definitionFor(session)));
  connection.onReferences(list("references", references));
  connection.onPrepareRename(one("rename", null, prepareRename));
  connection.onRenameRequest(one("rename", null, renameFor(session)));
  connection.onDocumentSymbol(list("document symbols", documentSymbols));
  connection.onDocumentLinks(list("document links", documentLinks));
  connection.onFoldingRanges(list("folding", folding));
  connection.onSelectionRanges(list("selection ranges", selectionRanges));
  connection.languages.semanticTokens.on(one("semantic tokens", { data: [] }, semanticTokens));
  connection.languages.callHierarchy.onPrepare(list("call hierarchy", prepareCallHierarchy));
  connection.languages.callHierarchy.onIncomingCalls(list("incoming calls", incomingCalls));
  connection.languages.callHierarchy.onOutgoingCalls(list("outgoing calls", outgoingCalls));
  connection.onWorkspaceSymbol(({ query }, token) =>
    guard(log, "workspace symbols", [], () =>
      folders.all().flatMap(({ model }) => workspaceSymbols(model, query, toSignal(token))),
    ),
  );
}

function handleTyping(parts: Parts): void {
  const { connection, session } = parts;
  const one = answersFor(parts);
  connection.onCompletion(
    one(
      "completion",
      noCompletion,
      withCharts((...given) => completion(session.client, ...given)),
    ),
  );
  connection.languages.inlayHint.on(
    one("inlay hints", [], (...given) => [...inlayHints(...given)]),
  );
  connection.onCodeLens(one("code lenses", [], (...given) => [...codeLenses(...given)]));
}

/** Lenses and hints say what the last simulation found. */
function refreshMarks(connection: Connection, { client }: Session, log: ErrorLog): void {
  const { codeLens, inlayHint } = client.workspace ?? {};
  if (codeLens?.refreshSupport === true)
    fireAndForget(connection.sendRequest(CodeLensRefreshRequest.type), log);
  if (inlayHint?.refreshSupport === true)
    fireAndForget(connection.languages.inlayHint.refresh(), log);
}

/** Of a document, or of an item of a hierarchy, which has the URI itself. */
type AboutFile =
  { readonly textDocument: { readonly uri: string } } | { readonly item: { readonly uri: string } };

type Feature<P, R> = (folder: FolderModel, path: string, params: P, signal: AbortSignal) => R;

/** A feature that looks at the values of a release needs its chart first. */
function withCharts<P extends TextDocumentPositionParams, R>(
  feature: Feature<P, R>,
): Feature<P, Promise<R>> {
  return async (folder, path, params, signal) => {
    await loadCharts(folder, path, params, signal);
    return feature(folder, path, params, signal);
  };
}

/** Makes a handler of a feature: finds the folder of the document, and answers with the fallback where there is none. */
function answersFor({ folders, log }: Parts) {
  return <P extends AboutFile, R>(name: string, fallback: R, feature: Feature<P, R | Promise<R>>) =>
    (params: P, token: CancellationToken): Promise<R> =>
      guard(log, name, fallback, () => {
        const { uri } = "item" in params ? params.item : params.textDocument;
        const held = folders.holding(uri);
        return held ? feature(held.folder.model, held.path, params, toSignal(token)) : fallback;
      });
}

const capabilities: InitializeResult = {
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.sluice"] },
    completionProvider: { triggerCharacters: [...triggerCharacters] },
    inlayHintProvider: true,
    codeLensProvider: {},
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    documentLinkProvider: {},
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    semanticTokensProvider: { legend: semanticLegend, full: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
  serverInfo: { name: "Sluice" },
};

const pulling: InitializeResult = {
  ...capabilities,
  capabilities: {
    ...capabilities.capabilities,
    diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true },
  },
};

function logOf(connection: Connection): ErrorLog {
  return {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
    error: (message) => connection.console.error(message),
  };
}
