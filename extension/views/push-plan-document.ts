/** The plan of a push that is being confirmed, as a read-only page. */
import type { TextDocumentContentProvider } from "vscode";
import { EventEmitter, Uri, commands, window, workspace } from "vscode";

import { WithDisposables } from "../platform/disposables.ts";

const scheme = "sluice-push";
const pushPlanUri = Uri.from({ scheme, path: "/Push.md" });

export class PushPlanDocument extends WithDisposables implements TextDocumentContentProvider {
  readonly #fired = this.own(new EventEmitter<Uri>());
  readonly onDidChange = this.#fired.event;
  #text = "";

  constructor() {
    super();
    this.own(workspace.registerTextDocumentContentProvider(scheme, this));
  }

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(text: string): Promise<void> {
    this.#text = text;
    this.#fired.fire(pushPlanUri);
    try {
      await commands.executeCommand("markdown.showPreview", pushPlanUri);
    } catch {
      // The extension that shows Markdown is built in, but can be switched off.
      await window.showTextDocument(pushPlanUri, { preview: true });
    }
  }
}
