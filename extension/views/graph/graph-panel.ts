/**
 * One panel with a graph. It is drawn again at most four times a second, and not at all while it is hidden; what it was asked to
 * show is kept by the editor. What it says is checked before it is believed.
 */
import type { Uri, WebviewPanel } from "vscode";

import type { Graph, GraphAction } from "../../model/graph/graph.ts";
import type { FromPage, GraphSubject, ToPage } from "../../model/graph/messages.ts";
import { parseFromPage } from "../../model/graph/messages.ts";
import { pageHtml } from "../../model/graph/page-html.ts";
import type { GraphQuery } from "../../model/graph/query.ts";
import { makeScene } from "../../model/graph/scene.ts";
import { WithDisposables } from "../../platform/disposables.ts";

/** What a panel shows and does; absent parts are said in words. */
export interface GraphContent {
  readonly title: (subject: GraphSubject) => string;
  readonly graph: (subject: GraphSubject) => Graph | { readonly nothing: string };
  readonly act: (subject: GraphSubject, id: string, action: GraphAction) => Promise<void>;
}

export interface PanelFiles {
  readonly script: Uri;
  readonly style: Uri;
}

/** Milliseconds between two drawings. A graph that takes long to make is made less often. */
const interval = 250;
const share = 5;

export class GraphPanel extends WithDisposables {
  readonly subject: GraphSubject;
  readonly #panel: WebviewPanel;
  readonly #content: GraphContent;
  readonly #logged: (work: Promise<unknown>) => void;
  #query: GraphQuery;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;
  #ready = false;
  #adopt = true;
  #shown = "";
  /** How often something was sent to the page; for tests. */
  drawings = 0;

  constructor(
    panel: WebviewPanel,
    saved: { readonly subject: GraphSubject; readonly query: GraphQuery },
    content: GraphContent,
    files: PanelFiles,
    logged: (work: Promise<unknown>) => void,
  ) {
    super();
    this.#panel = this.own(panel);
    this.subject = saved.subject;
    this.#query = saved.query;
    this.#content = content;
    this.#logged = logged;
    const { webview } = panel;
    this.own(webview.onDidReceiveMessage((message: unknown) => this.#hear(message)));
    this.own(panel.onDidChangeViewState(() => this.update()));
    this.own({ dispose: () => clearTimeout(this.#timer) });
    panel.title = `Graph: ${content.title(this.subject)}`;
    webview.html = pageHtml({
      nonce: newNonce(),
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(files.script).toString(),
      style: webview.asWebviewUri(files.style).toString(),
    });
  }

  /** Shows the panel, and a node with what is next to it. */
  reveal(focus: string | undefined): void {
    this.#panel.reveal();
    if (focus === undefined) return;
    this.#query = { ...this.#query, text: "", focus: { id: focus, distance: 1 } };
    this.#adopt = true;
    this.update();
  }

  /** Draws again, soon. */
  update(): void {
    if (this.#timer !== undefined || !this.#ready || !this.#panel.visible) return;
    const wait = Math.max(0, this.#next - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, wait);
  }

  #draw(): void {
    const started = performance.now();
    const message = this.#message();
    const text = JSON.stringify(message);
    if (text !== this.#shown && this.#panel.visible) {
      this.#shown = text;
      this.#adopt = false;
      this.drawings++;
      // The editor's own function, which has no origin to name.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#logged(Promise.resolve(this.#panel.webview.postMessage(message)));
    }
    const now = performance.now();
    this.#next = now + Math.max(interval, share * (now - started));
  }

  #message(): ToPage {
    const title = this.#content.title(this.subject);
    const graph = this.#content.graph(this.subject);
    if ("nothing" in graph) return { type: "nothing", title, message: graph.nothing };
    const saved = { subject: this.subject, query: this.#query };
    return {
      type: "scene",
      title,
      saved,
      scene: makeScene(graph, this.#query),
      adopt: this.#adopt,
    };
  }

  #hear(message: unknown): void {
    const parsed = parseFromPage(message);
    if (parsed !== undefined) this.#answer(parsed);
  }

  #answer(message: FromPage): void {
    switch (message.type) {
      // A page that was hidden starts anew and knows nothing.
      case "ready":
        this.#ready = true;
        this.#adopt = true;
        this.#shown = "";
        return this.update();
      case "query":
        this.#query = message.query;
        this.#shown = "";
        this.#next = 0;
        return this.update();
      case "act":
        return this.#logged(this.#content.act(this.subject, message.id, message.action));
    }
  }
}

function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
