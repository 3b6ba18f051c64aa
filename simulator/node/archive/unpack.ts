/**
 * What a gzipped tar archive holds, as files in memory: nothing is ever written under a name out of an archive.
 * The rules are those of source-controller (`fluxcd/pkg tar/untar.go`), with limits that it leaves to its cluster.
 */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { type TarHeader, unpackTar } from "modern-tar";

import type { TreeFile } from "#simulator";

import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import { blobId, fileOf, isTreePath, type TreeLimits, type TreeProblem } from "../read-tree.ts";

export interface Unpacked {
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly problems: readonly TreeProblem[];
}

/** Text compresses to a twentieth; beyond this an archive is made to fill memory. */
const maxRatio = 200;
/** Small archives may be as repetitive as they like. */
const smallBytes = 16 * 1024 * 1024;

/** `what` names the archive in messages. Throws a `FetchFailure` (`invalid`) or a `TooLargeError`. */
export async function unpackTarGzip(
  packed: Uint8Array,
  limits: TreeLimits,
  what: string,
  signal: AbortSignal,
): Promise<Unpacked> {
  const tar = await unzipBounded(packed, limits.maxTotalBytes, what);
  signal.throwIfAborted();
  const entries = await entriesOf(tar, limits, what);
  signal.throwIfAborted();
  return treeOf(entries, limits, what);
}

/** Gunzips within `maxBytes` and a sane ratio. */
export async function unzipBounded(
  packed: Uint8Array,
  maxBytes: number,
  what: string,
): Promise<Uint8Array> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b)
    throw new FetchFailure("invalid", `${what} is not compressed with gzip.`);
  const allowed = Math.min(maxBytes, Math.max(smallBytes, packed.byteLength * maxRatio));
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: allowed });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new TooLargeError(
        `${what} unpacks to more than ${allowed} bytes from ${packed.byteLength}, which is not done.`,
      );
    }
    throw new FetchFailure("invalid", `${what} is broken: ${message}.`);
  }
}

interface Entry {
  readonly header: TarHeader;
  readonly data?: Uint8Array;
}

async function entriesOf(
  tar: Uint8Array,
  limits: TreeLimits,
  what: string,
): Promise<readonly Entry[]> {
  let count = 0;
  let refused: Error | undefined;
  try {
    return await unpackTar(tar, {
      strict: true,
      filter(header) {
        count++;
        refused ??= refusal(header, what);
        if (count > limits.maxFiles)
          refused ??= new TooLargeError(`${what} has more than ${limits.maxFiles} entries.`);
        if (refused !== undefined) throw refused;
        return header.type !== "symlink";
      },
    });
  } catch (error) {
    if (refused !== undefined) throw refused;
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw new FetchFailure("invalid", `${what} is no tar archive: ${reason}.`);
  }
}

/** `validRelPath` and the switch over kinds of entries in `fluxcd/pkg tar/untar.go`. */
function refusal({ name, type = "file" }: TarHeader, what: string): FetchFailure | undefined {
  const shown = JSON.stringify(name.slice(0, 200));
  if (name === "" || name.includes("\\") || name.startsWith("/") || name.includes("../"))
    return new FetchFailure("invalid", `${what} holds the path ${shown}, which leads out of it.`);
  switch (type) {
    case "file":
    case "directory":
    // Symbolic links are left out; a hard link is written as the empty file that its entry is.
    case "symlink":
    case "link":
    case "pax-header":
    case "pax-global-header":
    case "gnu-long-name":
    case "gnu-long-link-name":
      return undefined;
    case "character-device":
    case "block-device":
    case "fifo":
      return new FetchFailure("invalid", `${what} holds ${shown}, which is a ${type}.`);
  }
}

function treeOf(entries: readonly Entry[], limits: TreeLimits, what: string): Unpacked {
  const files = new Map<string, TreeFile>();
  const problems: TreeProblem[] = [];
  const folders = new Set<string>();
  for (const { header, data } of entries) {
    const path = cleaned(header.name);
    const isFolder = header.type === "directory" || header.name.endsWith("/");
    const around = foldersOf(isFolder ? `${path}/` : path);
    for (const folder of around) folders.add(folder);
    const isClash = folders.has(path) || !isTreePath(path);
    if (around.some((folder) => files.has(folder)) || (isClash && !isFolder)) {
      const shown = JSON.stringify(header.name.slice(0, 200));
      throw new FetchFailure("invalid", `${what} holds ${shown} as a file and as a folder.`);
    }
    if (isFolder) continue;
    const bytes = data ?? new Uint8Array();
    files.set(path, kept(path, bytes, limits, problems));
  }
  return { files, problems };
}

/** `a`, `a/b` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function kept(
  path: string,
  bytes: Uint8Array,
  limits: TreeLimits,
  problems: TreeProblem[],
): TreeFile {
  if (bytes.byteLength <= limits.maxFileBytes) return fileOf(bytes);
  const message = `${path} has ${bytes.byteLength} bytes, so its content is not read.`;
  problems.push({ code: "too-large", message, path });
  return { id: blobId(bytes), size: bytes.byteLength, kind: "file" };
}

/** As Go's `filepath.Clean` for the paths that are let through. */
function cleaned(name: string): string {
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
