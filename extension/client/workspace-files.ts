/** Reads workspace files through `workspace.fs`, bounded and in batches, for a server that has no file system. */
import { FileType, Uri, workspace } from "vscode";

import type {
  ListedFile,
  ListFilesParams,
  ListFilesResult,
  ReadEngineResult,
  ReadSchemasParams,
  ReadSchemasResult,
  ReadFilesParams,
  ReadFilesResult,
} from "#protocol";

/** Folders that never hold manifests and may be very large. */
const skipped: ReadonlySet<string> = new Set([".git", "node_modules"]);
/** Folders that are listed at the same time. */
const breadth = 16;

/** In the order of folders, breadth first, so that a limit cuts off the deepest ones. */
export async function listFiles({ folder, limit }: ListFilesParams): Promise<ListFilesResult> {
  const root = Uri.parse(folder, true);
  const files: ListedFile[] = [];
  let pending: readonly string[] = [""];
  while (pending.length > 0) {
    const next: string[] = [];
    for (let at = 0; at < pending.length; at += breadth) {
      const listings = await Promise.all(
        pending.slice(at, at + breadth).map((path) => listFolder(root, path)),
      );
      for (const { folders, found } of listings) {
        next.push(...folders);
        files.push(...found);
      }
      if (files.length > limit) return { files: files.slice(0, limit), truncated: true };
    }
    pending = next;
  }
  return { files, truncated: false };
}

export async function readFiles({ folder, paths }: ReadFilesParams): Promise<ReadFilesResult> {
  const root = Uri.parse(folder, true);
  const contents = await Promise.all(paths.map((path) => readOrNull(Uri.joinPath(root, path))));
  return { contents };
}

export async function readEngine(extension: Uri): Promise<ReadEngineResult> {
  const dist = Uri.joinPath(extension, "dist");
  const [wasm, image, worker] = await Promise.all([
    readOrNull(Uri.joinPath(dist, "engine.wasm")),
    readOrNull(Uri.joinPath(dist, "engine.image")),
    readOrNull(Uri.joinPath(dist, "web", "engine-worker.js")),
  ]);
  return { wasm, image, worker: worker && new TextDecoder().decode(worker) };
}

export async function readSchemas(
  extension: Uri,
  { file }: ReadSchemasParams,
): Promise<ReadSchemasResult> {
  const isName = /^[a-z-]+\.json\.gz$/.test(file);
  const path = Uri.joinPath(extension, "dist", "schemas", file);
  return { bytes: isName ? await readOrNull(path) : null };
}

async function listFolder(
  root: Uri,
  path: string,
): Promise<{ readonly folders: readonly string[]; readonly found: readonly ListedFile[] }> {
  const entries = await readDirectory(Uri.joinPath(root, path));
  const folders: string[] = [];
  const names: { readonly path: string; readonly kind: ListedFile["kind"] }[] = [];
  for (const [name, type] of entries) {
    const child = path ? `${path}/${name}` : name;
    if (type & FileType.SymbolicLink) names.push({ path: child, kind: "symlink" });
    else if (type & FileType.Directory && !skipped.has(name)) folders.push(child);
    else if (type & FileType.File) names.push({ path: child, kind: "file" });
  }
  const found = await Promise.all(
    names.map(async ({ path: child, kind }) => {
      const stat = await workspace.fs
        .stat(Uri.joinPath(root, child))
        .then(undefined, () => undefined);
      return { path: child, kind, size: stat?.size ?? 0, mtime: stat?.mtime ?? 0 };
    }),
  );
  return { folders, found };
}

async function readDirectory(uri: Uri): Promise<readonly [string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(uri);
  } catch {
    return [];
  }
}

async function readOrNull(uri: Uri): Promise<Uint8Array | null> {
  try {
    return await workspace.fs.readFile(uri);
  } catch {
    return null;
  }
}
