/**
 * Decides what the paths of Flux objects are relative to when DIR is a folder inside a Git repository: Flux has no
 * notion of it, its paths start at the root of the source. So whichever of the two makes more of them exist is taken.
 */
import type { FileTree } from "#simulator";

/** `folder` unless DIR is a real subfolder and more Flux paths written in it exist from the repository's root. */
export function chooseRoot(tree: FileTree | undefined, subfolder: string): "folder" | "repository" {
  if (tree === undefined || subfolder === "") return "folder";
  const folders = foldersOf(tree);
  let inRepository = 0;
  let inFolder = 0;
  for (const path of fluxPaths(tree, subfolder)) {
    if (folders.has(path)) inRepository += 1;
    if (folders.has(path === "" ? subfolder : `${subfolder}/${path}`)) inFolder += 1;
  }
  return inRepository > inFolder ? "repository" : "folder";
}

/** The part of a tree below a folder, as a tree of its own. */
export function cropped<Tree extends FileTree>(tree: Tree, subfolder: string): Tree {
  if (subfolder === "") return tree;
  const prefix = `${subfolder}/`;
  const files = [...tree.files].filter(([path]) => path.startsWith(prefix));
  return {
    ...tree,
    files: new Map(files.map(([path, file]) => [path.slice(prefix.length), file])),
  };
}

function foldersOf(tree: FileTree): ReadonlySet<string> {
  const folders = new Set([""]);
  for (const path of tree.files.keys()) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

/** Values of `spec.path` in manifests that mention the API group; a look at the text is enough to count them. */
function* fluxPaths(tree: FileTree, subfolder: string): Generator<string> {
  const decoder = new TextDecoder();
  for (const [path, { bytes }] of tree.files) {
    if (bytes === undefined || !path.startsWith(`${subfolder}/`) || !/\.ya?ml$/.test(path))
      continue;
    const text = decoder.decode(bytes);
    if (!text.includes("kustomize.toolkit.fluxcd.io/")) continue;
    for (const [, value = ""] of text.matchAll(/^ {2,4}path:[ \t]*["']?([^\s"'#]+)/gm)) {
      yield value
        .replace(/^\.?\/+/, "")
        .replace(/\/+$/, "")
        .replace(/^\.$/, "");
    }
  }
}
