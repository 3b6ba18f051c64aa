/**
 * Keeps the store small: the least recently used entries go first, then contents that no entry names, then what
 * processes that ended too early left behind. Another process may read or write at the same time: an entry whose
 * contents are gone counts as absent and is fetched again.
 */
import { type FileHandle, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { type EntryHead, parseEntry, parseHead } from "./source-store-entry.ts";

export interface ListedEntry extends EntryHead {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

const hour = 60 * 60 * 1000;
/** Contents are written before the entry that names them. */
const graceMs = hour;
/** After going above the limit this much of it is left, so that not every new entry costs a sweep. */
const keptShare = 0.9;

/** All entries, the least recently used first. */
export async function listEntries(root: string): Promise<readonly ListedEntry[]> {
  const folder = join(root, "entries");
  const listed: ListedEntry[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const head = parseHead(await beginningOf(path));
    const known = await stat(path).catch(() => undefined);
    if (head !== undefined && known !== undefined)
      listed.push({ ...head, path, usedAt: known.mtimeMs });
  }
  return listed.sort((a, b) => a.usedAt - b.usedAt);
}

export async function sweepStore(root: string, maxBytes: number): Promise<void> {
  await sweepTemporary(root);
  const entries = await listEntries(root);
  // Contents that entries share are counted more than once, which errs on the side of a smaller store.
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= maxBytes) return;
  const gone: ListedEntry[] = [];
  for (const entry of entries.slice(0, -1)) {
    if (total <= maxBytes * keptShare) break;
    total -= entry.bytes;
    gone.push(entry);
  }
  await removeEntries(root, gone);
}

/** Removes entries, and contents that nothing names any more. */
export async function removeEntries(
  root: string,
  entries: readonly ListedEntry[],
  options: { readonly graceMs?: number } = {},
): Promise<void> {
  for (const { path } of entries) await rm(path, { force: true });
  await removeUnnamed(root, Date.now() - (options.graceMs ?? graceMs));
}

async function removeUnnamed(root: string, olderThan: number): Promise<void> {
  const named = new Set<string>();
  for (const name of await readdir(join(root, "entries")).catch(() => [])) {
    const text = await readFile(join(root, "entries", name), "utf8").catch(() => "");
    for (const [, id] of parseEntry(text, name)?.files ?? []) named.add(id);
  }
  const blobs = join(root, "blobs");
  for (const part of await readdir(blobs).catch(() => [])) {
    for (const id of await readdir(join(blobs, part)).catch(() => [])) {
      if (named.has(id)) continue;
      const path = join(blobs, part, id);
      const known = await stat(path).catch(() => undefined);
      if (known !== undefined && known.mtimeMs <= olderThan) await rm(path, { force: true });
    }
  }
}

/** Folders of fetches that never ended; a fetch takes minutes at most. */
async function sweepTemporary(root: string): Promise<void> {
  for (const folder of ["tmp", "locks"]) {
    for (const name of await readdir(join(root, folder)).catch(() => [])) {
      const path = join(root, folder, name);
      const known = await stat(path).catch(() => undefined);
      if (known !== undefined && Date.now() - known.mtimeMs > hour)
        await rm(path, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

async function beginningOf(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const buffer = Buffer.alloc(8192);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return "";
  } finally {
    await file?.close();
  }
}
