/**
 * The trees that are open: one for each Git root that a workspace folder lies in, whatever the number of folders.
 * Says which tree a URI belongs to, and passes touches on.
 */
import type { FolderHost, ServerHost } from "./host.ts";
import { HostFailure } from "./host.ts";
import type { FolderModel } from "./folder-model.ts";
import type { LiveFolder } from "./live-folder.ts";
import { toPath, canonicalRoot } from "./tree-uri.ts";

export interface OpenFolder {
  readonly host: FolderHost;
  readonly live: LiveFolder;
  readonly model: FolderModel;
}

export interface FoldersOptions {
  readonly host: ServerHost;
  readonly open: (host: FolderHost) => Pick<OpenFolder, "live" | "model">;
  readonly onFailure: (folder: string, failure: HostFailure) => void;
  readonly onClosed: (root: string) => void;
}

/** A file that changed on disk. */
export interface FileEvent {
  readonly uri: string;
  readonly kind: "created" | "changed" | "deleted";
}

export class Folders {
  readonly #options: FoldersOptions;
  readonly #open = new Map<string, OpenFolder>();
  /** Root by workspace folder. */
  readonly #roots = new Map<string, string>();
  #start = (): void => {};
  /** Resolves when the first folders are open, or can't be: who asks earlier would be told that there is nothing. */
  readonly started = new Promise<void>((resolve) => (this.#start = resolve));

  constructor(options: FoldersOptions) {
    this.#options = options;
  }

  async add(uris: readonly string[]): Promise<void> {
    try {
      for (const uri of uris.map(canonicalRoot)) await this.#add(uri);
    } finally {
      this.#start();
    }
  }

  async remove(uris: readonly string[]): Promise<void> {
    for (const uri of uris.map(canonicalRoot)) {
      const root = this.#roots.get(uri);
      this.#roots.delete(uri);
      if (root === undefined || [...this.#roots.values()].includes(root)) continue;
      await this.#close(root);
    }
  }

  all(): readonly OpenFolder[] {
    return [...this.#open.values()];
  }

  find(root: string): OpenFolder | undefined {
    return this.#open.get(root);
  }

  /** The folder that a document lies in. */
  holding(uri: string): { readonly folder: OpenFolder; readonly path: string } | undefined {
    for (const folder of this.#open.values()) {
      const path = toPath(folder.host.root, uri);
      if (path !== undefined) return { folder, path };
    }
    return undefined;
  }

  /** An open document was edited, opened or closed; a closed one has no text. */
  touchDocument(uri: string, text: string | undefined): void {
    for (const { host, live, model } of this.#open.values()) {
      const path = toPath(host.root, uri);
      if (path === undefined) continue;
      model.store.setText(path, text);
      live.touch([path]);
    }
  }

  touchFiles(events: readonly FileEvent[]): void {
    for (const { host, live } of this.#open.values()) {
      const paths: string[] = [];
      let everything = false;
      for (const event of events) {
        const path = toPath(host.root, event.uri);
        if (path === undefined || isGitInternal(path)) continue;
        if (needsFullReading(path, event, live)) everything = true;
        paths.push(path);
      }
      live.touch(everything ? "everything" : paths);
    }
  }

  touchEverything(): void {
    for (const { live } of this.#open.values()) live.touch("everything");
  }

  async settled(): Promise<void> {
    await Promise.all(this.all().map(({ live }) => live.settled()));
  }

  async dispose(): Promise<void> {
    this.#start();
    for (const root of [...this.#open.keys()]) await this.#close(root);
  }

  async #add(uri: string): Promise<void> {
    if (this.#roots.has(uri)) return;
    try {
      const host = await this.#options.host.openFolder(uri);
      this.#roots.set(uri, host.root);
      if (this.#open.has(host.root)) return await host.dispose();
      const { live, model } = this.#options.open(host);
      this.#open.set(host.root, { host, live, model });
      live.touch("everything");
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      this.#options.onFailure(uri, error);
    }
  }

  async #close(root: string): Promise<void> {
    const folder = this.#open.get(root);
    if (!folder) return;
    this.#open.delete(root);
    folder.live.dispose();
    await folder.host.dispose();
    this.#options.onClosed(root);
  }
}

/** Git writes a lot under `.git` that says nothing about revisions. */
function isGitInternal(path: string): boolean {
  return (
    path.startsWith(".git/") && !/^\.git\/(HEAD|packed-refs|config|refs\/.+(?<!\.lock))$/.test(path)
  );
}

/** Revisions that moved, ignore rules that changed, and whole folders that went away need more than the named path. */
function needsFullReading(path: string, event: FileEvent, live: LiveFolder): boolean {
  if (path.startsWith(".git/") || /(^|\/)\.gitignore$/.test(path)) return true;
  return (
    event.kind === "deleted" && live.snapshot !== undefined && !live.snapshot.tree.files.has(path)
  );
}
