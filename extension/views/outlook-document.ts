/** The outlook as a read-only Markdown document; it follows the plan while it is open. */
import type { CancellationToken, TextDocumentContentProvider } from "vscode";
import { EventEmitter, Uri, workspace } from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import type { ServerLink } from "../client/server-link.ts";
import type { FolderView } from "../model/folder-view.ts";
import { outlookMarkdown } from "../model/outlook.ts";
import type { FolderOutlook } from "../model/outlook.ts";
import { WithDisposables } from "../platform/disposables.ts";

const scheme = "sluice-outlook";

export const outlookUri = Uri.from({ scheme, path: "/Outlook.md" });

export class OutlookDocument extends WithDisposables implements TextDocumentContentProvider {
  readonly #link: ServerLink;
  readonly #store: PlanStore;
  readonly #fired = this.own(new EventEmitter<Uri>());
  readonly onDidChange = this.#fired.event;
  /** Which plans the text was made from. */
  #shown = "";

  constructor(link: ServerLink, store: PlanStore) {
    super();
    this.#link = link;
    this.#store = store;
    this.own(workspace.registerTextDocumentContentProvider(scheme, this));
    this.own(store.onDidChange(() => this.#refresh()));
  }

  async provideTextDocumentContent(_: Uri, token: CancellationToken): Promise<string> {
    this.#shown = this.#revisions();
    const views = [...this.#store.views.values()];
    return outlookMarkdown(await Promise.all(views.map((view) => this.#outlook(view, token))));
  }

  async #outlook({ folder, name }: FolderView, token: CancellationToken): Promise<FolderOutlook> {
    return { name, ...(await this.#link.outlook({ folder }, token)) };
  }

  #refresh(): void {
    const isOpen = workspace.textDocuments.some(({ uri }) => uri.scheme === scheme);
    if (isOpen && this.#shown !== this.#revisions()) this.#fired.fire(outlookUri);
  }

  /** Changes with every plan that is ready, and not while one is being made. */
  #revisions(): string {
    const ready = [...this.#store.views.values()].filter(({ running }) => !running);
    return ready.map(({ folder, revision }) => `${folder} ${revision}`).join("\n");
  }
}
