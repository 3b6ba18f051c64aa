/** The open graphs: one panel for each folder and each cluster. They are opened again with the window. */
import type { ExtensionContext, WebviewOptions } from "vscode";
import { Uri, ViewColumn, window } from "vscode";

import type { PlanStore } from "../../client/plan-store.ts";
import type { Live } from "../../commands/live/live.ts";
import type { GraphSubject } from "../../model/graph/messages.ts";
import { parseSaved } from "../../model/graph/messages.ts";
import { wholeGraph } from "../../model/graph/query.ts";
import { WithDisposables } from "../../platform/disposables.ts";
import type { Log } from "../../platform/log.ts";
import { fireAndForget } from "../../platform/log.ts";
import { GraphPanel } from "./graph-panel.ts";
import type { GraphContent } from "./graph-panel.ts";

const viewType = "sluice.graph";

export class GraphPanels extends WithDisposables {
  readonly #context: Pick<ExtensionContext, "extensionUri">;
  readonly #content: GraphContent;
  readonly #log: Log;
  readonly #panels = new Map<string, GraphPanel>();

  constructor(
    context: Pick<ExtensionContext, "extensionUri">,
    content: GraphContent,
    store: PlanStore,
    live: Pick<Live, "clusters"> | undefined,
    log: Log,
  ) {
    super();
    this.#context = context;
    this.#content = content;
    this.#log = log;
    this.own(store.onDidChange(() => this.#update("plan")));
    if (live !== undefined)
      this.own({ dispose: live.clusters.onDidChange(() => this.#update("live")) });
    this.own(
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const saved = parseSaved(state);
          if (saved === undefined) return panel.dispose();
          panel.webview.options = this.#options();
          this.#adopt(panel, saved);
        },
      }),
    );
    this.own({ dispose: () => this.#panels.forEach((panel) => panel.dispose()) });
  }

  /** Opens the graph, or shows the one that is open. `focus` is the id of a node. */
  show(subject: GraphSubject, focus?: string): void {
    const open = this.#panels.get(keyOf(subject));
    if (open !== undefined) return open.reveal(focus);
    const panel = window.createWebviewPanel(viewType, "Graph", ViewColumn.Active, this.#options());
    const around = focus === undefined ? {} : { focus: { id: focus, distance: 1 } };
    this.#adopt(panel, { subject, query: { ...wholeGraph, ...around } });
  }

  /** How often open panels were drawn; for tests. */
  get drawings(): number {
    return [...this.#panels.values()].reduce((sum, { drawings }) => sum + drawings, 0);
  }

  #adopt(...[panel, saved]: AdoptParameters): void {
    const key = keyOf(saved.subject);
    this.#panels.get(key)?.dispose();
    panel.iconPath = Uri.joinPath(this.#context.extensionUri, "media", "sluice.svg");
    const files = {
      script: Uri.joinPath(this.#context.extensionUri, "dist", "web", "graph.js"),
      style: Uri.joinPath(this.#context.extensionUri, "media", "graph", "graph.css"),
    };
    const made = new GraphPanel(panel, saved, this.#content, files, (work) =>
      fireAndForget(work, this.#log),
    );
    this.#panels.set(key, made);
    panel.onDidDispose(() => {
      made.dispose();
      if (this.#panels.get(key) === made) this.#panels.delete(key);
    });
  }

  #options(): WebviewOptions {
    const { extensionUri } = this.#context;
    return {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: false,
      localResourceRoots: [
        Uri.joinPath(extensionUri, "dist", "web"),
        Uri.joinPath(extensionUri, "media", "graph"),
      ],
    };
  }

  #update(kind: GraphSubject["kind"]): void {
    for (const panel of this.#panels.values()) if (panel.subject.kind === kind) panel.update();
  }
}

type AdoptParameters = Parameters<
  (
    panel: ReturnType<typeof window.createWebviewPanel>,
    saved: NonNullable<ReturnType<typeof parseSaved>>,
  ) => void
>;

function keyOf(subject: GraphSubject): string {
  switch (subject.kind) {
    case "plan":
      return `plan ${subject.folder}`;
    case "live":
      return `live ${subject.context}`;
  }
}
