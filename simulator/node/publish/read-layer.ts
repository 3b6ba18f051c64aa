/** The layer of an artifact as a tree of files, as a cluster would unpack it. */
import { readFile } from "node:fs/promises";

import type { FileTree } from "#simulator";

import { unpackTarGzip } from "../archive/unpack.ts";
import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import { contentRevision, defaultLimits } from "../read-tree.ts";
import { UserError } from "../user-error.ts";

const limits = { ...defaultLimits, maxTotalBytes: 256 * 1024 * 1024 };

/** `label` is what a person calls the artifact. Rejects with a `UserError`. */
export async function unpackLayer(
  bytes: Uint8Array,
  label: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<FileTree> {
  try {
    const { files } = await unpackTarGzip(bytes, limits, `The layer of ${label}`, signal);
    return { label, revision: contentRevision(files), files };
  } catch (error) {
    if (error instanceof FetchFailure || error instanceof TooLargeError)
      throw new UserError(error.message, { cause: error });
    throw error;
  }
}

/** The same of a file on the disk. */
export async function readLayer(
  file: string,
  label: string,
  signal?: AbortSignal,
): Promise<FileTree> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`${file} can't be read.`);
  });
  return unpackLayer(bytes, label, signal);
}
