/** Builds everything in order, for Node and for the web: the one place where parts get to know each other. Owns nothing. */
import type { ExtensionContext } from "vscode";
import { Uri, workspace } from "vscode";

import { clusterBase } from "#protocol";

import { PlanStore } from "./client/plan-store.ts";
import type { ClientFactory } from "./client/server-link.ts";
import { ServerLink } from "./client/server-link.ts";
import type { Live } from "./commands/live/live.ts";
import { registerCommands } from "./commands/register.ts";
import type { FolderView } from "./model/folder-view.ts";
import type { PreviewTree } from "./model/preview-node.ts";
import type { Log } from "./platform/log.ts";
import { createLog, fireAndForget } from "./platform/log.ts";
import { showError } from "./platform/notify.ts";
import { Settings } from "./platform/settings.ts";
import { ObjectDocuments } from "./views/object-documents.ts";
import { OutlookDocument } from "./views/outlook-document.ts";
import { graphContent } from "./views/graph/graph-content.ts";
import { GraphPanels } from "./views/graph/graph-panels.ts";
import { registerPlanTool } from "./views/cluster/plan-tool.ts";
import { PreviewView } from "./views/preview.ts";
import { PushPlanDocument } from "./views/push-plan-document.ts";
import { StatusBar } from "./views/status-bar.ts";
import { ValueActions } from "./views/value-actions.ts";

/** What other extensions, and tests, get from `activate`. */
export interface SluiceApi {
  /** State of each open tree. */
  folders(): readonly FolderView[];
  /** What the Preview shows. */
  preview(): PreviewTree;
  /** How often open graphs were drawn: only pages that run ask for that. */
  graphDrawings(): number;
  /** The clusters; absent in VS Code for the Web. */
  readonly live: Live | undefined;
  /** Milliseconds that activation took. */
  readonly activationTime: number;
}

/** `composeLive` is given where there is Node.js. */
export function compose(
  context: ExtensionContext,
  createClient: ClientFactory,
  composeLive?: (context: ExtensionContext, log: Log) => Live,
): SluiceApi {
  const started = performance.now();
  const log = createLog();
  context.subscriptions.push(log);
  try {
    const settings = new Settings(context.workspaceState);
    const engineWasm = context.asAbsolutePath("dist/engine.wasm");
    const rulesDocs = Uri.joinPath(context.extensionUri, "docs", "rules").toString();
    const link = new ServerLink(createClient, settings, log, { engineWasm, rulesDocs });
    const store = new PlanStore(link);
    const preview = new PreviewView(store, settings);
    context.subscriptions.push(settings, link, store, preview, new StatusBar(store));
    context.subscriptions.push(new ObjectDocuments(link, store), new OutlookDocument(link, store));
    context.subscriptions.push(registerPlanTool(store), new ValueActions(store));
    const pushPlan = new PushPlanDocument();
    context.subscriptions.push(pushPlan);
    const live = composeLive?.(context, log);
    if (live) context.subscriptions.push(answerClusters(link, live, settings, log));
    const graphs = new GraphPanels(context, graphContent(store, preview, live), store, live, log);
    context.subscriptions.push(graphs);
    const readAsset = async (path: string): Promise<Uint8Array<ArrayBuffer>> =>
      new Uint8Array(await workspace.fs.readFile(Uri.joinPath(context.extensionUri, path)));
    context.subscriptions.push(
      ...registerCommands({
        link,
        store,
        preview,
        graphs,
        pushPlan,
        settings,
        log,
        live,
        extensionUri: context.extensionUri,
        readAsset,
      }),
    );
    context.subscriptions.push({ dispose: () => void link.stop() });
    link.start();
    const activationTime = performance.now() - started;
    log.info(`Activated in ${activationTime.toFixed(1)} ms`);
    return {
      folders: () => [...store.views.values()],
      preview: () => preview.tree,
      graphDrawings: () => graphs.drawings,
      live,
      activationTime,
    };
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void showError("Sluice could not start.", { title: "Show Log", run: () => log.show() });
    throw error;
  }
}

/** The server asks only about the cluster that somebody chose to compare with. */
function answerClusters(
  link: ServerLink,
  live: Live,
  settings: Settings,
  log: Log,
): { dispose: () => void } {
  const { remotes } = live;
  const isChosen = (context: string): boolean => settings.chosenBase === `${clusterBase}${context}`;
  link.answerClusters({
    async ask({ context, remote, request }, signal) {
      if (!isChosen(context))
        return { status: 0, body: `Nobody chose to compare with ${context}.` };
      return remote === undefined
        ? live.ask(context, request, signal)
        : remotes.ask({ context, remote }, request, signal);
    },
    async openRemote({ context, secret }, signal) {
      return isChosen(context)
        ? remotes.open(context, secret, signal)
        : { outcome: "refused", why: `nobody chose to compare with ${context}` };
    },
  });
  const end = live.onApplied((context) => {
    if (isChosen(context)) fireAndForget(link.clusterMoved(context), log);
  });
  const changed = settings.onDidChange(() => {
    const base = settings.chosenBase ?? "";
    remotes.closeOthers(base.startsWith(clusterBase) ? base.slice(clusterBase.length) : undefined);
  });
  const stopped = link.onStopped(() => remotes.closeOthers());
  return {
    dispose() {
      end();
      changed.dispose();
      stopped.dispose();
      remotes.closeOthers();
    },
  };
}
