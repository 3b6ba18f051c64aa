/** Asks the client to watch every open tree, and passes what it reports on to the folders. */
import type { Connection, Disposable, FileChangeType } from "vscode-languageserver";
import { DidChangeWatchedFilesNotification } from "vscode-languageserver";

import type { FileEvent, Folders } from "./folders.ts";
import type { ErrorLog } from "./guard.ts";
import { fireAndForget } from "./guard.ts";

/** Listens at once; the function it returns says which trees to watch, and is called again when their set changed. */
export function watchFiles(connection: Connection, folders: Folders, log: ErrorLog): () => void {
  connection.onDidChangeWatchedFiles(({ changes }) => folders.touchFiles(changes.map(toEvent)));
  let registered: Promise<Disposable> | undefined;
  return () => {
    const before = registered;
    const watchers = folders.all().map(({ host }) => ({
      globPattern: { baseUri: host.root, pattern: "**/*" },
    }));
    registered = connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    fireAndForget(registered, log);
    if (before)
      fireAndForget(
        before.then((old) => old.dispose()),
        log,
      );
  };
}

function toEvent({
  uri,
  type,
}: {
  readonly uri: string;
  readonly type: FileChangeType;
}): FileEvent {
  return { uri, kind: eventKinds[type] };
}

const eventKinds: Readonly<Record<FileChangeType, FileEvent["kind"]>> = {
  1: "created",
  2: "changed",
  3: "deleted",
};
