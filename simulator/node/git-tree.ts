/** Reads the files of a listed Git tree: known ones are shared, the rest comes from `git cat-file`, within the limits. */
import type { TreeFile } from "#simulator";

import { isTakenPath } from "./disk-state.ts";
import type { ObjectReader } from "./git-objects.ts";
import { fileOf, type TreeLimits, type TreeProblem } from "./read-tree.ts";
import type { FindKnown } from "./revision-tree.ts";

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
}

/** Records of `git ls-tree -r -z`: `<mode> <type> <id>\t<path>`. */
function parseTree(text: string, problems: TreeProblem[]): Entry[] {
  return text.split("\0").flatMap((record) => {
    const match = /^(\d{6}) \w+ ([0-9a-f]+)\t(.+)$/s.exec(record);
    const [, mode = "", id = "", path = ""] = match ?? [];
    if (match === null) return [];
    if (isTakenPath(path)) return [{ path, mode, id }];
    problems.push(unsafePath(path));
    return [];
  });
}

/** A path that git itself would never check out. */
export function unsafePath(path: string): TreeProblem {
  const shown = JSON.stringify(path.slice(0, 200));
  return {
    code: "unsafe-path",
    message: `${shown} is no path that a checkout could have.`,
  };
}

/** What reading a tree needs and fills. */
export interface ListedTreeReading {
  readonly contents: ObjectReader;
  readonly info: ObjectReader;
  readonly problems: TreeProblem[];
  readonly known: FindKnown;
  readonly limits: TreeLimits;
}

/** The files of a tree as `git ls-tree -r -z` lists it. */
export async function readListedTree(
  reading: ListedTreeReading,
  listing: string,
  signal?: AbortSignal,
): Promise<Map<string, TreeFile>> {
  const { limits, problems } = reading;
  const entries = parseTree(listing, problems);
  const files = new Map<string, TreeFile>();
  if (entries.length > limits.maxFiles) {
    const message = `The revision has more than ${limits.maxFiles} files; the rest is left out.`;
    problems.push({ code: "too-many-files", message });
  }
  const wanted = entries.slice(0, limits.maxFiles);
  const batch = 512;
  let left = limits.maxTotalBytes;
  for (let start = 0; start < wanted.length; start += batch) {
    signal?.throwIfAborted();
    const part = wanted.slice(start, start + batch);
    const found = await Promise.all(part.map((entry) => describe(reading, entry)));
    const read = found.map(async (file, index): Promise<void> => {
      const entry = part[index];
      if (file === undefined || entry === undefined) return;
      files.set(entry.path, file);
      if (file.kind !== "file" || file.bytes !== undefined) return;
      const fits = file.size <= Math.min(limits.maxFileBytes, left);
      if (fits) left -= file.size;
      else problems.push(tooLarge(entry.path, file.size));
      if (fits) files.set(entry.path, await withContent(reading, entry, file));
    });
    await Promise.all(read);
  }
  signal?.throwIfAborted();
  return files;
}

/** What the entry is, with bytes only when they are known already. */
async function describe(
  reading: ListedTreeReading,
  { id, path, mode }: Entry,
): Promise<TreeFile | undefined> {
  if (mode === "160000") return { id, size: 0, kind: "submodule" };
  const kind = mode === "120000" ? "symlink" : "file";
  const known = reading.known(kind, id, path);
  if (known !== undefined) return known;
  const about = await reading.info.read(id);
  if (about === undefined) reading.problems.push(missing(path));
  return about && { id, size: about.size, kind };
}

async function withContent(
  reading: ListedTreeReading,
  { id, path }: Entry,
  file: TreeFile,
): Promise<TreeFile> {
  const object = await reading.contents.read(id);
  if (object === undefined) {
    reading.problems.push(missing(path));
    return file;
  }
  // Repositories with SHA-256 names get the same ids as everything else, so that equal files are equal.
  return id.length === 40 ? { ...file, bytes: object.bytes } : fileOf(object.bytes);
}

function tooLarge(path: string, size: number): TreeProblem {
  return { code: "too-large", path, message: `${path} has ${size} bytes, more than Sluice reads.` };
}

function missing(path: string): TreeProblem {
  const message = `${path} is not in this clone (a partial or damaged clone). Fetch it with git, then try again.`;
  return { code: "unreadable", path, message };
}
