/**
 * How diagnostics get to the client. One that asks for them is told when to ask again; to another they are sent: the file that
 * is edited at once, the others in a second wave, a little after the last change.
 */
import type { Connection } from "vscode-languageserver";

import type { FolderModel } from "./folder-model.ts";
import type { ErrorLog } from "./guard.ts";
import { fireAndForget, isAbort } from "./guard.ts";
import { toPath, toUri } from "./tree-uri.ts";
import { nextTurn } from "./turns.ts";

export interface DiagnosticsChannelOptions {
  readonly connection: Connection;
  readonly log: ErrorLog;
  readonly pulls: () => boolean;
  /** Milliseconds between the last change and the second wave. */
  readonly delay: number;
}

export class DiagnosticsChannel {
  readonly #options: DiagnosticsChannelOptions;
  readonly #timers = new Map<FolderModel, ReturnType<typeof setTimeout>>();
  readonly #running = new Map<FolderModel, AbortController>();
  /** Result id by URI, of files whose diagnostics were sent and are not empty. */
  readonly #sent = new Map<string, string>();
  #disposed = false;

  constructor(options: DiagnosticsChannelOptions) {
    this.#options = options;
  }

  /** The text of an open document changed. */
  edited(folder: FolderModel, path: string): void {
    if (!this.#options.pulls()) this.#send(folder, path);
    this.changed(folder);
  }

  /** Anything may have changed. */
  changed(folder: FolderModel): void {
    if (this.#disposed) return;
    this.#running.get(folder)?.abort();
    clearTimeout(this.#timers.get(folder));
    const run = (): void => fireAndForget(this.#secondWave(folder), this.#options.log);
    this.#timers.set(folder, setTimeout(run, this.#options.delay));
  }

  closed(folder: FolderModel): void {
    clearTimeout(this.#timers.get(folder));
    this.#timers.delete(folder);
    this.#running.get(folder)?.abort();
    for (const uri of this.#sent.keys())
      if (toPath(folder.root, uri) !== undefined) this.#clear(uri);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const running of this.#running.values()) running.abort();
  }

  async #secondWave(folder: FolderModel): Promise<void> {
    const { pulls } = this.#options;
    this.#timers.delete(folder);
    if (!folder.isOpen) return;
    const controller = new AbortController();
    this.#running.set(folder, controller);
    try {
      if (pulls()) {
        await this.#refresh();
        return await folder.parseAll(controller.signal);
      }
      const turn = nextTurn(controller.signal);
      const left = new Set(this.#sent.keys());
      for (const path of folder.paths()) {
        await turn();
        await folder.prepare(path, controller.signal);
        left.delete(toUri(folder.root, path));
        this.#send(folder, path);
      }
      for (const uri of left) if (toPath(folder.root, uri) !== undefined) this.#clear(uri);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** A client that is leaving answers no more. */
  async #refresh(): Promise<void> {
    try {
      await this.#options.connection.languages.diagnostics.refresh();
    } catch (error) {
      if (!this.#disposed) throw error;
    }
  }

  #send(folder: FolderModel, path: string): void {
    if (!folder.isOpen) return;
    const { connection, log } = this.#options;
    const uri = toUri(folder.root, path);
    const { items, resultId } = folder.diagnostics(path);
    const before = this.#sent.get(uri);
    if (before === resultId || (before === undefined && items.length === 0)) return;
    if (items.length === 0) this.#sent.delete(uri);
    else this.#sent.set(uri, resultId);
    fireAndForget(connection.sendDiagnostics({ uri, diagnostics: [...items] }), log);
  }

  #clear(uri: string): void {
    this.#sent.delete(uri);
    const { connection, log } = this.#options;
    fireAndForget(connection.sendDiagnostics({ uri, diagnostics: [] }), log);
  }
}
