/** Builds everything in order, for Node and for the web: the one place where parts get to know each other. Owns nothing. */
import type { ExtensionContext } from "vscode";

import { PlanStore } from "./client/plan-store.ts";
import type { ClientFactory } from "./client/server-link.ts";
import { ServerLink } from "./client/server-link.ts";
import { registerCommands } from "./commands/register.ts";
import type { FolderView } from "./model/folder-view.ts";
import type { PreviewTree } from "./model/preview-tree.ts";
import { createLog } from "./platform/log.ts";
import { showError } from "./platform/notify.ts";
import { Settings } from "./platform/settings.ts";
import { ObjectDocuments } from "./views/object-documents.ts";
import { PreviewView } from "./views/preview.ts";
import { StatusBar } from "./views/status-bar.ts";

/** What other extensions, and tests, get from `activate`. */
export interface SluiceApi {
  /** State of each open tree. */
  folders(): readonly FolderView[];
  /** What the Preview shows. */
  preview(): PreviewTree;
  /** Milliseconds that activation took. */
  readonly activationTime: number;
}

export function compose(context: ExtensionContext, createClient: ClientFactory): SluiceApi {
  const started = performance.now();
  const log = createLog();
  context.subscriptions.push(log);
  try {
    const settings = new Settings(context.workspaceState);
    const engineWasm = context.asAbsolutePath("dist/engine.wasm");
    const link = new ServerLink(createClient, settings, log, { engineWasm });
    const store = new PlanStore(link);
    const preview = new PreviewView(store, settings);
    context.subscriptions.push(settings, link, store, preview, new StatusBar(store));
    context.subscriptions.push(new ObjectDocuments(link, store));
    context.subscriptions.push(...registerCommands({ link, store, preview, settings, log }));
    context.subscriptions.push({ dispose: () => void link.stop() });
    link.start();
    const activationTime = performance.now() - started;
    log.info(`Activated in ${activationTime.toFixed(1)} ms`);
    return {
      folders: () => [...store.views.values()],
      preview: () => preview.tree,
      activationTime,
    };
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void showError("Sluice could not start.", { title: "Show Log", run: () => log.show() });
    throw error;
  }
}
