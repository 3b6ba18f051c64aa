/**
 * Remembers what the engine answered, by what the answer depends on: the request and the recorded read set.
 * An answer is valid for any tree in which everything it read is the same; nothing else is ever guessed.
 */
import type { RenderResult } from "../engine/protocol.ts";
import type { FileTree } from "../ports.ts";
import { indexOf } from "./tree-index.ts";

/** Trees by artifact id. */
export type ArtifactTrees = ReadonlyMap<string, FileTree>;

export interface BuildMemo {
  find(key: string, trees: ArtifactTrees): RenderResult | undefined;
  store(key: string, trees: ArtifactTrees, result: RenderResult): void;
  /** Forgets the answers to one request. */
  forget(key: string): void;
  /** Forgets answers that were not asked for in the last `generations` sweeps. */
  sweep(): void;
}

interface Entry {
  readonly result: RenderResult;
  readonly files: readonly Read[];
  readonly listings: readonly Read[];
  readonly absent: readonly Read[];
  used: number;
}

interface Read {
  readonly artifact: string;
  readonly path: string;
  /** Content id of a file, text of a listing; empty for an absence. */
  readonly seen: string;
}

const answersPerKey = 4;
const generations = 8;

export function createBuildMemo(): BuildMemo {
  const entries = new Map<string, Entry[]>();
  let generation = 0;
  return {
    find(key, trees) {
      const found = entries.get(key)?.find((entry) => isValid(entry, trees));
      if (found !== undefined) found.used = generation;
      return found?.result;
    },
    store(key, trees, result) {
      const known = entries.get(key) ?? [];
      known.unshift({ ...resolve(result, trees), result, used: generation });
      known.length = Math.min(known.length, answersPerKey);
      entries.set(key, known);
    },
    forget(key) {
      entries.delete(key);
    },
    sweep() {
      generation++;
      for (const [key, known] of entries) {
        const kept = known.filter((entry) => generation - entry.used <= generations);
        if (kept.length === 0) entries.delete(key);
        else if (kept.length < known.length) entries.set(key, kept);
      }
    },
  };
}

function resolve(
  result: RenderResult,
  trees: ArtifactTrees,
): Pick<Entry, "files" | "listings" | "absent"> {
  const read = (full: string, seen: (tree: FileTree, path: string) => string): Read => {
    const slash = full.indexOf("/");
    const artifact = slash < 0 ? full : full.slice(0, slash);
    const path = slash < 0 ? "" : full.slice(slash + 1).replace(/\/$/, "");
    const tree = trees.get(artifact);
    return { artifact, path, seen: tree === undefined ? "" : seen(tree, path) };
  };
  return {
    files: result.reads.files.map((full) =>
      read(full, (tree, path) => tree.files.get(path)?.id ?? ""),
    ),
    listings: result.reads.listings.map((full) =>
      read(full, (tree, path) => indexOf(tree).listing(path) ?? ""),
    ),
    absent: result.reads.absent.map((full) => read(full, () => "")),
  };
}

/** A text that is the same as long as everything is that the answer read; for keeping answers outside of this process. */
export function proofOf(result: RenderResult, trees: ArtifactTrees): string {
  const { files, listings } = resolve(result, trees);
  const present = result.reads.absent.filter((full) => {
    const slash = full.indexOf("/");
    const tree = trees.get(slash < 0 ? full : full.slice(0, slash));
    return tree === undefined || indexOf(tree).has(slash < 0 ? "" : full.slice(slash + 1));
  });
  return JSON.stringify([files.map(({ seen }) => seen), listings.map(({ seen }) => seen), present]);
}

function isValid(entry: Entry, trees: ArtifactTrees): boolean {
  for (const { artifact, path, seen } of entry.files) {
    if ((trees.get(artifact)?.files.get(path)?.id ?? "") !== seen) return false;
  }
  for (const { artifact, path, seen } of entry.listings) {
    const tree = trees.get(artifact);
    if (tree === undefined || (indexOf(tree).listing(path) ?? "") !== seen) return false;
  }
  for (const { artifact, path } of entry.absent) {
    const tree = trees.get(artifact);
    if (tree === undefined || indexOf(tree).has(path)) return false;
  }
  return true;
}
