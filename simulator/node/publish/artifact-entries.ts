/** The files and folders of an artifact, in the order in which Go walks a folder and with the permissions that tar headers hold. */
import { lstat, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { UserError } from "../user-error.ts";

export interface ArtifactEntry {
  /** Relative to the folder, with `/`; `.` is the folder itself. */
  readonly path: string;
  readonly folder: boolean;
  /** Permission bits. */
  readonly mode: number;
  /** Where it is on the disk. */
  readonly file: string;
  readonly size: number;
}

const maxEntries = 200_000;

/**
 * Links and devices are left out (`Tar` in fluxcd/pkg tar/tar.go). A single file is an artifact with this one file; its folder
 * then has the permissions that Go gives to a temporary one.
 */
export async function listEntries(
  path: string,
  signal?: AbortSignal,
): Promise<readonly ArtifactEntry[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new UserError(`${path} can't be published: it does not exist or can't be read.`);
  if (found.isFile()) {
    const folder = entryOf(".", dirname(path), { mode: 0o700, size: 0, folder: true });
    const { mode, size } = found;
    return [folder, entryOf(basename(path), path, { mode, size, folder: false })];
  }
  if (!found.isDirectory()) throw new UserError(`${path} is neither a folder nor a file.`);
  const entries = [entryOf(".", path, { mode: found.mode, size: 0, folder: true })];
  await walk(path, "", entries, signal);
  return entries;
}

async function walk(
  folder: string,
  prefix: string,
  entries: ArtifactEntry[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  for (const name of (await readdir(folder)).sort(byBytes)) {
    const file = join(folder, name);
    const path = `${prefix}${name}`;
    const found = await lstat(file);
    if (entries.length >= maxEntries)
      throw new UserError(`There are more than ${maxEntries} files in the folder.`);
    if (found.isDirectory()) {
      entries.push(entryOf(path, file, { mode: found.mode, size: 0, folder: true }));
      await walk(file, `${path}/`, entries, signal);
    } else if (found.isFile()) {
      entries.push(entryOf(path, file, { mode: found.mode, size: found.size, folder: false }));
    }
  }
}

function entryOf(
  path: string,
  file: string,
  { mode, ...rest }: { readonly mode: number; readonly size: number; readonly folder: boolean },
): ArtifactEntry {
  return { path, file, mode: mode & 0o7777, ...rest };
}

/** As Go compares strings. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
