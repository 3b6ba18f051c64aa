/**
 * What the server needs of the world outside, in a web worker: files come from the client by reverse request,
 * there is no Git and nothing is fetched, and the engine runs in a worker of its own.
 */
import type { Connection } from "vscode-languageserver/browser";

import type { Engine, FileTree, Log, Simulator } from "#simulator";
import { createSimulator } from "#simulator";
import { createContentTree, createWebEngine, noSources, toTreeFile } from "#simulator/web";

import type { ListedFile, PlanNote, ReadFilesResult, ServerRequests } from "../protocol.ts";
import type { FolderHost, ServerHost } from "../workspace/host.ts";
import { HostFailure } from "../workspace/host.ts";
import { canonicalRoot } from "../workspace/tree-uri.ts";

type TreeFile = Awaited<ReturnType<typeof toTreeFile>>;

const limits = { files: 20_000, fileBytes: 10_000_000, totalBytes: 256_000_000, batch: 200 };

export function createBrowserHost(connection: Connection, log: Log): ServerHost {
  return {
    initialize() {},
    openFolder: async (uri) => openFolder(connection, canonicalRoot(uri)),
    async createSimulator(): Promise<Simulator> {
      const { wasm, image, worker } = await ask(connection, "sluice/readEngine", {});
      if (!wasm || !worker) {
        throw new HostFailure(
          "engine-missing",
          "The render engine is missing. Install the extension again.",
        );
      }
      return createSimulator({
        engine: createEngine(wasm, image, worker),
        sources: noSources,
        log,
      });
    },
    async readSchemas(file) {
      const { bytes } = await ask(connection, "sluice/readSchemas", { file });
      if (!bytes) throw new HostFailure("engine-missing", "The schemas are missing.");
      return new Uint8Array(bytes);
    },
    // A browser has no key file.
    ageKeys: async () => ({ identities: [], notes: [] }),
  };
}

/** The worker's script becomes an address of our own origin, because the extension's files may be of another. */
function createEngine(wasm: Uint8Array, image: Uint8Array | null, script: string): Engine {
  const worker = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return createWebEngine({
    wasm: async () => new Uint8Array(wasm),
    ...(image ? { image: async () => image } : {}),
    worker,
  });
}

function ask<M extends keyof ServerRequests>(
  connection: Connection,
  method: M,
  params: ServerRequests[M][0],
): Promise<ServerRequests[M][1]> {
  return connection.sendRequest(method, params);
}

interface Read {
  readonly stamp: string;
  readonly file: TreeFile;
}

function openFolder(connection: Connection, root: string): FolderHost {
  let disk: ReadonlyMap<string, Read> = new Map();
  let notes: readonly PlanNote[] = [];
  const withOverlay = async (overlay: ReadonlyMap<string, string>): Promise<FileTree> => {
    const contents = new Map([...disk].map(([path, { file }]) => [path, file]));
    for (const [path, text] of overlay) {
      const bytes = new TextEncoder().encode(text);
      const file = await toTreeFile({ kind: "file", size: bytes.byteLength, bytes });
      if (contents.get(path)?.id !== file.id) contents.set(path, file);
    }
    return createContentTree("workspace", contents);
  };
  return {
    root,
    async read(overlay, signal) {
      const listed = await ask(connection, "sluice/listFiles", {
        folder: root,
        limit: limits.files,
      });
      signal.throwIfAborted();
      disk = await readListed(connection, root, listed.files, disk, signal);
      notes = listed.truncated ? [tooMany] : [];
      return withOverlay(overlay);
    },
    async refresh(tree, changed, overlay, signal) {
      const paths = changed.filter((path) => disk.has(path) || !overlay.has(path));
      const { contents } = await readBatch(connection, root, paths);
      signal.throwIfAborted();
      const next = new Map(disk);
      for (const [index, path] of paths.entries()) {
        const bytes = contents[index];
        if (bytes)
          next.set(
            path,
            await toRead("", { path, kind: "file", size: bytes.byteLength, mtime: 0 }, bytes),
          );
        else next.delete(path);
      }
      disk = next;
      const made = await withOverlay(overlay);
      return made.revision === tree.revision ? tree : made;
    },
    baseKey: async () => "no-git",
    base: async () => ({ outcome: "none", note: noGit }),
    remoteUrls: async () => [],
    notes: () => notes,
    dispose: async () => {},
  };
}

/** Files whose size and time are as before are not read again; too large ones are known by name only. */
async function readListed(
  connection: Connection,
  root: string,
  files: readonly ListedFile[],
  before: ReadonlyMap<string, Read>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Read>> {
  const next = new Map<string, Read>();
  const wanted: ListedFile[] = [];
  let total = 0;
  for (const file of files) {
    const known = before.get(file.path);
    const readable =
      file.kind === "file" &&
      file.size <= limits.fileBytes &&
      total + file.size <= limits.totalBytes;
    if (readable) total += file.size;
    if (known && known.stamp === stampOf(file)) next.set(file.path, known);
    else if (readable) wanted.push(file);
    else next.set(file.path, await toRead(stampOf(file), file, undefined));
  }
  for (let at = 0; at < wanted.length; at += limits.batch) {
    const batch = wanted.slice(at, at + limits.batch);
    const { contents } = await readBatch(
      connection,
      root,
      batch.map(({ path }) => path),
    );
    signal.throwIfAborted();
    for (const [index, file] of batch.entries()) {
      const bytes = contents[index];
      if (bytes) next.set(file.path, await toRead(stampOf(file), file, bytes));
    }
  }
  return next;
}

async function readBatch(
  connection: Connection,
  folder: string,
  paths: readonly string[],
): Promise<ReadFilesResult> {
  return paths.length === 0
    ? { contents: [] }
    : ask(connection, "sluice/readFiles", { folder, paths });
}

async function toRead(
  stamp: string,
  { kind, size }: ListedFile,
  bytes: Uint8Array | undefined,
): Promise<Read> {
  return { stamp, file: await toTreeFile({ kind, size, ...(bytes ? { bytes } : {}) }) };
}

function stampOf({ kind, size, mtime }: ListedFile): string {
  return `${kind} ${size} ${mtime}`;
}

const noGit: PlanNote = {
  code: "no-git",
  message:
    "There is no Git in VS Code for the Web, so nothing is compared: Kustomizations and their problems are shown. " +
    "Remote sources are not fetched either.",
};

const tooMany: PlanNote = {
  code: "files-left-out",
  message: `The folder has more than ${limits.files} files; the deepest are left out.`,
};
