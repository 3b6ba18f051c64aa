/** Lays unsaved text over the files of a tree, as saving it would. */
import type { FileTree, TreeFile } from "#simulator";
import { fileOf, isTreePath } from "./read-tree.ts";

export interface Overlay {
  /** Answers `files` itself when the texts change nothing. */
  apply(
    files: FileTree["files"],
    texts: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<FileTree["files"]>;
  /** To be called when the ignore rules may have changed. */
  forgetIgnored(): void;
}

/** `isIgnored` is asked about paths that are not in the tree, once each. */
export function createOverlay(
  isIgnored: (path: string, signal?: AbortSignal) => Promise<boolean>,
): Overlay {
  const ignored = new Map<string, boolean>();
  let encoded = new Map<
    string,
    { readonly text: string; readonly bom: boolean; readonly file: TreeFile }
  >();

  async function isTaken(
    files: FileTree["files"],
    path: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const known = files.get(path);
    if (known !== undefined) return known.kind === "file";
    if (!isTreePath(path) || /(^|\/)\.git(\/|$)/i.test(path) || isBelowFile(files, path))
      return false;
    const verdict = ignored.get(path) ?? (await isIgnored(path, signal));
    ignored.set(path, verdict);
    return !verdict;
  }

  return {
    async apply(files, texts, signal) {
      const used: typeof encoded = new Map();
      let changed: Map<string, TreeFile> | undefined;
      for (const [path, text] of texts) {
        if (!(await isTaken(files, path, signal))) continue;
        const before = files.get(path);
        const bom = startsWithBom(before);
        const known = encoded.get(path);
        const entry =
          known?.text === text && known.bom === bom
            ? known
            : { text, bom, file: encode(text, bom) };
        used.set(path, entry);
        if (before?.id === entry.file.id) continue;
        changed ??= new Map(files);
        changed.set(path, entry.file);
      }
      encoded = used;
      if (changed === undefined) return files;
      return changed.size === files.size
        ? changed
        : new Map([...changed].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    forgetIgnored: () => ignored.clear(),
  };
}

/** Editors take a byte order mark off the text and put it back when saving. */
function encode(text: string, bom: boolean): TreeFile {
  return fileOf(new TextEncoder().encode(bom ? `\uFEFF${text}` : text));
}

function startsWithBom(file: TreeFile | undefined): boolean {
  const bytes = file?.bytes;
  return bytes !== undefined && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** A path below a file, a symlink or a submodule is none of this repository. */
function isBelowFile(files: FileTree["files"], path: string): boolean {
  const parts = path.split("/");
  return parts.some((_, depth) => depth > 0 && files.has(parts.slice(0, depth).join("/")));
}
