/** Folders of a tree: names in a folder, and whether a path exists. Built once per tree, shared when only contents differ. */
import type { FileTree } from "../ports.ts";

export interface TreeIndex {
  /** Sorted names of a folder (folders with a trailing slash) as one text; `undefined` when there is no such folder. */
  listing(folder: string): string | undefined;
  has(path: string): boolean;
}

const indexes = new WeakMap<FileTree, TreeIndex>();

/** `similar` is a tree that may have the same paths: its index is shared if it has. */
export function indexOf(tree: FileTree, similar?: FileTree): TreeIndex {
  const known = indexes.get(tree);
  if (known !== undefined) return known;
  const shared = similar === undefined ? undefined : indexes.get(similar);
  const index =
    shared !== undefined && similar !== undefined && samePaths(tree, similar)
      ? shared
      : build(tree);
  indexes.set(tree, index);
  return index;
}

/** Whether two trees have the same set of paths (contents may differ). */
export function samePaths(a: FileTree, b: FileTree): boolean {
  if (a.files.size !== b.files.size) return false;
  for (const path of a.files.keys()) if (!b.files.has(path)) return false;
  return true;
}

function build(tree: FileTree): TreeIndex {
  const folders = new Map<string, Set<string>>([["", new Set()]]);
  for (const path of tree.files.keys()) {
    let entry = path;
    let suffix = "";
    for (;;) {
      const slash = entry.lastIndexOf("/");
      const parent = slash < 0 ? "" : entry.slice(0, slash);
      const name = entry.slice(slash + 1) + suffix;
      const known = folders.get(parent);
      if (known !== undefined) {
        known.add(name);
        break;
      }
      folders.set(parent, new Set([name]));
      entry = parent;
      suffix = "/";
    }
  }
  const listings = new Map<string, string>();
  const files = tree.files;
  return {
    listing(folder) {
      const cached = listings.get(folder);
      if (cached !== undefined) return cached;
      const names = folders.get(folder);
      if (names === undefined) return undefined;
      const text = [...names].sort().join("\n");
      listings.set(folder, text);
      return text;
    },
    has: (path) => path === "" || files.has(path) || folders.has(path),
  };
}
